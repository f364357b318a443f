"""Every function of the template answers the event that roll-outs probe it with."""

import importlib
import json
from types import SimpleNamespace

import pytest

from infrastructure import probes
from infrastructure.functions import Answer
from support.template import resources

FUNCTIONS = resources("AWS::Serverless::Function")
CONTEXT = SimpleNamespace(aws_request_id="probe", get_remaining_time_in_millis=lambda: 30_000)


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - probes.UNPROBED.keys()))
@pytest.mark.usefixtures("aws")
def test_a_function_answers_its_probe(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "test")
    place = FUNCTIONS[name]["Properties"]["Handler"]
    if isinstance(place, dict):  # where tokens stream, a web server takes the handler's place
        place = place["Fn::If"][2]
    module, _, attribute = place.rpartition(".")
    handler = getattr(importlib.import_module(module), attribute)

    said = handler(probes.event_for(name), CONTEXT)

    assert probes.fault(name, Answer(json.dumps(said, default=str).encode(), failed=False)) is None

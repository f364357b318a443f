"""The sample events: one for each function at least, and each is answered as `events/README.md` says."""

import importlib
import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from local import samples
from local.deploy import Profile
from support.template import ROOT, resources
from support.tenants import make_tenant

EVENTS = ROOT / "events"
NAMES = sorted(file.stem for file in EVENTS.glob("*.json"))
FUNCTIONS = resources("AWS::Serverless::Function")
DOCUMENTED = dict(re.findall(r"^\| `([a-z-]+)` \|.*\| ([^|]+) \|$", (EVENTS / "README.md").read_text(), re.MULTILINE))
SECRET = re.compile(r"(pk|rt)_[a-z0-9-]+_[0-9a-z]{8,}_[A-Za-z0-9-]{20,}|sk-[A-Za-z0-9]{20,}|eyJ[A-Za-z0-9_-]{20,}")
CONTEXT = SimpleNamespace(
    aws_request_id="00000000-0000-4000-8000-000000000000", get_remaining_time_in_millis=lambda: 30_000
)


def function_of(event: str) -> str:
    function = samples.function_of(event, FUNCTIONS)
    assert function is not None, f"{event} begins as no function does"
    return function


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The function's own variables, as far as the template or the local profile says them in so many words."""
    given = Profile(ROOT / "samconfig.toml").parameters
    variables = FUNCTIONS[function_of(request.getfixturevalue("name"))]["Properties"]["Environment"]["Variables"]
    for variable, value in variables.items():
        said = given.get(str(value.get("Ref"))) if isinstance(value, dict) else value
        if isinstance(said, str):
            monkeypatch.setenv(variable, said)


def handler_for(event: str) -> Callable[[dict[str, Any], object], Any]:
    place = FUNCTIONS[function_of(event)]["Properties"]["Handler"]
    if isinstance(place, dict):  # where tokens stream, a web server takes the handler's place
        place = place["Fn::If"][2]
    module, _, name = place.rpartition(".")
    found: Callable[[dict[str, Any], object], Any] = getattr(importlib.import_module(module), name)
    return found


def test_every_function_has_a_sample_event_and_every_event_a_function() -> None:
    assert {function_of(name) for name in NAMES} == set(FUNCTIONS)


def test_every_event_is_documented() -> None:
    assert sorted(DOCUMENTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_no_event_holds_a_credential(name: str) -> None:
    assert SECRET.search((EVENTS / f"{name}.json").read_text()) is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("aws", "settled")
def test_an_event_is_answered_as_documented(name: str) -> None:
    text = samples.read(EVENTS, name)
    if "${" in text:
        text = samples.fill(text, {"API_KEY": make_tenant("local")})

    answer = handler_for(name)(json.loads(text), CONTEXT)

    documented = DOCUMENTED[name]
    if documented[:3].isdecimal():
        assert answer["statusCode"] == int(documented[:3]), answer["body"]
    elif documented == "no failures":
        assert answer == {"batchItemFailures": []}
    else:
        assert json.loads(json.dumps(answer))


@pytest.mark.parametrize("name", [name for name in NAMES if "${API_KEY}" in (EVENTS / f"{name}.json").read_text()])
@pytest.mark.usefixtures("aws", "settled")
def test_without_a_key_filled_in_nobody_gets_in(name: str) -> None:
    assert handler_for(name)(json.loads(samples.read(EVENTS, name)), CONTEXT)["statusCode"] == 401

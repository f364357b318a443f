import pytest

from pentarch.web.admission import Gate
from specialists import api, inference
from support.lambdas import Caller
from support.specialists import SpecialistStack
from support.stopped_clock import StoppedClock


@pytest.fixture
def stack(
    aws: None,  # noqa: ARG001 (a fixture that this one needs)
    monkeypatch: pytest.MonkeyPatch,
    clock: StoppedClock,
) -> SpecialistStack:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    api.app.state.gate = Gate()
    inference.app.state.gate = Gate()
    return SpecialistStack(monkeypatch, clock)


@pytest.fixture
def acme(stack: SpecialistStack) -> Caller:
    """An admin of the tenant `acme`."""
    return stack.tenant("acme")

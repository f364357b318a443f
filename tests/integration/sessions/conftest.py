import pytest

from pentarch.web.admission import Gate
from sessions import api, running
from support.lambdas import Caller
from support.sessions import SessionStack
from support.stopped_clock import StoppedClock


@pytest.fixture
def stack(
    aws: None,  # noqa: ARG001 (a fixture that this one needs)
    monkeypatch: pytest.MonkeyPatch,
    clock: StoppedClock,
) -> SessionStack:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    api.app.state.gate = Gate()
    running.gateway.cache_clear()
    return SessionStack(monkeypatch, clock)


@pytest.fixture
def acme(stack: SessionStack) -> Caller:
    """An admin of the tenant `acme`."""
    return stack.tenant("acme")

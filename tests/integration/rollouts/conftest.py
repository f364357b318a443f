import pytest

from pentarch.configuration import accessor
from support.every_rollout import EveryRollout
from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant


@pytest.fixture
def house(
    aws: None,  # noqa: ARG001 (a fixture that this one needs)
    monkeypatch: pytest.MonkeyPatch,
    clock: StoppedClock,
) -> EveryRollout:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    accessor.forget()
    return EveryRollout(monkeypatch, clock)


@pytest.fixture
def acme(house: EveryRollout) -> Caller:
    """An admin of the tenant that operates the stack."""
    return house.caller(make_tenant("acme"))


@pytest.fixture
def other(house: EveryRollout) -> Caller:
    """An admin of another tenant."""
    return house.caller(make_tenant("other"))

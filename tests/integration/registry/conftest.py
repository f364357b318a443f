import pytest

from pentarch.web.admission import Gate
from registry import builtin
from registry.api import app, handler
from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.strict_dynamodb import use_strict_dynamodb
from support.tenants import make_key, make_tenant


@pytest.fixture
def anybody(aws: None, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> Caller:  # noqa: ARG001 (what it runs in)
    use_strict_dynamodb(monkeypatch)
    monkeypatch.setattr(builtin, "services", lambda _: [])  # so that lists hold what a test has made; see test_builtin
    app.state.gate = Gate()
    return Caller(handler, {})


@pytest.fixture
def acme(anybody: Caller) -> Caller:
    """An administrator of the tenant `acme`."""
    return anybody.using(make_tenant("acme"))


@pytest.fixture
def other(anybody: Caller) -> Caller:
    return anybody.using(make_tenant("other"))


@pytest.fixture
def developer(acme: Caller) -> Caller:
    return acme.using(make_key("acme", "developer"))

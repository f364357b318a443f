import pytest

from pentarch.web.admission import Gate
from support.lambdas import Caller
from support.tenants import make_tenant
from support.tools import Runner, in_this_process
from tools import api


@pytest.fixture
def runner(
    aws: None,  # noqa: ARG001 (a fixture that this one needs)
    monkeypatch: pytest.MonkeyPatch,
) -> Runner:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    api.app.state.gate = Gate()
    return Runner().use(monkeypatch)


@pytest.fixture
def acme(runner: Runner) -> Caller:  # noqa: ARG001 (a fixture that this one needs)
    """An admin of the tenant `acme`."""
    return Caller(api.handler, {"X-API-Key": make_tenant("acme")})


@pytest.fixture
def other(acme: Caller) -> Caller:
    """An admin of another tenant."""
    return acme.using(make_tenant("other"))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    in_this_process(monkeypatch)

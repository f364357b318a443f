import pytest

from agents import api
from pentarch.web.admission import Gate
from support.lambdas import Caller
from support.tenants import make_tenant


@pytest.fixture
def acme(aws: None, monkeypatch: pytest.MonkeyPatch) -> Caller:  # noqa: ARG001 (a fixture that this one needs)
    """An admin of the tenant `acme`."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    api.app.state.gate = Gate()
    return Caller(api.handler, {"X-API-Key": make_tenant("acme")})


@pytest.fixture
def other(acme: Caller) -> Caller:
    """An admin of another tenant."""
    return acme.using(make_tenant("other"))

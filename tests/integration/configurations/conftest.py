import pytest

from configurations.api import app, handler
from pentarch.configuration import accessor
from pentarch.web.admission import Gate
from support.lambdas import Caller
from support.strict_dynamodb import use_strict_dynamodb
from support.tenants import make_tenant


@pytest.fixture
def api(
    aws: None,  # noqa: ARG001 (a fixture that this one needs)
    monkeypatch: pytest.MonkeyPatch,
) -> Caller:
    """An admin of the tenant `acme`."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    use_strict_dynamodb(monkeypatch)
    app.state.gate = Gate()
    accessor.forget()
    return Caller(handler, {"X-API-Key": make_tenant("acme")})

from collections.abc import Iterator

import pytest

from nlp import service
from nlp.api import app, handler
from pentarch.llm import catalogue
from pentarch.web.admission import Gate
from support.lambdas import Caller
from support.tenants import make_key, make_tenant


@pytest.fixture
def api(aws: None) -> Iterator[Caller]:  # noqa: ARG001 (a fixture that another needs)
    """A developer of the tenant `acme`, calling the service's handler."""
    forget = service.gateway.cache_clear
    catalogue.forget()
    forget()
    make_tenant("acme")
    app.state.gate = Gate()
    yield Caller(handler, {"X-API-Key": make_key("acme", "developer")})
    catalogue.forget()
    forget()

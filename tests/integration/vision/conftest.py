"""Who calls the vision API in tests."""

from collections.abc import Iterator

import pytest

from pentarch.llm import catalogue
from support.lambdas import Caller
from support.tenants import make_tenant
from vision import api as vision_api
from vision import service


@pytest.fixture
def api(aws: None) -> Iterator[Caller]:
    del aws
    service.forget()
    catalogue.forget()
    yield Caller(vision_api.handler, {"X-API-Key": make_tenant("acme")})
    service.forget()
    catalogue.forget()

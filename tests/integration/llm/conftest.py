from collections.abc import Iterator
from unittest import mock

import pytest

from llm.api import app, handler
from llm.asking import gateway
from pentarch.llm import catalogue
from pentarch.llm.providers.openai_compatible import OpenAICompatibleProvider
from pentarch.web.admission import Gate
from support.lambdas import Caller
from support.tenants import make_key, make_tenant
from support.upstream import FakeUpstream


@pytest.fixture
def upstream() -> Iterator[FakeUpstream]:
    with FakeUpstream() as server:
        yield server


@pytest.fixture
def provider(upstream: FakeUpstream) -> Iterator[OpenAICompatibleProvider]:
    provider = OpenAICompatibleProvider("fake", upstream.base_url, "sk-1")
    yield provider
    provider.close()


@pytest.fixture
def api(aws: None) -> Iterator[Caller]:  # noqa: ARG001 (a fixture that another needs)
    """A developer of the tenant `acme`, calling the gateway's handler."""
    catalogue.forget()
    gateway.cache_clear()
    make_tenant("acme")
    app.state.gate = Gate()
    yield Caller(handler, {"X-API-Key": make_key("acme", "developer")})
    catalogue.forget()
    gateway.cache_clear()


@pytest.fixture
def without_local_model() -> Iterator[None]:
    with mock.patch.object(catalogue, "local", dict):
        yield

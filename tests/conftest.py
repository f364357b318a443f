"""Fixtures for every level: sockets are closed, AWS is moto, tables are those of the template."""

import functools
import gc
import os
from collections.abc import Iterator
from typing import Any, ClassVar

import botocore.loaders
import pytest
from hypothesis import HealthCheck, settings
from moto import mock_aws

from pentarch import standing
from pentarch.configuration import accessor
from pentarch.llm import registered
from pentarch.platform import clients
from pentarch.services import credentials
from support import aws as template_aws
from support import moto_state
from support.stopped_clock import StoppedClock

settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laws")  # how fast a machine makes and tries examples says nothing about a law

# moto makes a new session for every test, which would parse the services' descriptions anew: half of a test's set-up.
botocore.loaders.create_loader = functools.cache(botocore.loaders.create_loader)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not walk through it again in every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


class _Clients:
    """The product's clients, of which the most used outlive a test: a new one costs as much as its ten calls."""

    _LASTING = frozenset({"dynamodb", "kms", "s3", "scheduler", "secretsmanager", "sqs"})
    _make = staticmethod(clients._client.__wrapped__)
    _lasting: ClassVar[dict[object, Any]] = {}

    def __init__(self) -> None:
        for client in self._lasting.values():
            for name in [name for name in vars(client) if hasattr(type(client), name)]:
                delattr(client, name)  # pytest gives back what it patched, but to the client instead of its class
        self._is_as_ever = True
        self._own: dict[object, Any] = {}

    def __call__(self, service: str, **options: Any) -> Any:
        kept = self._lasting if self._is_as_ever and service in self._LASTING else self._own
        key = (service, os.environ.get("AWS_ENDPOINT_URL"), *sorted(options.items()))
        if key not in kept:
            kept[key] = self._make(service, **options)
        return kept[key]

    def cache_clear(self) -> None:
        """Whoever lets clients be forgotten has changed what they are made with."""
        self._is_as_ever = False
        self._own.clear()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    return StoppedClock(monkeypatch)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS in this process: the template's tables, queues, buckets and keys, and the environment that names them."""
    for name, value in template_aws.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(clients, "_client", _Clients())
    accessor.forget()
    standing.forget()
    credentials.forget()
    with mock_aws():
        for name, value in template_aws.make(moto_state.maker).items():
            monkeypatch.setenv(name, value)
        yield
    registered.forget()

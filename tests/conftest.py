"""Fixtures for every level: sockets are closed, AWS is moto, tables are those of the template."""

import functools
import gc
from collections.abc import Iterator
from typing import Any

import boto3
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
from support.stopped_clock import StoppedClock

settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laws")  # how fast a machine makes and tries examples says nothing about a law

# moto makes a new session for every test, which would parse the services' descriptions anew: half of a test's set-up.
botocore.loaders.create_loader = functools.cache(botocore.loaders.create_loader)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not walk through it again in every test."""
    gc.collect()
    gc.freeze()


@functools.cache
def _client(service: str) -> Any:
    """Made once a run: a new one costs as much as the ten calls that it is made for."""
    make: Any = boto3.client
    return make(service, "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    return StoppedClock(monkeypatch)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS in this process: the template's tables, queues, buckets and keys, and the environment that names them."""
    for name, value in template_aws.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    clients.forget()
    accessor.forget()
    standing.forget()
    credentials.forget()
    with mock_aws():
        for name, value in template_aws.make(_client).items():
            monkeypatch.setenv(name, value)
        yield
    registered.forget()
    clients.forget()

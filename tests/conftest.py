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
from support.stopped_clock import StoppedClock
from support.template import resources, table_variable

ACCOUNT = "123456789012"
"""moto's."""

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
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    clients.forget()
    accessor.forget()
    standing.forget()
    credentials.forget()
    monkeypatch.setenv("CREDENTIALS_PREFIX", "pentarch/credentials")
    monkeypatch.setenv("STACK_NAME", "pentarch")
    with mock_aws():
        _make_tables(monkeypatch)
        _make_queues(monkeypatch)
        _make_buckets(monkeypatch)
        _make_secrets(monkeypatch)
        _make_schedules(monkeypatch)
        _make_keys(monkeypatch)
        yield
    registered.forget()
    clients.forget()


def _make_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    dynamodb = _client("dynamodb")
    for logical_id, resource in resources("AWS::DynamoDB::Table").items():
        properties = resource["Properties"]
        wanted: dict[str, Any] = {
            name: properties[name]
            for name in ("KeySchema", "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes")
            if name in properties
        }
        dynamodb.create_table(TableName=logical_id, **wanted)
        monkeypatch.setenv(table_variable(logical_id), logical_id)


def _make_queues(monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = _client("sqs")
    for logical_id in resources("AWS::SQS::Queue"):
        url = sqs.create_queue(QueueName=logical_id)["QueueUrl"]
        monkeypatch.setenv(_variable(logical_id, "Queue", "QUEUE_URL"), url)
        monkeypatch.setenv(_variable(logical_id, "Queue", "QUEUE_ARN"), f"arn:aws:sqs:us-east-1:{ACCOUNT}:{logical_id}")


def _make_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    s3 = _client("s3")
    for logical_id in resources("AWS::S3::Bucket"):
        name = logical_id.lower()
        s3.create_bucket(Bucket=name)
        monkeypatch.setenv(_variable(logical_id, "Bucket", "BUCKET"), name)


def _make_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = _client("secretsmanager")
    for logical_id in resources("AWS::SecretsManager::Secret"):
        arn = secrets.create_secret(Name=logical_id, SecretString="{}")["ARN"]
        monkeypatch.setenv(_variable(logical_id, "Secret", "SECRET"), arn)


def _make_schedules(monkeypatch: pytest.MonkeyPatch) -> None:
    for logical_id in resources("AWS::Scheduler::ScheduleGroup"):
        _client("scheduler").create_schedule_group(Name=logical_id)
        monkeypatch.setenv(_variable(logical_id, "Group", "GROUP"), logical_id)
    for logical_id in resources("AWS::IAM::Role"):
        arn = f"arn:aws:iam::{ACCOUNT}:role/{logical_id}"
        monkeypatch.setenv(_variable(logical_id, "Role", "ROLE_ARN"), arn)


def _make_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    kms = _client("kms")
    for logical_id, resource in resources("AWS::KMS::Key").items():
        properties = resource["Properties"]
        wanted: dict[str, Any] = {name: properties[name] for name in ("KeySpec", "KeyUsage") if name in properties}
        arn = kms.create_key(**wanted)["KeyMetadata"]["Arn"]
        monkeypatch.setenv(_variable(logical_id, "Key", "KEY"), arn)


def _variable(logical_id: str, suffix: str, ending: str) -> str:
    """LlmWorkQueue -> LLM_WORK_QUEUE_URL, FilesBucket -> FILES_BUCKET."""
    words = "".join(f"_{letter}" if letter.isupper() else letter for letter in logical_id.removesuffix(suffix))
    return f"{words.strip('_').upper()}_{ending}"

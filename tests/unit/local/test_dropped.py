from collections.abc import Iterator, Mapping
from typing import Any, cast

import boto3
import pytest
from moto import mock_aws

from local import dropped
from local.clients import Clients
from local.stack import Resource, Stack

TABLE = {
    "TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": "true"},
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
}
BUCKET = {
    "ObjectLockEnabled": True,
    "ObjectLockConfiguration": {"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": "3"}}},
}


class Declared:
    """A deployed stack with the properties that a test gives it."""

    def __init__(self, **properties: Mapping[str, Any]) -> None:
        self._properties = properties

    def with_properties(self, kind: str) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
        name = kind.rsplit("::", 1)[-1].lower()
        if name in self._properties:
            yield Resource(name.title(), f"the-{name}", kind), self._properties[name]


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        made: dict[str, Any] = {
            "dynamodb": boto3.client("dynamodb", region_name="us-east-1"),
            "s3": boto3.client("s3", region_name="us-east-1"),
        }
        made["dynamodb"].create_table(
            TableName="the-table",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        )
        made["s3"].create_bucket(Bucket="the-bucket", ObjectLockEnabledForBucket=True)
        yield cast("Clients", made)


def test_what_is_missing_is_set_once(clients: Clients) -> None:
    stack = cast("Stack", Declared(table=TABLE, bucket=BUCKET))

    assert dropped.apply(clients, stack) == 3
    assert dropped.apply(clients, stack) == 0
    assert clients["dynamodb"].describe_time_to_live(TableName="the-table")["TimeToLiveDescription"] == {
        "AttributeName": "ttl",
        "TimeToLiveStatus": "ENABLED",
    }


def test_what_the_template_does_not_ask_for_stays_off(clients: Clients) -> None:
    off = {"TimeToLiveSpecification": {"AttributeName": "ttl", "Enabled": "false"}, "SSESpecification": {}}

    assert dropped.apply(clients, cast("Stack", Declared(table=off, bucket={}))) == 0

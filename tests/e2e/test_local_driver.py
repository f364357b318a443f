"""The local driver against a real emulator, with a template as small as one can be."""

import json
import os
import shutil
import signal
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import emulator
from local.clients import Clients
from local.driver import Driver
from local.errors import LocalStackError
from local.place import CHECKOUT, Place, free_port
from local.progress import Progress

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Reserved: {Type: Number, Default: 2}
Conditions:
  Always: !Equals [a, a]
Resources:
  IdentityBootstrapFunction:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: makefile}
    Properties:
      CodeUri: functions/
      Handler: identity.bootstrap.handler
      Runtime: python3.13
      ReservedConcurrentExecutions: !Ref Reserved
      Environment: {Variables: {TABLE: !Ref TenantTable}}
      Events:
        Get: {Type: Api, Properties: {Path: /, Method: GET}}
  TenantTable:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      TimeToLiveSpecification: !If [Always, {AttributeName: ttl, Enabled: true}, !Ref AWS::NoValue]
      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
      SSESpecification: {SSEEnabled: true, SSEType: KMS}
  LockedBucket:
    Type: AWS::S3::Bucket
    Properties:
      ObjectLockEnabled: true
      ObjectLockConfiguration: {ObjectLockEnabled: Enabled, Rule: {DefaultRetention: {Mode: GOVERNANCE, Days: 3}}}
"""
BROKEN = """
  Unreachable:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Missing.Arn, maxReceiveCount: 3}}
"""
BOOTSTRAP = '''
"""Answers as the real one does, and keeps one item as it does."""
import os

import boto3


def handler(event, context):
    table = boto3.client("dynamodb")
    item = {"id": {"S": event["tenant"]}}
    known = table.get_item(TableName=os.environ["TABLE"], Key=item).get("Item")
    if known and not event.get("reset_credentials"):
        return {"tenant": event["tenant"], "already": True}
    table.put_item(TableName=os.environ["TABLE"], Item=item)
    names = ("api_key", "username", "password", "client_id", "client_secret", "user_api_key")
    return {"tenant": event["tenant"]} | {name: f"{name}-{os.urandom(4).hex()}" for name in names}
'''


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A project of one function, and nothing left running after it."""
    (tmp_path / "functions" / "identity").mkdir(parents=True)
    (tmp_path / "functions" / "identity" / "bootstrap.py").write_text(BOOTSTRAP)
    (tmp_path / "layers").mkdir()
    for used in ("functions/Makefile", "layers/compiling.py"):
        shutil.copy(CHECKOUT / used, tmp_path / used)
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    found = Place(template=tmp_path / "template.yaml", home=tmp_path / ".local", port=free_port())
    yield found
    emulator.stop(found)


def driver(place: Place) -> Driver:
    return Driver(place, os.environ, Progress())


def table(clients: Clients) -> str:
    return str(clients["dynamodb"].list_tables()["TableNames"][0])


def put(place: Place, row: str) -> None:
    clients = Clients(place)
    clients["dynamodb"].put_item(TableName=table(clients), Item={"id": {"S": row}})
    clients.close()


def rows(place: Place) -> set[str]:
    clients = Clients(place)
    found = {item["id"]["S"] for item in clients["dynamodb"].scan(TableName=table(clients))["Items"]}
    clients.close()
    return found


def test_a_stop_keeps_everything_and_the_next_start_deploys_nothing(
    place: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    first = driver(place)
    made = first.up()
    assert stat.S_IMODE(place.target_file.stat().st_mode) == 0o600
    put(place, "kept")
    first.down()
    capfd.readouterr()

    second = driver(place)
    assert second.up() == made
    assert rows(place) == {"local", "kept"}
    assert "Building" not in capfd.readouterr().out
    second.down()


def test_a_kill_costs_only_what_came_after_the_last_snapshot(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    first = driver(place)
    made = first.up()
    put(place, "kept")
    assert emulator.snapshot(place)
    put(place, "lost")
    found = emulator.running(place)
    assert found is not None
    os.kill(found.pid, signal.SIGKILL)
    first.down()

    second = driver(place)
    assert second.up() == made
    assert rows(place) == {"local", "kept"}
    assert "it was killed" in capfd.readouterr().out
    second.down()


def test_a_lost_target_file_gets_new_credentials(place: Place) -> None:
    first = driver(place)
    made = first.up()
    place.target_file.unlink()

    again = first.up()
    first.down()

    assert again["api_key"] != made["api_key"]
    assert json.loads(place.target_file.read_text()) == again


def test_settings_that_the_emulator_drops_are_made_and_a_broken_template_names_its_resource(place: Place) -> None:
    first = driver(place)
    first.up()
    clients = Clients(place)
    settings = _settings(clients)
    place.template.write_text(TEMPLATE + BROKEN)

    with pytest.raises(LocalStackError, match="Unreachable"):
        first.up()

    clients.close()
    assert settings == {"ttl": "ENABLED", "recovery": "ENABLED", "encryption": "KMS", "days": 3, "reserved": 2}


def _settings(clients: Clients) -> dict[str, Any]:
    dynamodb, name = clients["dynamodb"], table(clients)
    bucket = next(b["Name"] for b in clients["s3"].list_buckets()["Buckets"] if "locked" in b["Name"])
    lock = clients["s3"].get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    function = clients["lambda"].list_functions()["Functions"][0]["FunctionName"]
    return {
        "ttl": dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"],
        "recovery": backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        "encryption": dynamodb.describe_table(TableName=name)["Table"]["SSEDescription"]["SSEType"],
        "days": lock["Rule"]["DefaultRetention"]["Days"],
        "reserved": clients["lambda"].get_function_concurrency(FunctionName=function)["ReservedConcurrentExecutions"],
    }

"""Assessments of the deployed stack: what is wrong with it is found, and found no more when it is mended."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from local.target import Target
from support.deployed import api, aws, eventually, new_tenant, resource

CHECK = "/api/v1/compliance/check"
CHECKS = "/api/v1/compliance/checks"
SCHEDULE = "/api/v1/compliance/schedules/GDPR"
PAUSE_S = 3
"""Between looks: 30 requests a minute are answered."""

Fault = Callable[[Target], Any]


def assess(client: httpx.Client, framework: str = "SOC2") -> dict[str, Any]:
    reply = client.post(CHECK, json={"framework": framework})
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()["data"]
    return found


def whole(client: httpx.Client, check_id: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{CHECKS}/{check_id}").json()["data"]
    return found


@contextmanager
def an_open_bucket(stack: Target) -> Iterator[None]:
    s3, bucket = aws(stack, "s3"), resource(stack, "FilesBucket")
    kept = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=dict.fromkeys(kept, False))
    try:
        yield
    finally:
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=kept)


@contextmanager
def a_table_that_forgets(stack: Target) -> Iterator[None]:
    dynamodb, table = aws(stack, "dynamodb"), resource(stack, "ComplianceTable")

    def set_recovery(*, on: bool) -> None:
        dynamodb.update_continuous_backups(
            TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on}
        )

    set_recovery(on=False)
    try:
        yield
    finally:
        set_recovery(on=True)


@contextmanager
def a_table_without_encryption(stack: Target) -> Iterator[None]:
    """By a key of the account's: what AWS does without one cannot be switched off."""
    dynamodb, table = aws(stack, "dynamodb"), resource(stack, "UsageTable")
    dynamodb.update_table(TableName=table, SSESpecification={"Enabled": False})
    try:
        yield
    finally:
        dynamodb.update_table(TableName=table, SSESpecification={"Enabled": True, "SSEType": "KMS"})


@contextmanager
def a_policy_for_everything(stack: Target) -> Iterator[None]:
    iam, role = aws(stack, "iam"), resource(stack, "OpsApiFunctionRole")
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.put_role_policy(RoleName=role, PolicyName="everything", PolicyDocument=document)
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="everything")


@pytest.mark.parametrize(
    ("fault", "logical_id"),
    [
        (an_open_bucket, "FilesBucket"),
        (a_table_that_forgets, "ComplianceTable"),
        (a_table_without_encryption, "UsageTable"),
        (a_policy_for_everything, "OpsApiFunctionRole"),
    ],
)
def test_a_planted_fault_is_found_until_it_is_mended(stack: Target, fault: Fault, logical_id: str) -> None:
    name = resource(stack, logical_id)
    with api(stack, new_tenant(stack, "auditee")["api_key"]) as client:
        before = assess(client)
        with fault(stack):
            found = assess(client)
            planted = set(found["comparison"]["new"])
            named = [one for one in whole(client, found["check_id"])["findings"] if one["id"] in planted]
            assert [one for one in named if name in one["resource"]], named
            assert found["overall_compliance"] < before["overall_compliance"]
        mended = assess(client)
        assert planted <= set(mended["comparison"]["fixed"])
        assert mended["overall_compliance"] == before["overall_compliance"]


def test_an_assessment_by_the_clock_is_made_and_can_be_verified(stack: Target) -> None:
    with api(stack, new_tenant(stack, "scheduled")["api_key"]) as client:
        reply = client.put(SCHEDULE, json={"expression": "cron(* * * * ? *)"})
        assert reply.json()["data"]["in_force"] is True, reply.text

        def listed() -> list[dict[str, Any]]:
            time.sleep(PAUSE_S)
            rows: list[dict[str, Any]] = client.get(CHECKS).json()["data"]["checks"]
            return rows

        try:
            [*_, made] = eventually(listed, lambda rows: bool(rows) and rows[-1]["status"] != "queued", within_s=150)
        finally:
            client.delete(SCHEDULE)
        assert (made["status"], made["requested_by"]) == ("completed", "schedule:GDPR")
        assert client.post(f"{CHECKS}/{made['check_id']}/verify").json()["data"]["verified"] is True
        report = client.get(made["report_url"])
        assert (report.status_code, report.content[:4]) == (200, b"%PDF")


def test_an_assessment_in_the_background_ends(stack: Target) -> None:
    with api(stack, new_tenant(stack, "patient")["api_key"]) as client:
        reply = client.post(CHECK, json={"framework": "HIPAA", "async": True})
        assert reply.status_code == 202, reply.text
        check_id = reply.json()["data"]["check_id"]

        def seen() -> dict[str, Any]:
            time.sleep(PAUSE_S)
            return whole(client, check_id)

        ended = eventually(seen, lambda told: told["status"] != "queued")
        assert ended["status"] == "completed"
        assert len(ended["controls"]) >= 15

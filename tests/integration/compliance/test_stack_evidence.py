"""The scan over a stack in moto: a fault that is planted is found, and when it is mended it is gone."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from compliance.checks import CHECKS, judge
from compliance.evidence import collect
from compliance.evidence.context import Context
from compliance.model import Outcome, Unseen, Verdict
from pentarch.platform import clients
from support.planted import Planted, allowing, trusting

AT = datetime.now(UTC)
EVERYTHING = allowing("*", "*")
STRANGER = trusting({"AWS": "arn:aws:iam::999999999999:root"})
OWN = trusting({"Service": "lambda.amazonaws.com"})


@pytest.fixture(scope="module")
def stack() -> Iterator[Planted]:
    """AWS in this process with one small stack for all: every test mends what it planted."""
    clients.forget()
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
            patch.setenv(name, "us-east-1")
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        yield Planted(patch)
    clients.forget()


def scan(name: str) -> tuple[Verdict, Outcome | str]:
    context = Context("acme", AT - timedelta(days=30), AT, AT)
    return judge(CHECKS[name], collect(context, CHECKS[name].needs))


def dynamodb(**change: Any) -> Callable[[Planted], object]:
    return lambda stack: boto3.client("dynamodb").update_table(TableName=stack.table, **change)


def backups(*, on: bool) -> Callable[[Planted], object]:
    return lambda stack: boto3.client("dynamodb").update_continuous_backups(
        TableName=stack.table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on}
    )


def queue(**attributes: str) -> Callable[[Planted], object]:
    given: Any = attributes
    return lambda stack: boto3.client("sqs").set_queue_attributes(QueueUrl=stack.queue, Attributes=given)


def attach(arn: str) -> Callable[[Planted], object]:
    return lambda stack: boto3.client("iam").attach_role_policy(RoleName=stack.role, PolicyArn=arn)


def trust(document: str) -> Callable[[Planted], object]:
    return lambda stack: boto3.client("iam").update_assume_role_policy(RoleName=stack.role, PolicyDocument=document)


def _redrive(stack: Planted) -> str:
    return json.dumps({"deadLetterTargetArn": stack.dead_arn, "maxReceiveCount": 3})


FAULTS: list[tuple[str, Callable[[Planted], object], Callable[[Planted], object]]] = [
    (
        "tables-encrypted-with-kms",
        Planted.add_plain_table,
        lambda stack: stack.resources.pop(),
    ),
    ("tables-recoverable", backups(on=False), backups(on=True)),
    (
        "tables-deletion-protected",
        dynamodb(DeletionProtectionEnabled=False),
        dynamodb(DeletionProtectionEnabled=True),
    ),
    (
        "buckets-encrypted",
        lambda stack: boto3.client("s3").delete_bucket_encryption(Bucket=stack.bucket),
        Planted.encrypt_bucket,
    ),
    (
        "buckets-block-public-access",
        lambda stack: boto3.client("s3").delete_public_access_block(Bucket=stack.bucket),
        Planted.close_bucket,
    ),
    (
        "buckets-not-public",
        Planted.open_bucket,
        Planted.close_bucket,
    ),
    (
        "buckets-tls-only",
        lambda stack: boto3.client("s3").delete_bucket_policy(Bucket=stack.bucket),
        Planted.close_bucket,
    ),
    ("queues-encrypted", queue(SqsManagedSseEnabled="false"), queue(SqsManagedSseEnabled="true")),
    (
        "queues-have-dead-letter",
        queue(RedrivePolicy=""),
        lambda stack: queue(RedrivePolicy=_redrive(stack))(stack),
    ),
    (
        "dead-letters-watched",
        lambda stack: boto3.client("cloudwatch").delete_alarms(AlarmNames=[stack.alarm]),
        Planted.watch_dead_letters,
    ),
    (
        "keys-rotate",
        lambda stack: boto3.client("kms").disable_key_rotation(KeyId=stack.key),
        lambda stack: boto3.client("kms").enable_key_rotation(KeyId=stack.key),
    ),
    (
        "keys-usable",
        lambda stack: boto3.client("kms").schedule_key_deletion(KeyId=stack.key, PendingWindowInDays=7),
        lambda stack: (
            boto3.client("kms").cancel_key_deletion(KeyId=stack.key),
            boto3.client("kms").enable_key(KeyId=stack.key),
        ),
    ),
    (
        "functions-no-secrets-in-environment",
        lambda stack: stack.set_variables({"PARTNER": "AKIA" + "Q3EGTKX7WD2VAZ9B"}),
        lambda stack: stack.set_variables({}),
    ),
    (
        "functions-not-public",
        lambda stack: boto3.client("lambda").add_permission(
            FunctionName=stack.function, StatementId="open", Action="lambda:InvokeFunction", Principal="*"
        ),
        lambda stack: boto3.client("lambda").remove_permission(FunctionName=stack.function, StatementId="open"),
    ),
    (
        "roles-no-wildcard-actions",
        lambda stack: stack.set_role_policy(EVERYTHING),
        lambda stack: stack.set_role_policy(allowing("dynamodb:PutItem", stack.table_arn)),
    ),
    (
        "event-log-append-only",
        lambda stack: stack.set_role_policy(allowing("dynamodb:DeleteItem", stack.table_arn)),
        lambda stack: stack.set_role_policy(allowing("dynamodb:PutItem", stack.table_arn)),
    ),
    (
        "roles-no-administrators",
        lambda stack: stack.set_role_policy(EVERYTHING),
        lambda stack: stack.set_role_policy(allowing("dynamodb:PutItem", stack.table_arn)),
    ),
    ("roles-taken-by-services-only", trust(STRANGER), trust(OWN)),
    (
        "logs-kept-365-days",
        lambda stack: boto3.client("logs").put_retention_policy(logGroupName=stack.log_group, retentionInDays=7),
        lambda stack: boto3.client("logs").put_retention_policy(logGroupName=stack.log_group, retentionInDays=400),
    ),
    (
        "schedules-on",
        lambda stack: boto3.client("events").disable_rule(Name=stack.rule),
        lambda stack: boto3.client("events").enable_rule(Name=stack.rule),
    ),
    (
        "event-sources-on",
        lambda stack: boto3.client("lambda").update_event_source_mapping(UUID=stack.source, Enabled=False),
        lambda stack: boto3.client("lambda").update_event_source_mapping(UUID=stack.source, Enabled=True),
    ),
]


@pytest.mark.parametrize(("name", "plant", "mend"), FAULTS)
def test_a_planted_fault_is_found_and_gone_when_it_is_mended(
    stack: Planted, name: str, plant: Callable[[Planted], object], mend: Callable[[Planted], object]
) -> None:
    assert scan(name)[0] == Verdict.PASSED, scan(name)
    plant(stack)
    verdict, outcome = scan(name)
    assert verdict == Verdict.FAILED, outcome
    mend(stack)
    assert scan(name)[0] == Verdict.PASSED, scan(name)


def test_a_managed_policy_that_somebody_attached_is_read(stack: Planted) -> None:
    arn = boto3.client("iam").create_policy(PolicyName="broad", PolicyDocument=EVERYTHING)["Policy"]["Arn"]
    attach(arn)(stack)
    verdict, outcome = scan("roles-no-wildcard-actions")
    boto3.client("iam").detach_role_policy(RoleName=stack.role, PolicyArn=arn)
    assert verdict == Verdict.FAILED
    assert "broad" in str(outcome)


def test_what_an_alias_still_runs_is_looked_at(stack: Planted) -> None:
    """A fault does not go away by mending what was deployed last, while callers reach an older version."""
    service = boto3.client("lambda")
    stack.set_variables({"ADMIN_PASSWORD": "hunter2"})
    version = service.publish_version(FunctionName=stack.function)["Version"]
    service.create_alias(FunctionName=stack.function, Name="live", FunctionVersion=version)
    stack.set_variables({})
    verdict, outcome = scan("functions-no-secrets-in-environment")
    service.delete_alias(FunctionName=stack.function, Name="live")
    assert verdict == Verdict.FAILED
    assert isinstance(outcome, Outcome)
    assert [fault.resource for fault in outcome.faults] == [f"{stack.function}:live"]
    assert scan("functions-no-secrets-in-environment")[0] == Verdict.PASSED


def test_no_value_of_a_variable_is_kept(stack: Planted) -> None:
    stack.set_variables({"PLAIN": "a-value-to-look-for"})
    sections = collect(Context("acme", AT, AT, AT), ["functions"])
    assert "a-value-to-look-for" not in str(sections)
    assert "PLAIN" in str(sections)


def test_what_the_scan_may_not_read_is_not_assessed(stack: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetBucketPolicy")

    def refuse(**_: object) -> None:
        raise refused

    monkeypatch.setattr(clients.s3(), "get_bucket_policy", refuse)
    boto3.client("s3").delete_public_access_block(Bucket=stack.bucket)
    assert scan("buckets-block-public-access")[0] == Verdict.FAILED
    verdict, reason = scan("buckets-not-public")
    assert verdict == Verdict.NOT_ASSESSED
    assert "GetBucketPolicy answered AccessDenied" in str(reason)
    monkeypatch.undo()
    stack.close_bucket()


def test_a_table_that_is_gone_leaves_the_others_to_be_judged(stack: Planted) -> None:
    stack.add("AWS::DynamoDB::Table", "GoneTable", "scanned-gone")
    assert scan("tables-recoverable")[0] == Verdict.NOT_ASSESSED
    backups(on=False)(stack)
    assert scan("tables-recoverable")[0] == Verdict.FAILED
    backups(on=True)(stack)
    stack.resources.pop()


def test_a_stack_that_cannot_be_listed_is_not_assessed(stack: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "ListStackResources")

    monkeypatch.setattr("compliance.evidence.context._deployed", refuse)
    assert stack.resources
    sections = collect(Context("acme", AT, AT, AT), ["tables"])
    assert sections["tables"] == Unseen("ListStackResources answered AccessDenied")

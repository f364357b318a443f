"""What the template asks AWS for and a handler uses: tables, queues, buckets, secrets, schedules and keys."""

from collections.abc import Callable, Mapping
from typing import Any

from support.template import resources, table_variable

ACCOUNT = "123456789012"
"""moto's."""
ENVIRONMENT: Mapping[str, str] = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "CREDENTIALS_PREFIX": "pentarch/credentials",
    "STACK_NAME": "pentarch",
}

ClientOf = Callable[[str], Any]


def make(client: ClientOf) -> dict[str, str]:
    """Make all of it with the clients of services, and return the environment that names it."""
    return (
        _tables(client("dynamodb"))
        | _queues(client("sqs"))
        | _buckets(client("s3"))
        | _secrets(client("secretsmanager"))
        | _schedules(client("scheduler"))
        | _keys(client("kms"))
    )


def _tables(dynamodb: Any) -> dict[str, str]:
    named = {}
    for logical_id, resource in resources("AWS::DynamoDB::Table").items():
        properties = resource["Properties"]
        wanted: dict[str, Any] = {
            name: properties[name]
            for name in ("KeySchema", "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes")
            if name in properties
        }
        dynamodb.create_table(TableName=logical_id, **wanted)
        named[table_variable(logical_id)] = logical_id
    return named


def _queues(sqs: Any) -> dict[str, str]:
    named = {}
    for logical_id in resources("AWS::SQS::Queue"):
        named[variable(logical_id, "Queue", "QUEUE_URL")] = sqs.create_queue(QueueName=logical_id)["QueueUrl"]
        named[variable(logical_id, "Queue", "QUEUE_ARN")] = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{logical_id}"
    return named


def _buckets(s3: Any) -> dict[str, str]:
    named = {}
    for logical_id in resources("AWS::S3::Bucket"):
        name = logical_id.lower()
        s3.create_bucket(Bucket=name)
        named[variable(logical_id, "Bucket", "BUCKET")] = name
    return named


def _secrets(secrets: Any) -> dict[str, str]:
    return {
        variable(logical_id, "Secret", "SECRET"): secrets.create_secret(Name=logical_id, SecretString="{}")["ARN"]
        for logical_id in resources("AWS::SecretsManager::Secret")
    }


def _schedules(scheduler: Any) -> dict[str, str]:
    named = {}
    for logical_id in resources("AWS::Scheduler::ScheduleGroup"):
        scheduler.create_schedule_group(Name=logical_id)
        named[variable(logical_id, "Group", "GROUP")] = logical_id
    for logical_id in resources("AWS::IAM::Role"):
        named[variable(logical_id, "Role", "ROLE_ARN")] = f"arn:aws:iam::{ACCOUNT}:role/{logical_id}"
    return named


def _keys(kms: Any) -> dict[str, str]:
    named = {}
    for logical_id, resource in resources("AWS::KMS::Key").items():
        properties = resource["Properties"]
        wanted: dict[str, Any] = {name: properties[name] for name in ("KeySpec", "KeyUsage") if name in properties}
        named[variable(logical_id, "Key", "KEY")] = kms.create_key(**wanted)["KeyMetadata"]["Arn"]
    return named


def variable(logical_id: str, suffix: str, ending: str) -> str:
    """LlmWorkQueue -> LLM_WORK_QUEUE_URL, FilesBucket -> FILES_BUCKET."""
    words = "".join(f"_{letter}" if letter.isupper() else letter for letter in logical_id.removesuffix(suffix))
    return f"{words.strip('_').upper()}_{ending}"

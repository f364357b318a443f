"""The calls that make what the template asks for, made on moto's own state.

Through a client each takes ten times as long: built, signed, sent, parsed and routed, for every resource of every test.
"""

import json
from typing import Any

from moto.backends import get_backend

from support.aws import ACCOUNT, ENVIRONMENT

REGION = ENVIRONMENT["AWS_REGION"]


def maker(service: str) -> Any:
    """Like a client of the service, for `support.aws.make` and while moto is on."""
    return _MAKERS[service]()


def _backend(service: str, region: str = REGION) -> Any:
    backends: Any = get_backend
    return backends(service)[ACCOUNT][region]


class _DynamoDb:
    def create_table(self, **wanted: Any) -> None:
        _backend("dynamodb").create_table(
            wanted["TableName"],
            schema=wanted["KeySchema"],
            attr=wanted["AttributeDefinitions"],
            billing_mode=wanted["BillingMode"],
            global_indexes=wanted.get("GlobalSecondaryIndexes", []),
            indexes=[],
            throughput=None,
            streams=None,
            sse_specification=None,
            tags=[],
            deletion_protection_enabled=False,
            warm_throughput=None,
        )


class _Sqs:
    def create_queue(self, *, QueueName: str) -> dict[str, str]:  # noqa: N803 (AWS's)
        _backend("sqs").create_queue(QueueName)
        return {"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{QueueName}"}


class _S3:
    def create_bucket(self, *, Bucket: str) -> None:  # noqa: N803 (AWS's)
        _backend("s3", "aws").create_bucket(Bucket, REGION)


class _SecretsManager:
    def create_secret(self, *, Name: str, SecretString: str) -> dict[str, str]:  # noqa: N803 (AWS's)
        made = _backend("secretsmanager").create_secret(
            Name,
            secret_string=SecretString,
            secret_binary=None,
            description=None,
            tags=[],
            kms_key_id=None,
            client_request_token=None,
            replica_regions=[],
            force_overwrite=False,
        )
        return {"ARN": json.loads(made)["ARN"]}


class _Scheduler:
    def create_schedule_group(self, *, Name: str) -> None:  # noqa: N803 (AWS's)
        _backend("scheduler").create_schedule_group(Name, tags=[])


class _Kms:
    def create_key(self, **wanted: str) -> dict[str, Any]:
        usage, spec = wanted.get("KeyUsage", "ENCRYPT_DECRYPT"), wanted.get("KeySpec", "SYMMETRIC_DEFAULT")
        key = _backend("kms").create_key(None, usage, spec, "", [])
        return {"KeyMetadata": {"Arn": key.arn}}


_MAKERS: dict[str, type] = {
    "dynamodb": _DynamoDb,
    "kms": _Kms,
    "s3": _S3,
    "scheduler": _Scheduler,
    "secretsmanager": _SecretsManager,
    "sqs": _Sqs,
}

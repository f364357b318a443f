"""How the stack's keys and secrets are kept; their values are never asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from compliance.evidence.asking import document, field
from compliance.evidence.context import Collector, Context, Resource
from compliance.evidence.gathering import items
from compliance.model import JsonObject
from pentarch.platform import clients


def keys(context: Context) -> Sequence[JsonObject]:
    return items(_key, context.resources("AWS::KMS::Key"))


def _key(resource: Resource) -> JsonObject:
    kms, name = clients.inspection("kms"), resource.physical_id
    described = kms.describe_key(KeyId=name)["KeyMetadata"]
    spec, origin = described.get("KeySpec") or described["CustomerMasterKeySpec"], described.get("Origin", "AWS_KMS")
    rotates_by_itself = spec == "SYMMETRIC_DEFAULT" and origin == "AWS_KMS"
    return {
        "name": name,
        "logical_id": resource.logical_id,
        "arn": described["Arn"],
        "account": described["Arn"].split(":")[4],
        "spec": spec,
        "usage": described["KeyUsage"],
        "state": described["KeyState"],
        "can_rotate": rotates_by_itself,
        "rotation": field(lambda: kms.get_key_rotation_status(KeyId=name)["KeyRotationEnabled"])
        if rotates_by_itself
        else None,
        "policy": field(lambda: document(kms.get_key_policy(KeyId=name, PolicyName="default")["Policy"])),
    }


def secrets(context: Context) -> Sequence[JsonObject]:
    return items(lambda resource: _secret(resource, context.at), context.resources("AWS::SecretsManager::Secret"))


def _secret(resource: Resource, at: datetime) -> JsonObject:
    service = clients.inspection("secretsmanager")
    described = service.describe_secret(SecretId=resource.physical_id)
    return {
        "name": described["Name"],
        "logical_id": resource.logical_id,
        "arn": described["ARN"],
        "account": described["ARN"].split(":")[4],
        "kms_key": described.get("KmsKeyId"),
        "rotation": described.get("RotationEnabled", False),
        "changed_days_ago": field(lambda: (at - (described.get("LastChangedDate") or described["CreatedDate"])).days),
        "deleted": described.get("DeletedDate") is not None,
        "policy": field(
            lambda: document(service.get_resource_policy(SecretId=resource.physical_id).get("ResourcePolicy"))
        ),
    }


COLLECTORS: Mapping[str, Collector] = {"keys": keys, "secrets": secrets}

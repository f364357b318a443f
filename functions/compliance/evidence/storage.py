"""How the stack's tables and buckets are set up."""

from collections.abc import Mapping, Sequence
from typing import Any

from compliance.evidence.asking import document, field
from compliance.evidence.context import Collector, Context, Resource
from compliance.evidence.gathering import items
from compliance.model import JsonObject
from pentarch.platform import clients


def tables(context: Context) -> Sequence[JsonObject]:
    return items(_table, context.resources("AWS::DynamoDB::Table"))


def _table(resource: Resource) -> JsonObject:
    dynamodb, name = clients.inspection("dynamodb"), resource.physical_id
    described = dynamodb.describe_table(TableName=name)["Table"]
    encryption = described.get("SSEDescription", {})
    return {
        "name": name,
        "logical_id": resource.logical_id,
        "encryption": {"status": encryption.get("Status", "DISABLED"), "type": encryption.get("SSEType")},
        "point_in_time_recovery": field(
            lambda: dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"][
                "PointInTimeRecoveryDescription"
            ]["PointInTimeRecoveryStatus"]
        ),
        "deletion_protection": described.get("DeletionProtectionEnabled", False),
        "billing": described.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "expiry": field(lambda: dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]),
        "stream": described.get("StreamSpecification", {}).get("StreamEnabled", False),
    }


def buckets(context: Context) -> Sequence[JsonObject]:
    return items(_bucket, context.resources("AWS::S3::Bucket"))


def _bucket(resource: Resource) -> JsonObject:
    s3, name = clients.s3(), resource.physical_id
    policy = {"NoSuchBucketPolicy": None}
    return {
        "name": name,
        "logical_id": resource.logical_id,
        "encryption": field(
            lambda: s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"],
            {"ServerSideEncryptionConfigurationNotFoundError": []},
        ),
        "public_access_block": field(
            lambda: s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"],
            {"NoSuchPublicAccessBlockConfiguration": {}},
        ),
        "policy": field(lambda: document(s3.get_bucket_policy(Bucket=name)["Policy"]), policy),
        "grants": field(lambda: [_grant(grant) for grant in s3.get_bucket_acl(Bucket=name)["Grants"]]),
        "versioning": field(lambda: s3.get_bucket_versioning(Bucket=name).get("Status", "Off")),
        "object_lock": field(
            lambda: s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"],
            {"ObjectLockConfigurationNotFoundError": None},
        ),
        "ownership": field(
            lambda: [
                rule["ObjectOwnership"]
                for rule in s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
            ],
            {"OwnershipControlsNotFoundError": []},
        ),
        "lifecycle": field(
            lambda: [_rule(rule) for rule in s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]],
            {"NoSuchLifecycleConfiguration": []},
        ),
        "logs_to": field(lambda: s3.get_bucket_logging(Bucket=name).get("LoggingEnabled", {}).get("TargetBucket")),
    }


def _grant(grant: Mapping[str, Any]) -> JsonObject:
    """Who has which right by the access control list; a person's display name is left out."""
    grantee = grant.get("Grantee", {})
    return {"to": grantee.get("URI") or grantee.get("Type"), "right": grant.get("Permission")}


def _rule(rule: Mapping[str, Any]) -> JsonObject:
    return {
        "id": rule.get("ID"),
        "enabled": rule.get("Status") == "Enabled",
        "aborts_uploads_after_days": rule.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation"),
        "expires_after_days": rule.get("Expiration", {}).get("Days"),
        "whole_bucket": not rule.get("Prefix") and not any(rule.get("Filter", {}).values()),
    }


COLLECTORS: Mapping[str, Collector] = {"tables": tables, "buckets": buckets}

"""Evidence of a stack with which nothing is wrong, for tests that spoil one thing in it."""

from copy import deepcopy
from typing import Any

ACCOUNT = "123456789012"
BLOCK = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": True}


def arn(service: str, rest: str, region: str = "us-east-1") -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{rest}"


def tls_only(bucket: str) -> dict[str, Any]:
    return {
        "Sid": "OnlyOverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _bucket(name: str, logical_id: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "logical_id": logical_id,
        "encryption": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}],
        "public_access_block": BLOCK,
        "policy": {"Statement": [tls_only(name)]},
        "grants": [{"to": "CanonicalUser", "right": "FULL_CONTROL"}],
        "versioning": "Enabled",
        "object_lock": None,
        "ownership": ["BucketOwnerEnforced"],
        "lifecycle": [
            {
                "id": "UnfinishedUploads",
                "enabled": True,
                "aborts_uploads_after_days": 2,
                "expires_after_days": None,
                "whole_bucket": True,
            }
        ],
        "logs_to": "logs",
    } | more


def _queue(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "logical_id": name,
        "arn": arn("sqs", name),
        "kms_key": None,
        "managed_encryption": True,
        "dead_letter": None,
        "retention_s": 1209600,
        "policy": None,
    } | more


_FUNCTION = {
    "name": "stack-ApiFunction",
    "logical_id": "ApiFunction",
    "function": "stack-ApiFunction",
    "runtime": "python3.13",
    "support_days_left": 900,
    "packaged": "Zip",
    "variables": [{"name": "EVENTS_TABLE", "looks_secret": None}],
    "tracing": "Active",
    "role": f"arn:aws:iam::{ACCOUNT}:role/stack-ApiRole",
    "log_group": "/stack/api",
    "timeout_s": 30,
    "memory_mb": 512,
    "dead_letter": None,
    "on_failure": arn("sqs", "dead"),
    "policy": {
        "Statement": [
            {
                "Sid": "Gateway",
                "Effect": "Allow",
                "Principal": {"Service": "apigateway.amazonaws.com"},
                "Action": "lambda:InvokeFunction",
                "Condition": {"ArnLike": {"AWS:SourceArn": arn("execute-api", "abc/*/GET/x")}},
            }
        ]
    },
    "urls": [],
}

_ROLE = {
    "name": "stack-ApiRole",
    "logical_id": "ApiRole",
    "arn": f"arn:aws:iam::{ACCOUNT}:role/stack-ApiRole",
    "account": ACCOUNT,
    "trust": {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}]},
    "boundary": None,
    "attached": ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
    "policies": [
        {
            "name": "own",
            "document": {
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": ["dynamodb:PutItem"],
                        "Resource": [arn("dynamodb", "table/stack-EventsTable")],
                    },
                    {"Effect": "Allow", "Action": ["kms:GetPublicKey"], "Resource": [arn("kms", "key/k1")]},
                    {"Effect": "Allow", "Action": ["xray:PutTraceSegments"], "Resource": "*"},
                ]
            },
        }
    ],
}

_WELL: dict[str, list[dict[str, Any]]] = {
    "tables": [
        {
            "name": "stack-EventsTable",
            "logical_id": "EventsTable",
            "encryption": {"status": "ENABLED", "type": "KMS"},
            "point_in_time_recovery": "ENABLED",
            "deletion_protection": True,
            "billing": "PAY_PER_REQUEST",
            "expiry": {"TimeToLiveStatus": "DISABLED"},
            "stream": True,
        }
    ],
    "buckets": [
        _bucket("files", "FilesBucket"),
        _bucket(
            "seals",
            "SealsBucket",
            object_lock={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 400}},
            },
        ),
        _bucket("logs", "AccessLogsBucket", logs_to=None),
    ],
    "queues": [_queue("work", dead_letter=arn("sqs", "dead")), _queue("dead")],
    "event_sources": [
        {
            "name": "Messages",
            "source": arn("sqs", "work"),
            "service": "sqs",
            "function": "stack-ApiFunction",
            "state": "Enabled",
            "on_failure": None,
            "partial_failures": True,
        },
        {
            "name": "Log",
            "source": arn("dynamodb", "table/stack-EventsTable/stream/2026"),
            "service": "dynamodb",
            "function": "stack-SealerFunction",
            "state": "Enabled",
            "on_failure": arn("sqs", "dead"),
            "partial_failures": True,
        },
    ],
    "schedules": [
        {
            "name": "Daily",
            "logical_id": "Daily",
            "state": "ENABLED",
            "targets": [{"arn": arn("lambda", "function:stack-ApiFunction"), "dead_letter": arn("sqs", "dead")}],
        }
    ],
    "state_machines": [
        {"name": "Run", "logical_id": "Run", "log_level": "ERROR", "logs_data": False, "tracing": True},
    ],
    "keys": [
        {
            "name": "k1",
            "logical_id": "SealsKey",
            "arn": arn("kms", "key/k1"),
            "account": ACCOUNT,
            "spec": "SYMMETRIC_DEFAULT",
            "usage": "ENCRYPT_DECRYPT",
            "state": "Enabled",
            "can_rotate": True,
            "rotation": True,
            "policy": {
                "Statement": [
                    {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": ["kms:*"]}
                ]
            },
        }
    ],
    "secrets": [
        {
            "name": "providers",
            "logical_id": "ProvidersSecret",
            "arn": arn("secretsmanager", "secret:providers-AbCdEf"),
            "account": ACCOUNT,
            "kms_key": None,
            "rotation": False,
            "changed_days_ago": 10,
            "deleted": False,
            "policy": None,
        }
    ],
    "functions": [_FUNCTION],
    "log_groups": [
        {"name": "/stack/api", "logical_id": "ApiLogGroup", "exists": True, "retention_days": 400, "kms_key": None}
    ],
    "roles": [_ROLE],
    "apis": [
        {
            "name": "stack",
            "id": "abc",
            "logical_id": "Api",
            "endpoints": ["REGIONAL"],
            "default_endpoint": True,
            "security_policy": "SecurityPolicy_TLS13_1_2_2021_06",
        }
    ],
    "domains": [{"name": "api.example.com", "logical_id": "Domain", "security_policy": "TLS_1_2"}],
    "stages": [
        {
            "name": "Api/prod",
            "access_log": arn("logs", "log-group:/gateway"),
            "access_log_format": "{}",
            "rate_limit": 1000.0,
            "burst_limit": 2000,
            "logs_bodies": [],
            "tracing": True,
            "firewall": arn("wafv2", "regional/webacl/w"),
        }
    ],
    "routes": [
        {
            "name": "GET /x",
            "authorization": "NONE",
            "integration": "AWS_PROXY",
            "target": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
            + arn("lambda", "function:stack-ApiFunction")
            + "/invocations",
        }
    ],
    "alarms": [
        {
            "name": "dead-letters",
            "logical_id": "LostAlarm",
            "namespace": "AWS/SQS",
            "metric": "ApproximateNumberOfMessagesVisible",
            "dimensions": {"QueueName": "dead"},
            "actions": ["arn:aws:sns:us-east-1:123456789012:people"],
            "actions_enabled": True,
            "state": "OK",
        },
        {
            "name": "errors",
            "logical_id": "ServerErrorsAlarm",
            "namespace": "AWS/ApiGateway",
            "metric": "5XXError",
            "dimensions": {"ApiName": "stack"},
            "actions": ["arn:aws:sns:us-east-1:123456789012:people"],
            "actions_enabled": True,
            "state": "OK",
        },
        {
            "name": "late",
            "logical_id": "LateAlarm",
            "namespace": "AWS/Lambda",
            "metric": "IteratorAge",
            "dimensions": {"FunctionName": "stack-SealerFunction"},
            "actions": ["arn:aws:sns:us-east-1:123456789012:people"],
            "actions_enabled": True,
            "state": "OK",
        },
    ],
    "stack": [
        {
            "name": "stack",
            "resources": 30,
            "alarms": ["LateAlarm", "LostAlarm", "ServerErrorsAlarm"],
            "status": "UPDATE_COMPLETE",
            "termination_protection": True,
            "drift": "IN_SYNC",
            "drift_checked_days_ago": 3,
        }
    ],
    "root_user": [{"name": "root", "mfa": True, "access_keys": 0}],
    "password_policy": [{"name": "passwords", "policy": {"MinimumPasswordLength": 14}}],
    "public_access": [{"name": "S3", "public_access_block": BLOCK}],
    "trails": [
        {"name": "CloudTrail", "trails": [{"name": "all", "all_regions": True, "validated": True, "logging": True}]}
    ],
    "threat_detection": [{"name": "GuardDuty", "detectors": [{"name": "d", "status": "ENABLED"}]}],
    "change_recording": [{"name": "AWS Config", "recording": [True]}],
    "access_analysis": [{"name": "Access Analyzer", "analyzers": [{"type": "ACCOUNT", "status": "ACTIVE"}]}],
}


def well() -> dict[str, list[dict[str, Any]]]:
    return deepcopy(_WELL)


def spoiled(path: tuple[str | int, ...], value: object) -> dict[str, list[dict[str, Any]]]:
    """The same evidence with one thing different."""
    sections = well()
    place: Any = sections
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return sections

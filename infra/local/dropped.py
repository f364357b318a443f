"""Set by API what the emulator leaves out of a template without a word.

Measured on MiniStack 1.5.33: a table's time to live, point-in-time recovery and encryption, a bucket's Object Lock,
lifecycle and access log, a stage's access log and a function's reserved concurrency are accepted by its CloudFormation
and not applied, while its APIs honour them.
Everything is compared first, so a second run changes nothing, and nothing at all on an endpoint that gets it right.
"""

from collections.abc import Mapping
from typing import Any

from local.clients import Clients
from local.place import REGION
from local.stack import Stack

ON = {"ENABLED", "ENABLING", "UPDATING"}


def apply(clients: Clients, stack: Stack) -> int:
    """Return how many settings were missing."""
    changed = 0
    for table, properties in stack.with_properties("AWS::DynamoDB::Table"):
        changed += _time_to_live(clients, table.physical_id, properties)
        changed += _point_in_time_recovery(clients, table.physical_id, properties)
        changed += _encryption(clients, table.physical_id, properties)
    for bucket, properties in stack.with_properties("AWS::S3::Bucket"):
        changed += _object_lock(clients, bucket.physical_id, properties)
        changed += _lifecycle(clients, bucket.physical_id, properties)
        changed += _access_log(clients, bucket.physical_id, properties)
    for stage, properties in stack.with_properties("AWS::ApiGateway::Stage"):
        changed += _gateway_log(clients, stage.physical_id, properties, stack)
    for function, properties in stack.with_properties("AWS::Lambda::Function"):
        changed += _reserved_concurrency(clients, function.physical_id, properties)
    return changed


def is_true(value: object) -> bool:
    """CloudFormation takes a boolean as a boolean or as text."""
    return str(value).lower() == "true"


def _time_to_live(clients: Clients, table: str, properties: Mapping[str, Any]) -> bool:
    wanted = properties.get("TimeToLiveSpecification", {})
    if not is_true(wanted.get("Enabled")):
        return False
    now = clients["dynamodb"].describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if now["TimeToLiveStatus"] in ON:
        return False
    setting = {"AttributeName": wanted["AttributeName"], "Enabled": True}
    clients["dynamodb"].update_time_to_live(TableName=table, TimeToLiveSpecification=setting)
    return True


def _point_in_time_recovery(clients: Clients, table: str, properties: Mapping[str, Any]) -> bool:
    wanted = properties.get("PointInTimeRecoverySpecification", {})
    if not is_true(wanted.get("PointInTimeRecoveryEnabled")):
        return False
    now = clients["dynamodb"].describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    if now["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] in ON:
        return False
    clients["dynamodb"].update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    return True


def _encryption(clients: Clients, table: str, properties: Mapping[str, Any]) -> bool:
    wanted = properties.get("SSESpecification", {})
    if not is_true(wanted.get("SSEEnabled")):
        return False
    now = clients["dynamodb"].describe_table(TableName=table)["Table"].get("SSEDescription", {})
    if now.get("Status") in ON:
        return False
    setting = {"Enabled": True, "SSEType": wanted.get("SSEType", "KMS")}
    if isinstance(wanted.get("KMSMasterKeyId"), str):
        setting["KMSMasterKeyId"] = wanted["KMSMasterKeyId"]
    clients["dynamodb"].update_table(TableName=table, SSESpecification=setting)
    return True


def _object_lock(clients: Clients, bucket: str, properties: Mapping[str, Any]) -> bool:
    wanted = properties.get("ObjectLockConfiguration")
    if wanted is None:
        return False
    s3 = clients["s3"]
    try:
        now = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "ObjectLockConfigurationNotFoundError":
            raise
        now = None
    if now is not None and _retention(now) == _retention(wanted):
        return False
    setting: dict[str, Any] = {"ObjectLockEnabled": "Enabled"}
    if _retention(wanted):
        setting["Rule"] = {"DefaultRetention": _retention(wanted)}
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})  # as AWS does by itself
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=setting)
    return True


def _retention(configuration: Mapping[str, Any]) -> dict[str, str | int]:
    """One form for what a template and an answer say: a template's numbers may be text."""
    rule = configuration.get("Rule", {}).get("DefaultRetention", {})
    periods = {period: int(rule[period]) for period in ("Days", "Years") if rule.get(period)}
    return {"Mode": rule["Mode"], **periods} if rule else {}


def _lifecycle(clients: Clients, bucket: str, properties: Mapping[str, Any]) -> bool:
    wanted = [_rule(rule) for rule in properties.get("LifecycleConfiguration", {}).get("Rules", [])]
    s3 = clients["s3"]
    try:
        now = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchLifecycleConfiguration":
            raise
        now = []
    if now == wanted:
        return False
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": wanted})
    return True


def _rule(declared: Mapping[str, Any]) -> dict[str, Any]:
    """A template's rule as the API has it: other names, and numbers that are numbers."""
    rule: dict[str, Any] = {"ID": declared["Id"], "Status": declared["Status"], "Filter": {}}
    if "Prefix" in declared:
        rule["Filter"] = {"Prefix": declared["Prefix"]}
    if "ExpirationInDays" in declared:
        rule["Expiration"] = {"Days": int(declared["ExpirationInDays"])}
    if is_true(declared.get("ExpiredObjectDeleteMarker")):
        rule["Expiration"] = {"ExpiredObjectDeleteMarker": True}
    for part in ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration"):
        if part in declared:
            rule[part] = {name: int(value) for name, value in declared[part].items()}
    return rule


def _access_log(clients: Clients, bucket: str, properties: Mapping[str, Any]) -> bool:
    wanted = properties.get("LoggingConfiguration")
    if wanted is None:
        return False
    setting = {"TargetBucket": wanted["DestinationBucketName"], "TargetPrefix": wanted.get("LogFilePrefix", "")}
    if clients["s3"].get_bucket_logging(Bucket=bucket).get("LoggingEnabled") == setting:
        return False
    clients["s3"].put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": setting})
    return True


def _gateway_log(clients: Clients, stage: str, properties: Mapping[str, Any], stack: Stack) -> bool:
    wanted = properties.get("AccessLogSetting")
    if wanted is None:
        return False
    gateway, place = clients["apigateway"], {"restApiId": properties["RestApiId"], "stageName": stage}
    if gateway.get_stage(**place).get("accessLogSettings"):
        return False
    destination = wanted["DestinationArn"]
    if isinstance(destination, Mapping):  # the ARN of a log group of the template
        group = stack.named(destination["Fn::GetAtt"][0]).physical_id
        destination = f"arn:aws:logs:{REGION}:000000000000:log-group:{group}"
    settings = {"destinationArn": destination, "format": wanted["Format"]}
    gateway.update_stage(
        **place,
        patchOperations=[
            {"op": "replace", "path": f"/accessLogSettings/{name}", "value": value} for name, value in settings.items()
        ],
    )
    return True


def _reserved_concurrency(clients: Clients, function: str, properties: Mapping[str, Any]) -> bool:
    wanted = properties.get("ReservedConcurrentExecutions")
    now = clients["lambda"].get_function_concurrency(FunctionName=function).get("ReservedConcurrentExecutions")
    if wanted is None or now == int(wanted):
        return False
    clients["lambda"].put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=int(wanted))
    return True

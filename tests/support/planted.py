"""A small stack in moto that passes its checks, in which tests plant faults and mend them.

Made call by call, because moto's CloudFormation needs packages that nothing else here does; what the stack holds is
told to the scan in the place where it asks CloudFormation.
"""

import io
import json
import zipfile
from typing import Any

import boto3
import pytest

from compliance.evidence import context
from compliance.evidence.context import Resource

STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/scanned/1"
_CONDITION = {"Bool": {"aws:SecureTransport": "false"}}


def trusting(principal: dict[str, str]) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allowing(action: str, resource: str) -> str:
    statement = {"Effect": "Allow", "Action": [action], "Resource": [resource]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Planted:
    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.resources: list[Resource] = []
        self._table()
        self._bucket()
        self._queues()
        self._keys()
        self._function()
        self._watching()
        self.watch_dead_letters()
        patch.setenv("STACK_ID", STACK_ID)
        patch.setattr(context, "_deployed", lambda: tuple(self.resources))

    def add(self, kind: str, logical_id: str, physical_id: str) -> str:
        self.resources.append(Resource(logical_id, physical_id, kind))
        return physical_id

    def _table(self) -> None:
        dynamodb = boto3.client("dynamodb")
        self.table = self.add("AWS::DynamoDB::Table", "EventsTable", "scanned-EventsTable")
        described = dynamodb.create_table(
            TableName=self.table,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            SSESpecification={"Enabled": True, "SSEType": "KMS"},
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            DeletionProtectionEnabled=True,
        )["TableDescription"]
        self.table_arn = described["TableArn"]
        dynamodb.update_continuous_backups(
            TableName=self.table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )

    def add_plain_table(self) -> None:
        """One that DynamoDB encrypts with its own key; moto cannot switch a table's encryption off."""
        boto3.client("dynamodb").create_table(
            TableName="scanned-Plain",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.add("AWS::DynamoDB::Table", "PlainTable", "scanned-Plain")

    def _bucket(self) -> None:
        s3 = boto3.client("s3")
        self.bucket = self.add("AWS::S3::Bucket", "FilesBucket", "scanned-files")
        s3.create_bucket(Bucket=self.bucket, ObjectOwnership="BucketOwnerEnforced")
        self.encrypt_bucket()
        self.close_bucket()
        s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})

    def encrypt_bucket(self) -> None:
        rule: Any = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        boto3.client("s3").put_bucket_encryption(
            Bucket=self.bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
        )

    def close_bucket(self) -> None:
        names = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
        block: Any = dict.fromkeys(names, True)
        s3 = boto3.client("s3")
        s3.put_public_access_block(Bucket=self.bucket, PublicAccessBlockConfiguration=block)
        arn = f"arn:aws:s3:::{self.bucket}"
        statement = {
            "Sid": "OnlyOverTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Condition": _CONDITION,
        }
        self.set_policy([statement | {"Resource": [arn, f"{arn}/*"]}])

    def open_bucket(self) -> None:
        boto3.client("s3").delete_public_access_block(Bucket=self.bucket)
        arn = f"arn:aws:s3:::{self.bucket}/*"
        statement = {"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": arn}
        self.set_policy([statement])

    def set_policy(self, statements: list[dict[str, Any]]) -> None:
        document = {"Version": "2012-10-17", "Statement": statements}
        boto3.client("s3").put_bucket_policy(Bucket=self.bucket, Policy=json.dumps(document))

    def _queues(self) -> None:
        sqs = boto3.client("sqs")
        encrypted: Any = {"SqsManagedSseEnabled": "true", "MessageRetentionPeriod": "1209600"}
        dead = sqs.create_queue(QueueName="scanned-dead", Attributes=encrypted)["QueueUrl"]
        self.dead_arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = json.dumps({"deadLetterTargetArn": self.dead_arn, "maxReceiveCount": 3})
        self.queue = sqs.create_queue(QueueName="scanned-work", Attributes=encrypted | {"RedrivePolicy": redrive})[
            "QueueUrl"
        ]
        self.add("AWS::SQS::Queue", "DeadLetterQueue", dead)
        self.add("AWS::SQS::Queue", "WorkQueue", self.queue)

    def _keys(self) -> None:
        kms = boto3.client("kms")
        self.key = self.add(
            "AWS::KMS::Key", "DataKey", kms.create_key(KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
        )
        kms.enable_key_rotation(KeyId=self.key)
        signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        self.add("AWS::KMS::Key", "SealsKey", signing)
        secret = boto3.client("secretsmanager").create_secret(Name="scanned-providers", SecretString="{}")["ARN"]
        self.secret = self.add("AWS::SecretsManager::Secret", "ProvidersSecret", secret)

    def _function(self) -> None:
        iam = boto3.client("iam")
        self.role = self.add("AWS::IAM::Role", "ApiRole", "scanned-ApiRole")
        trust = trusting({"Service": "lambda.amazonaws.com"})
        role_arn = iam.create_role(RoleName=self.role, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        self.set_role_policy(allowing("dynamodb:PutItem", self.table_arn))
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("api.py", "def handler(event, context):\n    return None\n")
        self.function = self.add("AWS::Lambda::Function", "ApiFunction", "scanned-ApiFunction")
        boto3.client("lambda").create_function(
            FunctionName=self.function,
            Runtime="python3.13",
            Role=role_arn,
            Handler="api.handler",
            Code={"ZipFile": code.getvalue()},
            TracingConfig={"Mode": "Active"},
        )
        self.set_variables({})

    def set_role_policy(self, document: str) -> None:
        boto3.client("iam").put_role_policy(RoleName=self.role, PolicyName="own", PolicyDocument=document)

    def set_variables(self, more: dict[str, str]) -> None:
        variables = {"EVENTS_TABLE": self.table, "PROVIDERS_SECRET": self.secret} | more
        boto3.client("lambda").update_function_configuration(
            FunctionName=self.function, Environment={"Variables": variables}
        )

    def _watching(self) -> None:
        boto3.client("logs").create_log_group(logGroupName="/scanned/api")
        self.log_group = self.add("AWS::Logs::LogGroup", "ApiLogGroup", "/scanned/api")
        boto3.client("logs").put_retention_policy(logGroupName=self.log_group, retentionInDays=400)
        self.alarm = self.add("AWS::CloudWatch::Alarm", "LostAlarm", "scanned-lost")
        self.rule = self.add("AWS::Events::Rule", "DailyRule", "scanned-daily")
        events = boto3.client("events")
        events.put_rule(Name=self.rule, ScheduleExpression="rate(1 day)", State="ENABLED")
        arn = f"arn:aws:lambda:us-east-1:123456789012:function:{self.function}"
        target: Any = {"Id": "api", "Arn": arn, "DeadLetterConfig": {"Arn": self.dead_arn}}
        events.put_targets(Rule=self.rule, Targets=[target])
        mapping = boto3.client("lambda").create_event_source_mapping(
            FunctionName=self.function,
            EventSourceArn="arn:aws:sqs:us-east-1:123456789012:scanned-work",
            FunctionResponseTypes=["ReportBatchItemFailures"],
        )
        self.source = self.add("AWS::Lambda::EventSourceMapping", "Messages", mapping["UUID"])

    def watch_dead_letters(self) -> None:
        boto3.client("cloudwatch").put_metric_alarm(
            AlarmName=self.alarm,
            Namespace="AWS/SQS",
            MetricName="ApproximateNumberOfMessagesVisible",
            Dimensions=[{"Name": "QueueName", "Value": "scanned-dead"}],
            Statistic="Maximum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            AlarmActions=["arn:aws:sns:us-east-1:123456789012:people"],
        )

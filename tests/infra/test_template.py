"""Rules that the template keeps, each of which would otherwise leak away one resource at a time."""

import json
import re
from typing import Any

import pytest

from pentarch.work.pace import WORKERS
from support.lint_data import lint_data
from support.template import resources, routes, template

MAX_RESOURCES = 475
"""CloudFormation takes 500; the transform makes several of each function."""

FUNCTIONS = resources("AWS::Serverless::Function")
ROUTES = routes()
EDGE = "EdgeFunction"
LOG_DELIVERY = {
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
}
"""What Step Functions needs to log (Step Functions developer guide, "Using CloudWatch Logs")."""
WITHOUT_RESOURCE = {
    "VisionPolicy": {"rekognition:DetectFaces", "rekognition:DetectLabels", "rekognition:DetectText"},
    "RolloutStateMachine": LOG_DELIVERY,
    "WorkflowStateMachine": LOG_DELIVERY,
    "EvidencePolicy": {
        "access-analyzer:ListAnalyzers",
        "cloudtrail:DescribeTrails",
        "guardduty:ListDetectors",
        "iam:GetAccountPasswordPolicy",
        "iam:GetAccountSummary",
        "logs:DescribeLogGroups",
        "s3:GetAccountPublicAccessBlock",
    },
    "InfrastructureApiFunction": {
        "autoscaling:DescribeAutoScalingGroups",
        "cloudwatch:GetMetricData",
        "ec2:DescribeInstances",
        "ecs:DescribeTaskDefinition",
        "eks:ListClusters",
        "tag:GetResources",
    },
    "InfrastructureSweepFunction": {
        "autoscaling:DescribeAutoScalingGroups",
        "cloudwatch:GetMetricData",
        "ec2:DescribeInstances",
        "eks:ListClusters",
        "tag:GetResources",
    },
    "InfrastructureStepFunction": {
        "cloudwatch:GetMetricStatistics",
        "ecs:DescribeTaskDefinition",
        "ecs:ListTaskDefinitions",
        "elasticloadbalancing:DescribeTargetGroups",
    },
    "OpsApiFunction": {"cloudwatch:GetMetricData"},
    "TextAnalysisPolicy": {
        "comprehend:BatchDetectEntities",
        "comprehend:BatchDetectKeyPhrases",
        "comprehend:BatchDetectSentiment",
        "comprehend:DetectDominantLanguage",
    },
}
"""Actions that may name `*`, by policy: each only reads, and AWS's authorization reference gives it no resource."""


METRICS = "cloudwatch:GetMetricData"
"""May name data sets, which metrics of AWS's services are not in."""


def policy_documents() -> list[tuple[str, dict[str, Any]]]:
    """Every statement list of the template, with the resource that holds it."""
    found: list[tuple[str, dict[str, Any]]] = []
    for name, resource in resources().items():
        properties = resource.get("Properties", {})
        own = [
            policy for policy in properties.get("Policies", []) if isinstance(policy, dict) and "Statement" in policy
        ]
        found.extend((name, policy) for policy in own)
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            found.append((name, properties["PolicyDocument"]))
    return found


def test_every_route_names_its_method() -> None:
    assert ROUTES
    assert not [route for route in ROUTES if route[1] == "ANY"]


def test_only_the_edge_takes_paths_that_nobody_listed() -> None:
    greedy = {name for name, _, path in ROUTES if "{proxy+}" in path}
    assert greedy == {EDGE}


def test_every_path_answers_a_browsers_preflight_from_its_own_function() -> None:
    asked = {(name, path) for name, method, path in ROUTES if method == "OPTIONS"}
    assert {(name, path) for name, _, path in ROUTES if path != "/"} <= asked


def test_no_policy_allows_everything() -> None:
    for name, document in policy_documents():
        for statement in document["Statement"]:
            actions = statement["Action"]
            assert not [action for action in actions if "*" in action], f"{name} allows {actions}"
            if not set(actions) <= WITHOUT_RESOURCE.get(name, set()):
                assert "*" not in statement["Resource"], f"{name} reaches every resource"


def test_actions_without_a_resource_are_those_that_aws_says_take_none() -> None:
    known = lint_data("Policies")
    for action in set().union(*WITHOUT_RESOURCE.values()):
        service, name = action.split(":")
        assert action == METRICS or not known[service]["Actions"][name.lower()].get("Resources"), action


def test_the_scan_may_look_at_every_store_of_the_stack_and_into_none() -> None:
    document = resources("AWS::IAM::ManagedPolicy")["StoresEvidencePolicy"]["Properties"]["PolicyDocument"]
    kinds = ("DynamoDB::Table", "S3::Bucket", "SQS::Queue", "SecretsManager::Secret", "KMS::Key")
    stores = {name for kind in kinds for name in resources(f"AWS::{kind}")}
    seen = {
        name.get("Ref") or name["Fn::GetAtt"][0]
        for statement in document["Statement"]
        for name in statement["Resource"]
    }
    assert seen == stores
    actions = [action for statement in document["Statement"] for action in statement["Action"]]
    assert not [action for action in actions if action.split(":")[1] in ("GetItem", "GetObject", "GetSecretValue")]


def test_every_function_has_a_policy_of_its_own_or_none() -> None:
    for name, function in FUNCTIONS.items():
        for policy in function["Properties"].get("Policies", []):
            assert isinstance(policy, dict), f"{name} uses the ready-made policy {policy}"


def test_every_worked_queue_has_a_dead_letter_queue_and_time_for_its_worker() -> None:
    queues = resources("AWS::SQS::Queue")
    for name, function in FUNCTIONS.items():
        properties = function["Properties"]
        for event in properties.get("Events", {}).values():
            if event["Type"] != "SQS":
                continue
            queue = queues[event["Properties"]["Queue"]["Fn::GetAtt"][0]]["Properties"]
            assert queue["RedrivePolicy"]["maxReceiveCount"] >= 3, name
            assert queue["VisibilityTimeout"] >= 6 * properties["Timeout"], name
            assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name


def test_each_priority_has_the_workers_that_estimates_reckon_with() -> None:
    found: dict[str, dict[str, int]] = {}
    for service in WORKERS:
        worker = FUNCTIONS[f"{service.title()}WorkerFunction"]["Properties"]
        for event in worker["Events"].values():
            queue = event["Properties"]["Queue"]["Fn::GetAtt"][0]
            priority = queue.removeprefix(f"{service.title()}Work").removesuffix("Queue").lower() or "normal"
            found.setdefault(service, {})[priority] = event["Properties"]["ScalingConfig"]["MaximumConcurrency"]
    assert found == WORKERS


def test_all_bounds_together_leave_room_for_requests() -> None:
    """Of the 1,000 concurrent executions that an account usually has."""
    events = [
        event["Properties"] for one in FUNCTIONS.values() for event in one["Properties"].get("Events", {}).values()
    ]
    bounds = [one["ScalingConfig"]["MaximumConcurrency"] for one in events if "ScalingConfig" in one]
    assert sum(bounds) <= 800, bounds


def test_every_queue_keeps_two_weeks_and_is_encrypted() -> None:
    for name, queue in resources("AWS::SQS::Queue").items():
        assert queue["Properties"]["MessageRetentionPeriod"] == 1209600, name
        assert queue["Properties"]["SqsManagedSseEnabled"] is True, name


def test_every_stream_and_schedule_has_a_place_for_failures() -> None:
    for name, function in FUNCTIONS.items():
        for event in function["Properties"].get("Events", {}).values():
            properties = event["Properties"]
            if event["Type"] == "DynamoDB":
                assert properties["DestinationConfig"]["OnFailure"], name
            if event["Type"] in ("Schedule", "ScheduleV2"):
                assert properties["DeadLetterConfig"], name
                assert function["Properties"]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"], name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_logs_where_logs_end_some_day(name: str) -> None:
    group = FUNCTIONS[name]["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]
    assert resources("AWS::Logs::LogGroup")[group]["Properties"]["RetentionInDays"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_gets_only_what_its_policies_let_it_use(name: str) -> None:
    properties = FUNCTIONS[name]["Properties"]
    variables = properties["Environment"]["Variables"]
    named = {value["Ref"] for value in variables.values() if isinstance(value, dict) and "Ref" in value}
    stores = {
        logical_id
        for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret", "AWS::SQS::Queue")
        for logical_id in resources(kind)
    }
    allowed = json.dumps(_policies_of(properties))
    for store in named & stores:
        assert store in allowed, f"{name} knows {store} and may not touch it"


def test_whoever_asks_the_gate_can_tell_of_refusals() -> None:
    asking = [name for name, one in FUNCTIONS.items() if {"Ref": "GatePolicy"} in one["Properties"].get("Policies", [])]
    assert len(asking) > 5
    for name in asking:
        assert "EVENTS_TABLE" in FUNCTIONS[name]["Properties"]["Environment"]["Variables"], name


def _documents_of(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """As `_policies_of`, the statements of policies that stand alone included."""
    return [policy.get("Properties", {}).get("PolicyDocument", policy) for policy in _policies_of(properties)]


def _policies_of(properties: dict[str, Any]) -> list[Any]:
    policies: list[Any] = []
    for policy in properties.get("Policies", []):
        reference = policy.get("Ref")
        policies.append(resources()[reference] if reference else policy)
    return policies


@pytest.mark.parametrize("name", resources("AWS::DynamoDB::Table"))
def test_every_table_is_on_demand_encrypted_recoverable_and_protectable(name: str) -> None:
    table = resources("AWS::DynamoDB::Table")[name]
    properties = table["Properties"]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["SSESpecification"]["SSEEnabled"] is True
    assert properties["DeletionProtectionEnabled"] == {"Fn::If": ["Protected", True, False]}
    assert table["UpdateReplacePolicy"] == "Retain"


def test_buckets_are_private_and_encrypted() -> None:
    for name, bucket in resources("AWS::S3::Bucket").items():
        assert all(bucket["Properties"]["PublicAccessBlockConfiguration"].values()), name
        assert bucket["Properties"]["BucketEncryption"], name


def test_only_the_identity_functions_reach_the_signing_keys() -> None:
    readers = {
        name
        for name, function in FUNCTIONS.items()
        for document in _documents_of(function["Properties"])
        for statement in document["Statement"]
        if "SigningKeysSecret" in json.dumps(statement["Resource"])
        and statement["Action"] != ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"]
    }
    assert readers == {"IdentityApiFunction", "IdentityRotateFunction", "IdentityBootstrapFunction"}


def test_nobody_may_scan() -> None:
    for name, document in policy_documents():
        assert "dynamodb:Scan" not in json.dumps(document), name


def test_the_stack_fits_into_cloudformation() -> None:
    made = {"AWS::Serverless::Function": 5, "AWS::Serverless::Api": 3}
    count = sum(made.get(resource["Type"], 1) for resource in template()["Resources"].values())
    assert count < MAX_RESOURCES


def test_the_api_has_the_one_stage_that_is_named() -> None:
    """SAM makes another, without access logs or limits, for a definition of an API whose version it is not told."""
    assert template()["Resources"]["Api"]["Properties"]["OpenApiVersion"] == "3.0.1"


def test_routes_are_listed_in_the_definition_alone() -> None:
    """An event of the type Api would make a permission for each route, and CloudFormation's room is bounded."""
    events = [event for one in FUNCTIONS.values() for event in one["Properties"].get("Events", {}).values()]
    assert "Api" not in {event["Type"] for event in events}


def test_the_api_may_call_the_functions_that_it_names_and_no_others() -> None:
    assert {route.function for route in ROUTES} == _callable_by("${Api}")


def test_the_websocket_api_may_call_the_function_that_it_names_and_no_other() -> None:
    integrations = json.dumps(resources("AWS::ApiGatewayV2::Integration"))
    assert _callable_by("${LiveSocketApi}") == {"LiveSocketFunction"}
    assert set(re.findall(r"functions/\$\{(\w+)\.", integrations)) == {"LiveSocketFunction"}


def _callable_by(api: str) -> set[str]:
    permissions = [one["Properties"] for one in resources("AWS::Lambda::Permission").values()]
    return {one["FunctionName"]["Ref"].removesuffix(".Alias") for one in permissions if api in str(one["SourceArn"])}

"""Rules that the template keeps, each of which would otherwise leak away one resource at a time."""

import json
from typing import Any

import pytest

from support.template import resources, template

MAX_RESOURCES = 450
"""CloudFormation takes 500; the transform makes several of each function and a permission of each route."""

FUNCTIONS = resources("AWS::Serverless::Function")
ROUTES = [
    (name, event["Properties"]["Method"], event["Properties"]["Path"])
    for name, function in FUNCTIONS.items()
    for event in function["Properties"].get("Events", {}).values()
    if event["Type"] == "Api"
]
EDGE = "EdgeFunction"


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


def test_no_route_is_listed_twice() -> None:
    places = [(method, path) for _, method, path in ROUTES]
    assert len(places) == len(set(places))


def test_every_path_answers_a_browsers_preflight_from_its_own_function() -> None:
    asked = {(name, path) for name, method, path in ROUTES if method == "OPTIONS"}
    assert {(name, path) for name, _, path in ROUTES if path != "/"} <= asked


def test_no_policy_allows_everything() -> None:
    for name, document in policy_documents():
        for statement in document["Statement"]:
            actions = statement["Action"]
            assert not [action for action in actions if "*" in action], f"{name} allows {actions}"
            assert "*" not in statement["Resource"], f"{name} reaches every resource"


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
        if "SigningKeysSecret" in json.dumps(_policies_of(function["Properties"]))
    }
    assert readers == {"IdentityApiFunction", "IdentityRotateFunction", "IdentityBootstrapFunction"}


def test_nobody_may_scan() -> None:
    for name, document in policy_documents():
        assert "dynamodb:Scan" not in json.dumps(document), name


def test_the_stack_fits_into_cloudformation() -> None:
    made = {"AWS::Serverless::Function": 3, "AWS::Serverless::Api": 3}
    count = sum(made.get(resource["Type"], 1) for resource in template()["Resources"].values())
    assert count + len(ROUTES) < MAX_RESOURCES


def test_every_dead_letter_queue_raises_an_alarm() -> None:
    dead = {name for name in resources("AWS::SQS::Queue") if "DeadLetter" in name}
    watched = json.dumps(resources("AWS::CloudWatch::Alarm"))
    assert dead
    assert all(name in watched for name in dead)

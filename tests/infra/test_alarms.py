"""What goes wrong is heard of: each kind of trouble has an alarm on the figure that shows it."""

import json
from typing import Any

import pytest

from support.template import resources, template

ALARMS = resources("AWS::CloudWatch::Alarm")
ON_FUNCTIONS = {
    name: event
    for name, function in resources("AWS::Serverless::Function").items()
    for event in function["Properties"].get("Events", {}).values()
}


def watching(namespace: str, metric: str, dimension: Any = None) -> list[dict[str, Any]]:
    found = [one["Properties"] for one in ALARMS.values()]
    return [
        one
        for one in found
        if (one["Namespace"], one["MetricName"]) == (namespace, metric)
        and (dimension is None or dimension in [each["Value"] for each in one.get("Dimensions", [])])
    ]


@pytest.mark.parametrize(
    ("namespace", "metric", "dimension"),
    [
        ("AWS/ApiGateway", "5XXError", {"Ref": "AWS::StackName"}),
        ("AWS/Lambda", "Throttles", None),
        ("AWS/Lambda", "IteratorAge", {"Ref": "ComplianceSealerFunction"}),  # sealing lag
        ("AWS/Lambda", "IteratorAge", {"Ref": "FanoutFunction"}),
        ("Pentarch", "CostUsd", {"Ref": "AWS::StackName"}),
    ],
)
def test_each_kind_of_trouble_has_an_alarm(namespace: str, metric: str, dimension: Any) -> None:
    assert len(watching(namespace, metric, dimension)) == 1


def test_every_reader_of_a_stream_is_watched_for_being_late() -> None:
    readers = {name for name, event in ON_FUNCTIONS.items() if event["Type"] == "DynamoDB"}
    assert readers
    assert not [name for name in readers if not watching("AWS/Lambda", "IteratorAge", {"Ref": name})]


@pytest.mark.parametrize("name", resources("AWS::Serverless::StateMachine"))
def test_every_state_machine_is_watched_for_runs_that_fail(name: str) -> None:
    assert watching("AWS/States", "ExecutionsFailed", {"Ref": name})


def test_every_dead_letter_queue_is_watched_for_its_depth() -> None:
    dead = {name for name in resources("AWS::SQS::Queue") if "DeadLetter" in name}
    metric = "ApproximateNumberOfMessagesVisible"
    assert not [name for name in dead if not watching("AWS/SQS", metric, {"Fn::GetAtt": [name, "QueueName"]})]


@pytest.mark.parametrize("name", ALARMS)
def test_every_alarm_reaches_somebody_and_says_what_is_wrong(name: str) -> None:
    properties = ALARMS[name]["Properties"]
    assert properties["AlarmActions"] == {
        "Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]
    }
    assert properties["AlarmDescription"]
    assert properties["TreatMissingData"] == "notBreaching"


def test_the_cost_that_alarms_is_the_one_that_the_fan_out_tells(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names of a metric and its dimensions are only names: nothing else would notice that two differ."""
    from fanout import metrics

    function = resources()["FanoutFunction"]["Properties"]["Environment"]["Variables"]
    monkeypatch.setenv("STACK_NAME", "a-stack")
    for name in ("POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"):
        monkeypatch.setenv(name, function[name])
    metrics._emit_cost(1_500_000_000)
    told = json.loads(capsys.readouterr().out)
    [alarm] = watching("Pentarch", "CostUsd")
    [directive] = told["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == alarm["Namespace"]
    assert told[alarm["MetricName"]] == [1.5]
    assert {one["Name"] for one in alarm["Dimensions"]} == set(directive["Dimensions"][0])
    assert {one["Name"]: told[one["Name"]] for one in alarm["Dimensions"]} == {"service": "fanout", "stack": "a-stack"}
    assert alarm["Threshold"] == {"Ref": "DailyCostAlarmUsd"}
    assert "DailyCostAlarmUsd" in template()["Parameters"]


@pytest.mark.parametrize("name", resources("AWS::Serverless::StateMachine"))
def test_every_state_machine_logs_its_errors_and_not_what_it_works_on(name: str) -> None:
    logging = resources()[name]["Properties"]["Logging"]
    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ERROR", False)
    [destination] = logging["Destinations"]
    [group, attribute] = destination["CloudWatchLogsLogGroup"]["LogGroupArn"]["Fn::GetAtt"]
    assert attribute == "Arn"
    assert resources()[group]["Properties"]["RetentionInDays"]

"""The stream's function: each record for itself, and nothing is lost."""

import json
import os
from datetime import UTC, datetime
from typing import Any

import boto3
import botocore.client
import pytest
from botocore.exceptions import EndpointConnectionError

from fanout import stream
from pentarch.events.model import Event, happened
from pentarch.events.store import attributes_of
from pentarch.usage import store as usage

pytestmark = pytest.mark.usefixtures("aws")

AT = datetime(2026, 5, 5, tzinfo=UTC)
SERVED = {
    "model": "m",
    "cached": False,
    "prompt_tokens": 2,
    "completion_tokens": 3,
    "cost_nano_usd": 35,
    "latency_ms": 9,
}


@pytest.fixture(autouse=True)
def namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")


def an_event(event_type: str = "llm.completed", tenant: str = "acme", resource: str = "m", **data: Any) -> Event:
    return happened(AT, tenant, event_type, action="a", actor="key:k", resource=resource, data=data or SERVED)


def a_record(event: Event) -> dict[str, Any]:
    image = attributes_of(event)
    return {"eventID": event.id, "eventName": "INSERT", "dynamodb": {"NewImage": image, "SequenceNumber": "1"}}


def deliver(*records: dict[str, Any]) -> Any:
    return stream.handler({"Records": list(records)}, None)


def waiting(variable: str) -> list[Any]:
    found = boto3.client("sqs").receive_message(
        QueueUrl=os.environ[variable], MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return [json.loads(message["Body"]) for message in found.get("Messages", [])]


def test_events_of_several_tenants_are_each_counted_once() -> None:
    records = [a_record(an_event(tenant=tenant)) for tenant in ("acme", "acme", "other")]
    assert deliver(*records) == {"batchItemFailures": []}
    deliver(*records, a_record(an_event()))
    assert usage.month("acme", AT).requests == 3
    assert usage.month("other", AT).cost_nano_usd == 35


def test_an_event_that_begins_work_becomes_a_message_and_equal_ones_become_one() -> None:
    done = [a_record(an_event("job.shard_completed", resource="job_1", shard=number)) for number in range(3)]
    deliver(a_record(an_event("job.created", resource="job_1", service="llm")), *done)
    assert waiting("JOBS_QUEUE_URL") == [
        {"step": "plan", "tenant": "acme", "job_id": "job_1"},
        {"step": "collect", "tenant": "acme", "job_id": "job_1"},
    ]


def test_a_record_that_is_no_event_is_set_aside_and_delays_nothing() -> None:
    broken = {"eventID": "1", "eventName": "INSERT", "dynamodb": {"NewImage": {"id": {"S": "x"}}}}
    assert deliver(broken, a_record(an_event())) == {"batchItemFailures": []}
    assert usage.month("acme", AT).requests == 1
    assert waiting("FANOUT_DEAD_LETTER_QUEUE_URL") == [broken]


def test_an_event_that_cannot_be_counted_is_set_aside_alone() -> None:
    broken = a_record(an_event(model="m"))
    deliver(a_record(an_event()), broken, a_record(an_event()))
    assert usage.month("acme", AT).requests == 2
    assert waiting("FANOUT_DEAD_LETTER_QUEUE_URL") == [broken]


def test_an_outage_lets_the_whole_batch_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]
    records = [a_record(an_event()), a_record(an_event("job.created", resource="job_1", service="llm"))]

    def without_queues(client: Any, operation: str, parameters: Any) -> Any:
        if operation == "SendMessageBatch":
            raise EndpointConnectionError(endpoint_url="sqs")
        return call(client, operation, parameters)

    with monkeypatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", without_queues)
        with pytest.raises(EndpointConnectionError):
            deliver(*records)
    assert waiting("FANOUT_DEAD_LETTER_QUEUE_URL") == []
    deliver(*records)
    assert usage.month("acme", AT).requests == 1
    assert len(waiting("JOBS_QUEUE_URL")) == 1


def test_changed_and_removed_items_are_passed_over() -> None:
    assert deliver(a_record(an_event()) | {"eventName": "MODIFY"}) == {"batchItemFailures": []}
    assert usage.month("acme", AT).requests == 0


def test_metrics_are_written_by_model(capsys: pytest.CaptureFixture[str]) -> None:
    deliver(*[a_record(an_event()) for _ in range(3)])
    told, cost = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert (cost["stack"], cost["CostUsd"]) == ("pentarch", [pytest.approx(105e-9)])
    assert (told["model"], told["Requests"], told["PromptTokens"], told["Latency"]) == ("m", [3.0], [6.0], [9.0] * 3)
    [directive] = told["_aws"]["CloudWatchMetrics"]
    assert "tenant" not in directive["Dimensions"][0]

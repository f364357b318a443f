"""The stream's sealer: every event becomes a leaf once, whatever comes in between."""

import json
import os
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import botocore.client
import pytest
from botocore.exceptions import EndpointConnectionError

from compliance import sealer, sweep
from compliance.sealing import archive, store
from pentarch.events.model import Event
from pentarch.sealing.examination import examine_text
from pentarch.sealing.verify import examine
from support.atomic import make_calls_atomic
from support.pump import Context, Stack
from support.sealing import deliver, exported, record_of, write_events
from support.stopped_clock import StoppedClock
from support.strict_dynamodb import use_strict_dynamodb

pytestmark = pytest.mark.usefixtures("aws")

CALLS = 6
"""To AWS for one batch: marks and head, tiles, the signature, the transaction, the bucket, its mark."""


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")


def assert_holds(tenant: str, events: list[Event]) -> dict[str, Any]:
    """The trail consists of these events, and of each once."""
    trail = exported(tenant)
    verdict = examine(trail, trail["seal"]["keys"].values())
    assert verdict.holds, verdict.faults
    assert sorted(entry["event"]["id"] for entry in trail["events"]) == sorted(event.id for event in events)
    return trail


def bucket_text(tenant: str) -> str:
    """What the bucket holds of a tenant, one document behind the other."""
    s3 = boto3.client("s3")
    bucket = os.environ["SEALS_BUCKET"]
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket, Prefix=f"{tenant}/").get("Contents", [])]
    return "".join(s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in sorted(keys))


def refusing(patch: pytest.MonkeyPatch, operation: str) -> None:
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

    def without(client: Any, name: str, parameters: Any) -> Any:
        if name == operation:
            raise EndpointConnectionError(endpoint_url="https://aws.test")
        return call(client, name, parameters)

    patch.setattr(botocore.client.BaseClient, "_make_api_call", without)


def test_deliveries_are_sealed_and_the_exported_trail_holds() -> None:
    written = write_events("acme", 7)
    assert deliver(written[:3]) == {"batchItemFailures": []}
    deliver(written[3:])
    trail = assert_holds("acme", written)
    assert [entry["event"]["id"] for entry in trail["events"]] == [event.id for event in written]
    assert len(trail["seal"]["batches"]) == 2


def test_each_tenant_has_a_tree_of_its_own() -> None:
    ours, theirs = write_events("acme", 3), write_events("other", 2)
    deliver([ours[0], theirs[0], ours[1], theirs[1], ours[2]])
    assert_holds("acme", ours)
    assert_holds("other", theirs)
    assert {tenant for tenant, _ in store.tenants()} == {"acme", "other"}


def test_a_repeated_delivery_appends_only_what_is_new() -> None:
    written = write_events("acme", 5)
    deliver(written[:3])
    deliver([*written[:3], written[1], *written[3:]])
    deliver(written)
    assert_holds("acme", written)
    newest = store.newest("acme")
    assert newest is not None
    assert (newest.head.size, newest.head.batch) == (5, 2)


def test_a_large_delivery_becomes_batches_that_a_transaction_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    use_strict_dynamodb(monkeypatch)
    written = write_events("acme", 300)
    for start in range(0, 300, 100):
        deliver(written[start : start + 100])
    trail = assert_holds("acme", written)
    assert [len(batch["leaves"]) for batch in trail["seal"]["batches"]] == [90, 10] * 3


def test_sealers_at_once_append_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    make_calls_atomic(monkeypatch)
    written = write_events("acme", 60)
    parts = [written[lane::4] for lane in range(4)]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(deliver, [*parts, random.sample(written, 20)]))
    assert_holds("acme", written)


@pytest.mark.parametrize("after", range(1, 2 * CALLS + 1))
def test_a_sealer_that_dies_loses_nothing_and_repeats_nothing(after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = Stack(monkeypatch, StoppedClock(monkeypatch))
    stack.reads_stream("sealer", sealer.handler, batch=2)
    written = write_events("acme", 2)
    stack.run()
    death = stack.kill("sealer", after=after)
    written += write_events("acme", 4)
    stack.run()
    assert death.happened
    sweep.handler({"kind": "missed"}, Context("sweep"))
    assert_holds("acme", written)
    assert store.pending("acme") == []
    verdict = examine_text(bucket_text("acme"))
    assert (verdict.faults, verdict.events) == ([], 6)


def test_what_the_stream_delivers_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stack = Stack(monkeypatch, StoppedClock(monkeypatch))
    stack.reads_stream("sealer", sealer.handler, batch=3)
    written = write_events("acme", 8)
    stack.run()
    before = exported("acme")
    stack.replay_stream()
    stack.run()
    assert exported("acme") == before
    assert_holds("acme", written)


def test_one_batch_costs_few_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(write_events("acme", 1))
    told = write_events("acme", 50)
    calls: list[str] = []
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

    def counted(client: Any, name: str, parameters: Any) -> Any:
        calls.append(name)
        return call(client, name, parameters)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", counted)
    deliver(told)
    assert calls == ["BatchGetItem", "BatchGetItem", "Sign", "TransactWriteItems", "PutObject", "DeleteItem"]
    assert len(calls) == CALLS


@pytest.mark.parametrize("operation", ["BatchGetItem", "Sign", "TransactWriteItems"])
def test_an_outage_lets_the_delivery_come_again(operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = write_events("acme", 3)
    with monkeypatch.context() as patch:
        refusing(patch, operation)
        with pytest.raises(EndpointConnectionError):
            deliver(written)
    deliver(written)
    assert_holds("acme", written)


def test_while_the_bucket_is_away_sealing_goes_on_and_the_sweep_archives(monkeypatch: pytest.MonkeyPatch) -> None:
    written = write_events("acme", 4)
    with monkeypatch.context() as patch:
        refusing(patch, "PutObject")
        deliver(written[:2])
        deliver(written[2:])
    assert store.pending("acme") == [1, 2]
    assert_holds("acme", written)
    assert sweep.handler({"kind": "missed"}, Context("sweep"))["archived"] == 2
    assert store.pending("acme") == []
    assert examine_text(bucket_text("acme")).holds


def test_the_bucket_keeps_its_first_document() -> None:
    deliver(write_events("acme", 2))
    first = bucket_text("acme")
    batch = store.batch("acme", 1)
    assert batch is not None
    assert archive.keep(batch, [None, None])
    assert bucket_text("acme") == first
    told = json.loads(first)
    assert [entry["index"] for entry in told["events"]] == [0, 1]


def test_an_event_that_cannot_be_sealed_is_set_aside_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    written = write_events("acme", 3)
    broken = record_of(written[1])
    as_json = Event.as_json

    def failing(event: Event) -> dict[str, Any]:
        if event.id == written[1].id:
            msg = "it has no JSON"
            raise TypeError(msg)
        return as_json(event)

    with monkeypatch.context() as patch:
        patch.setattr(Event, "as_json", failing)
        assert deliver(written) == {"batchItemFailures": []}
    [message] = boto3.client("sqs").receive_message(QueueUrl=os.environ["SEALER_DEAD_LETTER_QUEUE_URL"])["Messages"]
    assert json.loads(message["Body"]) == broken
    newest = store.newest("acme")
    assert newest is not None
    assert newest.head.size == 2


def test_how_far_sealing_is_behind_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = StoppedClock(monkeypatch)
    written = write_events("acme", 1)
    clock.advance(seconds=7)
    deliver([*written, *write_events("acme", 1)])
    [told] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert (told["SealingLag"], told["SealedEvents"]) == ([7000.0], [2.0])
    assert "acme" not in json.dumps(told)

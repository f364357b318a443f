"""What is too old is pruned, whatever comes in between, and the trail says so."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from compliance import sweep
from compliance.sealing import anchors, pruning, store
from compliance.sealing.reading import Proofs
from pentarch.audit import store as audit
from pentarch.audit.model import Filters
from pentarch.configuration import accessor
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.sealing import merkle
from pentarch.sealing.leaves import leaf_of
from pentarch.sealing.verify import examine
from support.log import events_of
from support.pump import Context, Stack
from support.sealing import deliver, exported, write_events
from support.stopped_clock import StoppedClock

pytestmark = pytest.mark.usefixtures("aws", "retention")

DAYS = 30
CALLS = 25
"""To AWS, at least, of a run that prunes."""


@pytest.fixture(autouse=True)
def stack(aws: None, monkeypatch: pytest.MonkeyPatch, clock: StoppedClock) -> Stack:  # noqa: ARG001 (it comes first)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
    return Stack(monkeypatch, clock)


@pytest.fixture
def retention(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accessor, "current", lambda *_, **__: {"events_days": DAYS})


def run() -> dict[str, int]:
    return sweep.handler({"kind": "daily"}, Context("sweep"))


def assert_holds(tenant: str) -> dict[str, Any]:
    trail = exported(tenant)
    verdict = examine(trail, trail["seal"]["keys"].values())
    assert verdict.holds, verdict.faults
    return trail


def a_pruned_trail(clock: StoppedClock) -> tuple[list[Event], list[Event], merkle.Frontier]:
    """Events that are too old, events that are not, and the tree as somebody saw it before."""
    old = []
    for _ in range(3):
        old += write_events("acme", 100)
        deliver(old[-100:])
    seen = merkle.Frontier().extend(leaf_of(event.as_json()) for event in old[:137])
    clock.advance(days=DAYS, seconds=1)
    kept = write_events("acme", 5)
    deliver(kept)
    assert run()["pruned"] == 6
    return old, kept, seen


def test_old_events_are_pruned_and_the_trail_begins_at_a_signed_anchor(clock: StoppedClock) -> None:
    old, kept, _ = a_pruned_trail(clock)
    assert events.get_many("acme", [old[0].id, old[299].id, kept[0].id]) == [None, None, kept[0]]
    trail = assert_holds("acme")
    assert [entry["index"] for entry in trail["events"]] == list(range(300, 305))
    assert trail["seal"]["anchor"]["statement"]["first"] == 300
    [told] = events_of("acme", "compliance.trail_pruned")
    assert told.data["events"] == 300


def test_proofs_of_kept_events_and_of_consistency_with_what_was_pruned_still_verify(clock: StoppedClock) -> None:
    _, kept, seen = a_pruned_trail(clock)
    proofs = Proofs("acme")
    assert proofs.newest is not None
    head = proofs.newest.head
    root = bytes.fromhex(head.root)
    for event, proof in zip(kept, proofs.of([event.id for event in kept]), strict=True):
        assert proof is not None
        assert merkle.verify_inclusion(leaf_of(event.as_json()), proof.index, head.size, proof.path, root)
    path = proofs.consistency(seen.size, head.size)
    assert merkle.verify_consistency(seen.size, head.size, seen.root, root, path)


def test_without_its_anchor_a_pruned_trail_is_short_of_events(clock: StoppedClock) -> None:
    a_pruned_trail(clock)
    trail = exported("acme")
    trail["seal"]["anchor"] = None
    [fault] = examine(trail, trail["seal"]["keys"].values()).faults
    assert "no anchor says" in str(fault)


def test_pruning_that_dies_goes_on_where_it_was(clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    old = write_events("acme", 200)
    deliver(old)
    clock.advance(days=DAYS, seconds=1)
    deliver(write_events("acme", 1))
    remove = events.remove_pruned
    with monkeypatch.context() as patch:
        patch.setattr(events, "remove_pruned", lambda tenant, ids: remove(tenant, ids[:7]) or 1 / 0)
        with pytest.raises(sweep.SweepFailedError):
            run()
    assert_holds("acme")
    assert run()["pruned"] == 3
    assert events.get_many("acme", [event.id for event in old[:100]]) == [None] * 100
    assert len(events_of("acme", "compliance.trail_pruned")) == 1
    kept = anchors.read("acme")
    assert kept is not None
    assert (kept.anchor.first, kept.removed) == (200, kept.anchor.batch)


def test_anchors_are_a_chain(clock: StoppedClock) -> None:
    for _ in range(3):
        deliver(write_events("acme", 2))
        clock.advance(days=DAYS, seconds=1)
        run()
    assert_holds("acme")
    kept = anchors.read("acme")
    assert kept is not None
    assert kept.anchor.number == 3
    assert kept.anchor.previous != "0" * 64


def test_what_the_bucket_does_not_hold_yet_stays(clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(write_events("acme", 1))
    with monkeypatch.context() as patch:
        patch.setattr("compliance.sealing.archive._write", _unreachable)
        deliver(write_events("acme", 2))
    clock.advance(days=DAYS, seconds=1)
    assert pruning.prune("acme", clock.at, lambda: True) == 1
    assert store.pending("acme") == [2]


@pytest.mark.parametrize("after", range(1, 41))
def test_pruning_that_is_killed_anywhere_is_ended_by_the_next_run(
    after: int, stack: Stack, clock: StoppedClock
) -> None:
    old = write_events("acme", 4)
    audit.add("acme", old)
    deliver(old[:2])
    deliver(old[2:])
    clock.advance(days=DAYS, seconds=1)
    kept = write_events("acme", 1)
    audit.add("acme", kept)
    deliver(kept)
    with stack.dying(after=after) as death:
        run()
    assert_holds("acme")
    run()
    trail = assert_holds("acme")
    assert trail["events"][0]["event"]["id"] == kept[0].id
    assert events.get_many("acme", [event.id for event in old]) == [None] * 4
    assert len(events_of("acme", "compliance.trail_pruned")) == 1
    assert audit.page("acme", Filters(), limit=10).total == 1
    assert death.happened or after > CALLS


def test_without_a_configured_retention_nothing_is_pruned(clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accessor, "current", lambda *_, **__: None)
    deliver(write_events("acme", 3))
    clock.advance(days=4000)
    assert run()["pruned"] == 0
    assert len(assert_holds("acme")["events"]) == 3


def _unreachable(*_: Any) -> None:
    raise EndpointConnectionError(endpoint_url="https://aws.test")

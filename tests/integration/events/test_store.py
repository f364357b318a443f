"""The event log: spread over lanes, found by id, read back by time."""

from datetime import UTC, datetime, timedelta

import pytest

from pentarch.events import store
from pentarch.events.model import Event, happened
from support.gateway import aws_calls

pytestmark = pytest.mark.usefixtures("aws")

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def log(count: int, tenant: str = "acme", every: timedelta = timedelta(minutes=90)) -> list[Event]:
    events = [
        happened(NOON + number * every, tenant, "x.happened", action="x", actor="key:1", resource=str(number))
        for number in range(count)
    ]
    for event in events:
        store.append(event)
    return events


def test_an_event_is_found_by_its_id_alone() -> None:
    [event] = log(1)
    assert store.get("acme", event.id) == event
    assert store.get("other", event.id) is None
    assert store.get("acme", "no-such-event") is None


def test_events_come_back_newest_first_over_lanes_and_days() -> None:
    events = log(40)
    found = list(store.newest_first("acme", start=NOON, end=NOON + timedelta(days=4)))
    assert found == events[::-1]


def test_the_end_is_excluded_and_the_start_is_not() -> None:
    events = log(10)
    found = list(store.newest_first("acme", start=events[2].at, end=events[7].at))
    assert found == events[2:7][::-1]


def test_a_busy_tenants_writes_are_spread() -> None:
    lanes = {store.partition_of("acme", event.id) for event in log(40, every=timedelta(milliseconds=1))}
    assert len(lanes) == store.LANES


def test_reading_a_page_costs_the_same_whatever_is_stored() -> None:
    def cost() -> int:
        with aws_calls() as calls:
            found = store.newest_first("acme", start=NOON, end=NOON + timedelta(hours=1), page=5)
            for _ in range(5):
                next(found)
        return calls.total()

    log(20, every=timedelta(milliseconds=1))
    small = cost()
    log(300, every=timedelta(milliseconds=1))
    assert cost() == small <= store.LANES + 1

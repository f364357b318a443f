"""The audit trail through the API: events of the log, listed by the fan-out."""

import json
from datetime import timedelta
from typing import Any

import pytest

from pentarch.events import store as events
from pentarch.events.model import Event, happened
from support.assessments import Auditor
from support.gateway import aws_calls
from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.tenants import make_key

AUDIT = "/api/v1/compliance/audit"


def tell(clock: StoppedClock, tenant: str = "acme", **fields: Any) -> Event:
    given: dict[str, Any] = {
        "action": "llm_generate",
        "actor": "key:k",
        "resource": "gpt-4",
        "agent": "research",
        "sensitivity": "INTERNAL",
        "tags": ("data_processing", "access_control"),
        "data": {"cost_nano_usd": 7},
    }
    event = happened(clock.at, tenant, "test.told", **(given | fields))
    events.append(event)
    return event


def trail(api: Caller, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = api.get(AUDIT, query=query or None).expect(200).data
    return found


def ids(api: Caller, **query: Any) -> list[str]:
    return [event["id"] for event in trail(api, **query)["events"]]


def test_an_event_is_shown_as_the_reference_has_it(auditor: Auditor, api: Caller, clock: StoppedClock) -> None:
    event = tell(clock)
    auditor.run()
    [shown] = trail(api, agent="research")["events"]
    assert shown == {
        "id": event.id,
        "timestamp": clock.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "agent": "research",
        "action": "llm_generate",
        "resource": "gpt-4",
        "sensitivity": "INTERNAL",
        "compliance_tags": ["data_processing", "access_control"],
        "evidence": {"cost_nano_usd": 7},
        "type": "test.told",
        "actor": "key:k",
        "correlation_id": "",
    }
    assert api.get(f"{AUDIT}/{event.id}").expect(200).data == shown


def test_an_event_without_an_agent_has_an_empty_one(auditor: Auditor, api: Caller, clock: StoppedClock) -> None:
    tell(clock, agent=None, sensitivity=None)
    auditor.run()
    [shown] = trail(api)["events"]
    assert (shown["agent"], shown["sensitivity"]) == ("", None)


def test_filters_go_together_in_any_way(auditor: Auditor, api: Caller, clock: StoppedClock) -> None:
    one = tell(clock, agent="a", action="x", resource="m", sensitivity="PUBLIC", actor="key:1")
    two = tell(clock, agent="a", action="y", resource="m", sensitivity="INTERNAL", actor="key:2")
    auditor.run()
    assert set(ids(api, agent="a", resource="m")) == {one.id, two.id}
    assert ids(api, agent="a", action="y") == [two.id]
    assert ids(api, resource="m", sensitivity="PUBLIC") == [one.id]
    assert ids(api, actor="key:2", sensitivity="INTERNAL") == [two.id]
    assert ids(api, agent="a", action="x", resource="m", sensitivity="INTERNAL") == []
    assert trail(api, agent="nobody") == {"events": [], "total": 0, "limit": 100, "offset": 0, "next_cursor": None}


def test_a_day_as_the_end_takes_the_day_in_and_an_instant_its_millisecond(
    auditor: Auditor, api: Caller, clock: StoppedClock
) -> None:
    event = tell(clock)
    auditor.run()
    today, yesterday = clock.at.date().isoformat(), (clock.at - timedelta(days=1)).date().isoformat()
    instant = clock.at.isoformat().replace("+00:00", "Z")
    earlier = (clock.at - timedelta(milliseconds=1)).isoformat().replace("+00:00", "Z")
    assert ids(api, start_date=today, end_date=today) == [event.id]
    assert ids(api, start_date=instant, end_date=instant) == [event.id]
    assert ids(api, end_date=yesterday) == ids(api, end_date=earlier) == []


def test_pages_by_offset_and_by_cursor_are_the_same(auditor: Auditor, api: Caller, clock: StoppedClock) -> None:
    told = []
    for _ in range(7):
        told.append(tell(clock).id)
        clock.advance(minutes=40)
    auditor.run()
    newest_first = told[::-1]
    by_offset = [ids(api, limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert by_offset == [newest_first[:3], newest_first[3:6], newest_first[6:], []]
    first = trail(api, limit=3)
    second = trail(api, limit=3, cursor=first["next_cursor"])
    third = trail(api, limit=3, cursor=second["next_cursor"])
    assert [event["id"] for page in (first, second, third) for event in page["events"]] == newest_first
    assert [page["total"] for page in (first, second, third)] == [7, 7, 7]
    assert third["next_cursor"] is None


def test_events_that_the_stream_delivers_again_are_there_once(
    auditor: Auditor, api: Caller, clock: StoppedClock
) -> None:
    for _ in range(5):
        tell(clock)
    auditor.run()
    auditor.replay_stream()
    auditor.run()
    assert (trail(api)["total"], len(ids(api))) == (5, 5)


@pytest.mark.parametrize("after", range(1, 7))
def test_a_fan_out_that_dies_lists_everything_once_in_the_end(
    auditor: Auditor, api: Caller, clock: StoppedClock, after: int
) -> None:
    for number in range(3):
        tell(clock, agent=f"agent-{number}")
    auditor.kill("fanout", after=after)
    auditor.run()
    assert (trail(api)["total"], len(ids(api))) == (3, 3)
    assert trail(api, agent="agent-1")["total"] == 1


def test_another_tenant_sees_nothing(auditor: Auditor, api: Caller, clock: StoppedClock) -> None:
    event = tell(clock)
    auditor.run()
    other = auditor.tenant("other")
    assert trail(other, agent="research")["total"] == 0
    other.get(f"{AUDIT}/{event.id}").expect(404)
    assert trail(api)["total"] == 1


def test_reading_the_trail_needs_leave(auditor: Auditor, api: Caller) -> None:
    Caller(api.handler, {}).get(AUDIT).expect(401)
    assert auditor
    narrow = api.using(make_key("acme", "viewer", scopes=("llm:read",)))
    narrow.get(AUDIT).expect(403)
    api.using(make_key("acme", "viewer")).get(AUDIT).expect(200)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": -1}, "limit"),
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"offset": -1}, "offset"),
        ({"start_date": "yesterday"}, "start_date"),
        ({"start_date": "2026-02-30"}, "start_date"),
        ({"end_date": "2026-11-21T25:00"}, "end_date"),
        ({"start_date": "2026-11-21", "end_date": "2026-11-20"}, "end_date"),
        ({"sensitivity": "SECRET"}, "sensitivity"),
        ({"sensitivity": "internal"}, "sensitivity"),
        ({"agent": ""}, "agent"),
        ({"actor": "key:k", "agent": "a"}, "actor"),
        ({"cursor": "nowhere"}, "cursor"),
        ({"cursor": "01a1fe7d-145b-70b3-9f6f-34b937daec1b", "offset": 3}, "offset"),
    ],
)
def test_bad_input_is_refused_by_field(api: Caller, query: dict[str, Any], field: str) -> None:
    error = api.get(AUDIT, query=query).expect(400).json()["error"]
    assert (error["code"], error["details"]["field"]) == ("VALIDATION_ERROR", field)


@pytest.mark.parametrize("name", ["nothing", "01a1fe7d-145b-70b3-9f6f-34b937daec1b", "x" * 64])
def test_an_event_that_is_not_there_is_not_found(api: Caller, name: str) -> None:
    assert api.get(f"{AUDIT}/{name}").expect(404).json()["error"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("end", ["9999-12-31", "0001-01-01", "9999-12-31T23:59:59.999999Z"])
def test_dates_at_the_ends_of_time_are_dates(api: Caller, end: str) -> None:
    trail(api, end_date=end)
    trail(api, start_date=end)


def test_listing_a_batch_costs_calls_by_the_batch(auditor: Auditor, clock: StoppedClock) -> None:
    for _ in range(100):
        tell(clock)
    with aws_calls() as calls:
        auditor.run()
    # 100 events in 9 lists: 800 entries by 25, and marks with 18 counters by the hundred.
    assert (calls["BatchWriteItem"], calls["TransactWriteItems"]) == (32, 2)


def test_a_day_is_listed_again_by_a_message(auditor: Auditor, api: Caller, clock: StoppedClock) -> None:
    event = tell(clock)  # and nobody reads the stream
    day = clock.at.date().isoformat()
    for _ in range(2):
        auditor.send("COMPLIANCE_QUEUE_URL", json.dumps({"kind": "relist", "tenant": "acme", "id": day}))
        auditor.deliver("worker")
    assert trail(api)["total"] == 1
    assert ids(api, agent="research") == [event.id]

"""Exports over the API: small ones at once, large ones by the worker."""

import csv
import io
from datetime import timedelta
from typing import Any

import boto3
import pytest

import compliance.worker
import fanout.stream
from compliance import stopping
from compliance.api import handler
from compliance.reports import background, facts, service, store
from compliance.reports.asked import Form
from compliance.sealing import appending
from pentarch.events.model import Event
from pentarch.platform import clock
from pentarch.sealing.examination import examine_text
from support import exports
from support.lambdas import Caller, Reply
from support.log import events_of
from support.pump import Stack
from support.stopped_clock import StoppedClock
from support.tenants import make_key, make_tenant

PATH = "/api/v1/compliance/export"
MADE = "/api/v1/compliance/exports"
COMPLETED, CANCELLED = "compliance.export_completed", "compliance.export_cancelled"


@pytest.fixture
def stack(aws: None, monkeypatch: pytest.MonkeyPatch) -> Stack:  # noqa: ARG001 (a fixture that this one needs)
    stack = Stack(monkeypatch, StoppedClock(monkeypatch))
    stack.reads_stream("fanout", fanout.stream.handler)
    stack.reads_queue("compliance", "COMPLIANCE_QUEUE_URL", compliance.worker.handler, batch=1)
    return stack


@pytest.fixture
def api(stack: Stack) -> Caller:  # noqa: ARG001 (a fixture that this one needs)
    return tenant("acme")


@pytest.fixture
def background_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MAX_EVENTS_AT_ONCE", -1)


def tenant(name: str) -> Caller:
    return Caller(handler, {"X-API-Key": make_tenant(name)})


def export(api: Caller, form: str, status: int = 200, **query: str) -> Reply:
    return api.get(PATH, query={"format": form} | query).expect(status)


def test_json_holds_the_events_and_says_which_are_not_sealed_yet(api: Caller) -> None:
    told = exports.log("acme", 3, clock.now())

    reply = export(api, "json")

    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["content-disposition"].startswith('attachment; filename="audit-to-')
    assert [entry["event"]["id"] for entry in reply.json()["unsealed"]] == [event.id for event in told]
    assert examine_text(reply.text).holds


@pytest.mark.parametrize(
    ("query", "is_complete"),
    [({}, True), ({"start_date": "2026-01-01"}, False), ({"action": "llm_generate"}, False)],
)
def test_a_sealed_export_is_checked_offline(api: Caller, query: dict[str, str], *, is_complete: bool) -> None:
    told = seal(exports.log("acme", 120, clock.now()))

    reply = export(api, "json", 200, **query)

    trail = reply.json()
    assert [entry["event"]["id"] for entry in trail["events"]] == [event.id for event in told]
    assert trail["seal"]["complete"] is is_complete
    assert trail["unsealed"] == []
    verdict = examine_text(reply.text)
    assert verdict.holds, verdict.faults
    assert not examine_text(reply.text.replace(f'"id":"{told[7].id}","tenant"', f'"id":"{told[8].id}","tenant"')).holds


def test_a_range_leaves_other_batches_out(api: Caller, stack: Stack) -> None:
    seal(exports.log("acme", 5, clock.now()))
    stack.clock.advance(hours=2)
    late = seal(exports.log("acme", 2, clock.now()))

    trail = export(api, "json", start_date=clock.iso(clock.now() - timedelta(hours=1))).json()

    assert [entry["event"]["id"] for entry in trail["events"]] == [event.id for event in late]
    assert [batch["head"]["statement"]["batch"] for batch in trail["seal"]["batches"]] == [2]


def test_what_filters_choose_has_a_path_each(api: Caller) -> None:
    seal(exports.log("acme", 5, clock.now(), agent="one"))
    chosen = seal(exports.log("acme", 2, clock.now(), agent="two"))

    reply = export(api, "json", agent="two")

    assert [entry["event"]["id"] for entry in reply.json()["events"]] == [event.id for event in chosen]
    assert examine_text(reply.text).holds


def test_csv_has_a_row_for_each_event(api: Caller) -> None:
    told = exports.log("acme", 3, clock.now())

    reply = export(api, "csv")

    rows = list(csv.reader(io.StringIO(reply.text)))
    assert reply.headers["content-type"].startswith("text/csv")
    assert rows[0][:8] == [
        "id",
        "timestamp",
        "agent",
        "action",
        "resource",
        "sensitivity",
        "compliance_tags",
        "evidence",
    ]
    assert [row[0] for row in rows[1:]] == [event.id for event in reversed(told)]


def test_pdf_passes_as_text_and_shows_the_events(api: Caller) -> None:
    exports.log("acme", 60, clock.now(), action="an_action")

    reply = export(api, "pdf")

    assert reply.headers["content-type"] == "application/pdf"
    assert reply.text.isascii()
    said = exports.text_of(reply.text.encode())
    assert said.count("an_action") >= 60
    assert "60 events in all" in said


def test_filters_narrow_the_export(api: Caller) -> None:
    exports.log("acme", 2, clock.now(), agent="one")
    exports.log("acme", 3, clock.now(), agent="two")

    assert export(api, "csv", agent="two").text.count("\r\n") == 1 + 3


def test_an_export_is_itself_an_event(api: Caller) -> None:
    export(api, "json", agent="somebody@example.com")

    [told] = events_of("acme", "compliance.exported")
    assert told.data["format"] == "json"
    assert told.data["filters"] == ["agent"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "format"),
        ({"format": "docx"}, "format"),
        ({"format": "csv", "schema": "ocsf"}, "schema"),
        ({"format": "json", "framework": "FUN"}, "framework"),
        ({"format": "json", "start_date": "yesterday"}, "start_date"),
        ({"format": "json", "start_date": "2026-02-01", "end_date": "2026-01-01"}, "end_date"),
        ({"format": "json", "start_date": "2999-01-01"}, "start_date"),
        ({"format": "json", "sensitivity": "SECRET"}, "sensitivity"),
    ],
)
def test_bad_requests_name_the_field(api: Caller, query: dict[str, str], field: str) -> None:
    error = api.get(PATH, query=query).expect(400).json()["error"]

    assert error["code"] == "VALIDATION_ERROR"
    assert error["details"]["field"] == field


@pytest.mark.usefixtures("background_only")
@pytest.mark.parametrize("form", ["json", "csv", "pdf"])
def test_a_large_export_is_made_by_the_worker(api: Caller, stack: Stack, form: str) -> None:
    told = exports.log("acme", 3, clock.now())

    pending = export(api, form, 202)
    stack.run()
    ready = export(api, form, 303)

    assert pending.headers["retry-after"] == "5"
    assert api.get(pending.data["status_url"]).expect(303).data["sha256"] == ready.data["sha256"]
    made = fetched(ready)
    assert len(made) == ready.data["bytes"]
    assert told[0].id in (exports.text_of(made) if form == "pdf" else made.decode())
    assert "X-Amz-Expires=900" in ready.headers["location"]


@pytest.mark.usefixtures("background_only")
def test_a_message_that_comes_twice_makes_one_file(api: Caller, stack: Stack) -> None:
    exports.log("acme", 3, clock.now())
    name = export(api, "csv", 202).data["export_id"]
    stack.run()

    background.make("acme", name)
    background.make("acme", "exp_of_nobody")

    assert len(files()) == 1
    assert len(events_of("acme", "compliance.export_completed")) == 1


@pytest.mark.usefixtures("background_only")
@pytest.mark.parametrize("calls", range(1, 12))
def test_a_worker_that_dies_is_followed_by_another(api: Caller, stack: Stack, calls: int) -> None:
    exports.log("acme", 3, clock.now())
    export(api, "csv", 202)
    death = stack.kill("compliance", after=calls)

    stack.run()

    assert death.happened
    [told] = events_of("acme", "compliance.export_completed")
    assert told.data["bytes"]
    assert len(files()) >= 1


@pytest.mark.usefixtures("background_only")
def test_asking_again_begins_nothing_new_while_it_is_made(api: Caller) -> None:
    first = export(api, "csv", 202)
    again = export(api, "csv", 202)

    assert first.data["export_id"] == again.data["export_id"]
    assert len(events_of("acme", "compliance.export_requested")) == 1


@pytest.mark.usefixtures("background_only")
def test_an_open_range_is_exported_anew_after_a_while(api: Caller, stack: Stack) -> None:
    export(api, "csv", 202)
    stack.run()
    export(api, "csv", 303)

    stack.clock.advance(minutes=11)

    export(api, "csv", 202)


@pytest.mark.usefixtures("background_only")
def test_a_closed_range_is_exported_once_a_day(api: Caller, stack: Stack) -> None:
    closed = {"start_date": "2026-02-01", "end_date": "2026-02-02"}
    export(api, "csv", 202, **closed)
    stack.run()

    stack.clock.advance(hours=23)
    export(api, "csv", 303, **closed)

    stack.clock.advance(hours=2)
    export(api, "csv", 202, **closed)


@pytest.mark.usefixtures("background_only")
def test_what_nobody_makes_is_begun_again(api: Caller, stack: Stack) -> None:
    export(api, "csv", 202)
    stack.clock.advance(minutes=21)

    export(api, "csv", 202)

    assert len(events_of("acme", "compliance.export_requested")) == 2


@pytest.mark.usefixtures("background_only")
def test_another_tenant_sees_neither_events_nor_exports(api: Caller, stack: Stack) -> None:
    told = exports.log("acme", 3, clock.now())
    name = export(api, "csv", 202).data["export_id"]
    stack.run()
    other = tenant("other")

    other.get(f"/api/v1/compliance/exports/{name}").expect(404)
    export(other, "csv", 202)
    stack.run()

    made = fetched(export(other, "csv", 303)).decode()
    assert not any(event.id in made for event in told)


@pytest.mark.parametrize("form", ["json", "csv", "pdf"])
def test_too_many_events_are_refused(api: Caller, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    exports.log("acme", 3, clock.now())
    monkeypatch.setitem(service.MAX_EVENTS, Form(form), 2)

    assert export(api, form, 400).json()["error"]["details"] == {"field": "format", "events": 3, "maximum": 2}


@pytest.mark.usefixtures("background_only")
def test_an_export_that_cannot_be_made_says_so(api: Caller) -> None:
    name = export(api, "csv", 202).data["export_id"]

    background.give_up("acme", name)

    assert api.get(f"/api/v1/compliance/exports/{name}").expect(200).data["status"] == "failed"
    export(api, "csv", 202)


@pytest.mark.usefixtures("background_only")
def test_an_export_that_nobody_wants_any_more_is_cancelled_and_made_anew_when_it_is_wanted_again(
    api: Caller, stack: Stack
) -> None:
    exports.log("acme", 3, clock.now())
    name = export(api, "csv", 202).data["export_id"]
    for _ in range(2):
        assert cancelled(api, name)["status"] == "cancelled"
    stack.run()
    assert files() == []
    assert api.get(f"{MADE}/{name}").expect(200).data["status"] == "cancelled"
    assert len(events_of("acme", "compliance.export_cancelled")) == 1

    assert export(api, "csv", 202).data["export_id"] == name
    stack.run()
    export(api, "csv", 303)
    assert api.post(f"{MADE}/{name}/cancel", {}).expect(409).json()["error"]["details"]["status"] == "completed"


@pytest.mark.usefixtures("background_only")
def test_an_export_goes_on_for_whoever_else_asked(api: Caller, stack: Stack) -> None:
    other, third = (api.using(make_key("acme", "auditor")) for _ in range(2))
    name = export(api, "csv", 202).data["export_id"]
    export(other, "csv", 202)

    third.post(f"{MADE}/{name}/cancel", {}).expect(409)
    tenant("stranger").post(f"{MADE}/{name}/cancel", {}).expect(404)
    assert api.post(f"{MADE}/{name}/cancel", {}).expect(202).data["status"] == "requested"
    stack.run()

    export(other, "csv", 303)
    assert events_of("acme", "compliance.export_cancelled") == []


@pytest.mark.usefixtures("background_only")
def test_a_cancellation_behind_any_call_of_the_worker_ends_an_export_once(
    api: Caller, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopping, "LOOK_EVERY_S", 0)
    exports.log("acme", 1, clock.now())
    ends = set()
    for after in range(1, 40):
        stack.clock.advance(minutes=11)  # the one before is given no more
        name = export(api, "json", 202, agent="researcher").data["export_id"]
        before = ends_of(name)
        meanwhile = stack.interrupt("compliance", lambda: api.post(f"{MADE}/{name}/cancel", {}), after=after)  # noqa: B023
        stack.run()
        [end] = ends_of(name)[len(before) :]
        status = api.get(f"{MADE}/{name}").data["status"]
        assert (end, status) in {(COMPLETED, "completed"), (CANCELLED, "cancelled")}
        ends.add(end)
        if not meanwhile.happened:
            break
    assert ends == {COMPLETED, CANCELLED}
    assert after > 5


@pytest.mark.usefixtures("background_only")
def test_a_cancellation_that_dies_after_any_call_is_told_and_done_or_neither(api: Caller, stack: Stack) -> None:
    name = export(api, "csv", 202).data["export_id"]
    for after in range(1, 12):
        with stack.dying(after=after) as death:
            api.post(f"{MADE}/{name}/cancel", {})
        is_done = api.get(f"{MADE}/{name}").data["status"] == "cancelled"
        assert len(events_of("acme", CANCELLED)) == is_done
        if not death.happened:
            break
    assert is_done
    assert after > 2
    stack.run()
    assert ends_of(name) == [CANCELLED]


@pytest.mark.usefixtures("background_only")
def test_who_asks_while_it_is_cancelled_gets_an_export_all_the_same(
    api: Caller, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(api, "csv", 202)
    join = store.join

    def late(one: store.Export, who: str) -> None:
        monkeypatch.setattr(store, "join", join)
        [first] = one.wanted_by
        store.cancel(one, first, clock.now(), facts.cancelled(one, one.requested_by, clock.now()))
        join(one, who)

    monkeypatch.setattr(store, "join", late)
    other = api.using(make_key("acme", "auditor"))
    export(other, "csv", 202)
    stack.run()
    export(other, "csv", 303)


def cancelled(api: Caller, export_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.post(f"{MADE}/{export_id}/cancel", {}).expect(200).data
    return found


def ends_of(export_id: str) -> list[str]:
    """The types of the events that tell of its ends, in order."""
    told = [event for kind in (COMPLETED, CANCELLED) for event in events_of("acme", kind)]
    return [event.type for event in sorted(told, key=lambda one: one.id) if event.resource == export_id]


def seal(told: list[Event]) -> list[Event]:
    """Give events their leaves, in their order."""
    list(appending.seal(told[0].tenant, told))
    return told


def files() -> list[str]:
    listed = boto3.client("s3").list_objects_v2(Bucket="filesbucket", Prefix="exports/")
    return [one["Key"] for one in listed.get("Contents", [])]


def fetched(reply: Reply) -> bytes:
    """What lies behind the link; moto answers no HTTP here, so it is read by its key."""
    key = reply.headers["location"].split("?")[0].partition("/filesbucket/")[2]
    body: bytes = boto3.client("s3").get_object(Bucket="filesbucket", Key=key)["Body"].read()
    return body

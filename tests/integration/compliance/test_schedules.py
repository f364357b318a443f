"""Assessments by the clock: what is wanted is what EventBridge Scheduler has, and each firing is one assessment."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest

from pentarch.platform import clients
from pentarch.platform.clock import iso
from support.assessments import CHECKS, SCHEDULES, Auditor, run, seen, stands
from support.lambdas import Caller
from support.log import events_of
from support.tenants import make_key

SOC2 = f"{SCHEDULES}/SOC2"


def in_force() -> dict[str, str]:
    """What EventBridge Scheduler would fire: the message and the state by the schedule's name."""
    scheduler = boto3.client("scheduler")
    names = [one["Name"] for one in scheduler.list_schedules(GroupName="ComplianceScheduleGroup")["Schedules"]]
    found = [scheduler.get_schedule(GroupName="ComplianceScheduleGroup", Name=name) for name in names]
    return {one["Target"]["Input"]: f"{one['ScheduleExpression']} {one['State']}" for one in found}


def fire(auditor: Auditor, *, due_at: str | None = None) -> None:
    """Do what the schedule would."""
    [message] = in_force()
    auditor.send(
        "COMPLIANCE_QUEUE_URL", message if due_at is None else json.dumps(json.loads(message) | {"due_at": due_at})
    )


def set_to(api: Caller, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = api.put(SOC2, {"interval": "weekly", **more}).expect(200).data
    return found


def test_a_schedule_is_set_seen_changed_and_removed(auditor: Auditor, api: Caller) -> None:
    made = set_to(api, scope={"organization": "shop"})
    assert (made["expression"], made["enabled"], made["in_force"]) == ("rate(7 days)", True, True)
    assert made["next_assessment"] == iso(auditor.clock.at + timedelta(days=7))
    [(message, state)] = in_force().items()
    assert json.loads(message) | {"due_at": ""} == {
        "kind": "assess_scheduled",
        "tenant": "acme",
        "id": "SOC2",
        "due_at": "",
    }
    assert state == "rate(7 days) ENABLED"

    auditor.clock.advance(hours=1)
    changed = api.put(SOC2, {"expression": "cron(0 6 ? * MON *)", "enabled": False}).expect(200).data
    assert (changed["enabled"], changed["next_assessment"], changed["created_at"]) == (False, None, made["created_at"])
    assert changed["updated_at"] > made["updated_at"]
    assert list(in_force().values()) == ["cron(0 6 ? * MON *) DISABLED"]
    assert api.get(SOC2).expect(200).data["expression"] == "cron(0 6 ? * MON *)"
    listed = api.get(SCHEDULES).expect(200).data
    assert ([one["framework"] for one in listed["schedules"]], listed["total"]) == (["SOC2"], 1)

    auditor.clock.advance(hours=1)
    api.delete(SOC2).expect(204)
    assert in_force() == {}
    api.get(SOC2).expect(404)
    api.delete(SOC2).expect(404)
    told = [event.type for event in events_of("acme")]
    assert told == ["compliance.schedule_set", "compliance.schedule_set", "compliance.schedule_removed"]


def test_a_firing_is_an_assessment_of_the_wanted_scope(auditor: Auditor, api: Caller) -> None:
    set_to(api, range_days=7, scope={"organization": "shop"}, evidence_types=["access_control"])
    auditor.clock.advance(days=7)
    fire(auditor)
    auditor.run()
    [row] = api.get(CHECKS).data["checks"]
    assert (row["status"], row["requested_by"], row["evidence_types"]) == (
        "completed",
        "schedule:SOC2",
        ["access_control"],
    )
    assert row["scope"]["organization"] == "shop"
    times = row["scope"]["time_range"]
    assert times["start"] == iso(auditor.clock.at - timedelta(days=7))
    [stand] = stands(api)
    assert stand["next_assessment"] == iso(auditor.clock.at + timedelta(days=7))


def test_each_firing_is_compared_with_the_one_before(auditor: Auditor, api: Caller) -> None:
    set_to(api)
    house = auditor.house
    assert house.doors is not None
    assert house.lamps is not None
    states = [
        ({"front": False}, {"hall": True}),
        ({"front": False}, {"hall": False}),
        ({"front": True}, {"hall": False}),
    ]
    for doors, lamps in states:
        house.doors, house.lamps = doors, lamps
        auditor.clock.advance(days=7)
        fire(auditor)
        auditor.run()
    rows = api.get(CHECKS).data["checks"]
    assert [(row["new"], row["fixed"], row["still_failing"]) for row in rows] == [(0, 1, 1), (1, 0, 1), (1, 0, 0)]


def test_a_firing_that_comes_twice_is_one_assessment(auditor: Auditor, api: Caller) -> None:
    set_to(api)
    auditor.clock.advance(days=7)
    due = iso(auditor.clock.at - timedelta(seconds=40))
    fire(auditor, due_at=due)
    auditor.run()
    fire(auditor, due_at=due)
    auditor.run()
    [row] = api.get(CHECKS).data["checks"]
    assert row["requested_at"] == due
    fire(auditor, due_at=iso(auditor.clock.at))
    auditor.run()
    assert api.get(CHECKS).data["total"] == 2


@pytest.mark.parametrize("after", range(1, 6))
def test_a_firing_whose_worker_dies_is_one_assessment(auditor: Auditor, api: Caller, after: int) -> None:
    set_to(api)
    auditor.clock.advance(days=7)
    fire(auditor)
    auditor.kill("worker", after=after)
    auditor.run()
    [row] = api.get(CHECKS).data["checks"]
    assert row["status"] == "completed"
    assert len(events_of("acme", "compliance.check_requested")) == 1


@pytest.mark.parametrize("after", range(1, 12))
@pytest.mark.parametrize("act", ["set", "change", "remove"])
def test_a_request_that_dies_leaves_what_is_wanted_in_force(
    auditor: Auditor, api: Caller, act: str, after: int
) -> None:
    acts: dict[str, Callable[[], object]] = {
        "set": lambda: api.put(SOC2, {"interval": "daily"}),
        "change": lambda: api.put(SOC2, {"interval": "daily"}),
        "remove": lambda: api.delete(SOC2),
    }
    if act != "set":
        set_to(api)
        auditor.run()
    with auditor.dying(after=after):
        acts[act]()
    auditor.run()
    wanted = [f"{one['expression']} ENABLED" for one in api.get(SCHEDULES).data["schedules"]]
    assert list(in_force().values()) == wanted


def test_what_aws_refuses_is_left_to_the_worker(auditor: Auditor, api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_SCHEDULER", "http://127.0.0.1:1")
        patch.setattr(clients, "MAX_ATTEMPTS", 1)
        clients.forget()
        assert set_to(api)["in_force"] is False
    clients.forget()
    assert in_force() == {}
    auditor.run()
    assert list(in_force().values()) == ["rate(7 days) ENABLED"]


def test_a_schedule_that_nobody_wants_any_more_takes_itself_away(auditor: Auditor, api: Caller) -> None:
    set_to(api)
    [message] = in_force()
    api.delete(SOC2).expect(204)
    auditor.run()
    auditor.send("COMPLIANCE_QUEUE_URL", message)
    auditor.run()
    assert api.get(CHECKS).data["total"] == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"interval": "daily", "expression": "rate(1 day)"}, "body"),
        ({"interval": "hourly"}, "interval"),
        ({"expression": "rate(1 days)"}, "expression"),
        ({"expression": "cron(0 0 30 2 ? *)"}, "expression"),
        ({"expression": "at(2030-01-01T00:00:00)"}, "expression"),
        ({"interval": "daily", "range_days": 0}, "range_days"),
        ({"interval": "daily", "range_days": 367}, "range_days"),
        ({"interval": "daily", "scope": {"time_range": {}}}, "scope.time_range"),
        ({"interval": "daily", "enable": True}, "enable"),
    ],
)
def test_a_bad_schedule_is_refused_by_its_field(api: Caller, body: dict[str, Any], field: str) -> None:
    error = api.put(SOC2, body).expect(400).json()["error"]
    assert (error["code"], error["details"]["field"]) == ("VALIDATION_ERROR", field)
    assert in_force() == {}


def test_an_unknown_framework_has_no_schedule(api: Caller) -> None:
    error = api.put(f"{SCHEDULES}/FUN", {"interval": "daily"}).expect(400).json()["error"]
    assert error["details"]["field"] == "framework"


def test_tenants_have_schedules_of_their_own(auditor: Auditor, api: Caller) -> None:
    other = auditor.tenant("other")
    set_to(api)
    other.get(SOC2).expect(404)
    other.delete(SOC2).expect(404)
    assert other.get(SCHEDULES).data["schedules"] == []
    set_to(other)
    assert len(in_force()) == 2
    api.delete(SOC2).expect(204)
    assert len(in_force()) == 1


def test_a_viewer_may_look(api: Caller) -> None:
    set_to(api)
    viewer = api.using(make_key("acme", "viewer"))
    viewer.get(SOC2).expect(200)
    viewer.put(SOC2, {"interval": "daily"}).expect(403)
    viewer.delete(SOC2).expect(403)


def test_the_next_assessment_follows_the_schedule(auditor: Auditor, api: Caller) -> None:
    run(api)
    set_to(api, interval="daily")
    assert stands(api)[0]["next_assessment"] == iso(auditor.clock.at + timedelta(days=1))
    set_to(api, interval="daily", enabled=False)
    assert stands(api)[0]["next_assessment"] == iso(auditor.clock.at + timedelta(days=90))
    assert seen(api, stands(api)[0]["last_check_id"])["status"] == "completed"

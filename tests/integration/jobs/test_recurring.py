"""Recurring jobs: what is wanted is what EventBridge Scheduler has, and each firing is one job."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from pentarch.platform import clients
from pentarch.platform.clock import iso
from pentarch.work import quota
from pentarch.work.quota import Quota
from support.job_stack import PATH, JobStack, a_job, told, totals
from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.tenants import make_key

RECURRING = f"{PATH}/recurring"
MOST_CALLS = 40


@pytest.fixture(autouse=True)
def noon(clock: StoppedClock) -> None:
    """A schedule of every morning that is set now comes first tomorrow."""
    clock.at = clock.at.replace(hour=12)


def in_force() -> list[dict[str, Any]]:
    client = boto3.client("scheduler")
    names = [one["Name"] for one in client.list_schedules(GroupName="JobsScheduleGroup")["Schedules"]]
    return [dict(client.get_schedule(GroupName="JobsScheduleGroup", Name=name)) for name in names]


def wanted(*inputs: str, **more: Any) -> dict[str, Any]:
    return {"name": "nightly", "expression": "cron(0 9 * * ? *)", "job": a_job(*inputs or ("one",)), **more}


def set_to(api: Caller, *inputs: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = api.post(RECURRING, wanted(*inputs, **more)).expect(201).json()
    return found


def seen(api: Caller, made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"{RECURRING}/{made['recurrence_id']}").expect(200).json()
    return found


def fire(stack: JobStack, due_at: str | None = None) -> None:
    """Do what the schedule would."""
    [schedule] = in_force()
    message = json.loads(schedule["Target"]["Input"])
    stack.send("JOBS_QUEUE_URL", json.dumps(message if due_at is None else message | {"due_at": due_at}))


def test_a_recurring_job_is_set_seen_paused_resumed_and_removed(
    api: Caller, stack: JobStack, clock: StoppedClock
) -> None:
    clock.ticks = True
    made = set_to(api, time_zone="Europe/Berlin")
    assert (made["status"], made["in_force"], made["jobs_made"], made["missed"]) == ("active", True, 0, 0)
    assert made["next_at"].endswith(("T07:00:00.000Z", "T08:00:00.000Z"))
    [schedule] = in_force()
    assert (schedule["ScheduleExpression"], schedule["State"]) == ("cron(0 9 * * ? *)", "ENABLED")
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert schedule["Target"]["DeadLetterConfig"]["Arn"]

    clock.advance(hours=1)
    place = f"{RECURRING}/{made['recurrence_id']}"
    paused = api.post(f"{place}/pause", {}).expect(200).json()
    assert (paused["status"], paused["next_at"], in_force()[0]["State"]) == ("paused", None, "DISABLED")
    assert api.post(f"{place}/pause", {}).expect(200).json()["updated_at"] == paused["updated_at"]
    assert api.post(f"{place}/resume", {}).expect(200).json()["status"] == "active"
    assert in_force()[0]["State"] == "ENABLED"

    listed = api.get(RECURRING).expect(200).json()
    assert [one["recurrence_id"] for one in listed["recurring_jobs"]] == [made["recurrence_id"]]
    assert (listed["pagination"]["total"], listed["pagination"]["has_more"]) == (1, False)
    api.delete(place).expect(204)
    assert in_force() == []
    api.get(place).expect(404)
    api.delete(place).expect(404)
    stack.run()
    assert in_force() == []
    assert [event.type for event in told("acme")] == ["job.recurrence_set"] * 3 + ["job.recurrence_removed"]
    assert api.get(RECURRING).json()["pagination"]["total"] == 0


def test_a_firing_makes_one_job_however_often_it_comes(api: Caller, stack: JobStack, clock: StoppedClock) -> None:
    made = set_to(api, "one", "two")
    clock.advance(days=1)
    due = clock.at.replace(hour=9, minute=0, second=0, microsecond=0)
    clock.at = due
    for _ in range(3):
        fire(stack, iso(due))
    stack.run()
    [job] = api.get(PATH).json()["jobs"]
    assert (job["status"], job["name"]) == ("completed", "a job")
    shown = api.get(f"{PATH}/{job['job_id']}").json()
    assert (shown["recurrence_id"], shown["progress"]["completed"]) == (made["recurrence_id"], 2)
    now = seen(api, made)
    assert (now["jobs_made"], now["last_job_id"], now["last_due_at"]) == (1, job["job_id"], iso(due))

    clock.advance(days=1)
    fire(stack, iso(due + timedelta(days=1)))
    stack.run()
    assert seen(api, made)["jobs_made"] == totals("acme")["completed"] == 2
    assert seen(api, made)["missed"] == 0


def test_an_emulator_without_the_due_time_makes_one_job_of_each_message(
    api: Caller, stack: JobStack, clock: StoppedClock
) -> None:
    made = set_to(api)
    for _ in range(2):
        clock.advance(days=1)
        fire(stack)
        stack.run()
    assert (seen(api, made)["jobs_made"], seen(api, made)["missed"]) == (2, 0)


def test_times_that_never_came_are_told_with_the_next_that_does(
    api: Caller, stack: JobStack, clock: StoppedClock
) -> None:
    made = set_to(api)
    clock.advance(days=1)
    first = clock.at.replace(hour=9, minute=0, second=0, microsecond=0)
    fire(stack, iso(first))
    stack.run()
    clock.advance(days=4)
    fire(stack, iso(first + timedelta(days=4)))
    stack.run()
    now = seen(api, made)
    assert (now["jobs_made"], now["missed"]) == (2, 3)
    assert now["last_missed"]["due_at"] == iso(first + timedelta(days=3))


def test_a_firing_without_room_is_missed_once_and_told(
    api: Caller, stack: JobStack, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = set_to(api)
    monkeypatch.setattr(quota, "QUOTAS", dict.fromkeys(quota.QUOTAS, Quota(0, 0)))
    clock.advance(days=1)
    for _ in range(2):
        fire(stack, iso(clock.at))
    stack.run()
    now = seen(api, made)
    assert (now["jobs_made"], now["missed"], now["last_missed"]["due_at"]) == (0, 1, iso(clock.at))
    assert "open jobs are bounded" in now["last_missed"]["reason"]
    [event] = told("acme", "job.recurrence_missed")
    assert event.data["due_at"] == iso(clock.at)


def test_a_paused_or_removed_recurring_job_that_still_fires_makes_nothing(
    api: Caller, stack: JobStack, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = set_to(api)
    [schedule] = in_force()
    message = schedule["Target"]["Input"]
    with monkeypatch.context() as patch:
        patch.setattr(clients, "scheduler", _unreachable)
        api.delete(f"{RECURRING}/{made['recurrence_id']}").expect(204)
    assert len(in_force()) == 1
    clock.advance(days=1)
    stack.send("JOBS_QUEUE_URL", message)
    stack.run()
    assert in_force() == []
    assert api.get(PATH).json()["jobs"] == []


def _unreachable() -> Any:
    from botocore.exceptions import EndpointConnectionError

    raise EndpointConnectionError(endpoint_url="https://scheduler.test")


def test_what_was_due_while_it_rested_is_not_made_up_for(api: Caller, stack: JobStack, clock: StoppedClock) -> None:
    made = set_to(api)
    place = f"{RECURRING}/{made['recurrence_id']}"
    api.post(f"{place}/pause", {}).expect(200)
    clock.at = (clock.at + timedelta(days=2)).replace(hour=8, minute=0)
    api.post(f"{place}/resume", {}).expect(200)
    for rested in (iso(clock.at - timedelta(hours=23)), None):  # an emulator fires what is overdue, without its time
        fire(stack, rested)
        stack.run()
    assert (seen(api, made)["jobs_made"], seen(api, made)["missed"]) == (0, 0)
    clock.advance(hours=2)
    fire(stack, iso(clock.at.replace(hour=9, minute=0, second=0, microsecond=0)))
    stack.run()
    assert (seen(api, made)["jobs_made"], seen(api, made)["missed"]) == (1, 0)


def test_a_firing_that_dies_after_any_call_makes_one_job(stack: JobStack, api: Caller, clock: StoppedClock) -> None:
    made = set_to(api)
    stack.run()
    for calls in range(1, MOST_CALLS):
        clock.advance(days=1)
        fire(stack, iso(clock.at))
        death = stack.kill("jobs", after=calls)
        stack.run()
        assert seen(api, made)["jobs_made"] == totals("acme")["all"] == calls
        if not death.happened:
            break
    else:
        pytest.fail("a firing makes more calls than expected")
    assert totals("acme") == {"all": calls, "completed": calls}
    assert stack.messages("JOBS_DEAD_LETTER_QUEUE_URL") == []


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("expression", {"expression": "at noon"}),
        ("expression", {"expression": "cron(0 6 31 4 ? *)"}),
        ("time_zone", {"time_zone": "Mars/Olympus"}),
        ("expression", {"interval": "daily"}),
        ("job.type", {"job": {"type": "magic"}}),
        ("job.scheduled_at", {"job": {"scheduled_at": "2027-01-01T00:00:00Z"}}),
        ("parameters.temperature", {"job": {"parameters": {"inputs": ["one"], "temperature": 7}}}),
        ("job.parameters", {"job": {"parameters": {"inputs": ["x" * 70_000]}}}),
    ],
)
@pytest.mark.usefixtures("stack")
def test_what_cannot_recur_is_refused_by_its_field(api: Caller, field: str, body: dict[str, Any]) -> None:
    asked = wanted() | body
    asked["job"] = a_job("one") | body.get("job", {})
    refused = api.post(RECURRING, asked)
    assert refused.status in {400, 422}, refused.text
    assert field.partition(".")[0] in refused.text
    assert in_force() == []


def test_a_tenant_sees_and_stops_its_own_only(api: Caller, stack: JobStack) -> None:
    made = set_to(api)
    other = stack.tenant("other")
    place = f"{RECURRING}/{made['recurrence_id']}"
    other.get(place).expect(404)
    other.delete(place).expect(404)
    other.post(f"{place}/pause", {}).expect(404)
    assert other.get(RECURRING).json()["recurring_jobs"] == []
    viewer = api.using(make_key("acme", "viewer"))
    viewer.get(place).expect(200)
    viewer.delete(place).expect(403)

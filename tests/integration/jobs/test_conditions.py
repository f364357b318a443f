"""When a job begins: at its time, after those that it depends on, as its priority says, within the quota."""

import json
import os
from datetime import timedelta
from typing import Any

import boto3
import pytest

from pentarch.files import store as files
from pentarch.llm.errors import PromptRefusedError
from pentarch.platform.clock import iso
from pentarch.usage import store as usage
from pentarch.work import later, quota
from pentarch.work.quota import Quota
from support.fake_models import FakeModel
from support.job_stack import PATH, JobStack, a_job, create, lines, open_work, seen, texts, told, totals
from support.lambdas import Caller
from support.stopped_clock import StoppedClock

MOST_CALLS = 60


def made(api: Caller, *inputs: str, **facts: Any) -> str:
    return str(api.post(PATH, a_job(*inputs) | facts).expect(201).json()["job_id"])


def schedules() -> list[dict[str, Any]]:
    client = boto3.client("scheduler")
    names = [one["Name"] for one in client.list_schedules(GroupName="LaterScheduleGroup")["Schedules"]]
    return [dict(client.get_schedule(GroupName="LaterScheduleGroup", Name=name)) for name in names]


def states(api: Caller, *job_ids: str) -> list[str]:
    return [seen(api, job_id)["status"] for job_id in job_ids]


def of_the_stack() -> dict[str, int]:
    """How many jobs there are of each state, as the operator sees it."""
    found = {state: total.requests for state, total in usage.stack_totals("jobs#").items()}
    return {state: number for state, number in found.items() if number}


def refusing(text: str) -> str:
    if text.startswith("bad"):
        msg = "not this one"
        raise PromptRefusedError(msg)
    return text.upper()


def test_a_job_begins_at_its_time(api: Caller, stack: JobStack, clock: StoppedClock) -> None:
    begins = clock.at + timedelta(hours=3)
    job_id = made(api, "one", scheduled_at=iso(begins))
    stack.run()
    job = seen(api, job_id)
    assert (job["status"], job["scheduled_at"], job["started_at"]) == ("scheduled", iso(begins), None)
    [schedule] = schedules()
    assert schedule["ScheduleExpression"] == f"at({begins:%Y-%m-%dT%H:%M:%S})"
    stack.send("JOBS_QUEUE_URL", schedule["Target"]["Input"])  # too early
    stack.run()
    assert (states(api, job_id), len(schedules())) == (["scheduled"], 1)
    clock.advance(seconds=10_800)
    stack.send("JOBS_QUEUE_URL", schedule["Target"]["Input"])
    stack.send("JOBS_QUEUE_URL", schedule["Target"]["Input"])
    stack.run()
    assert texts(api, job_id) == ["ONE"]
    assert totals("acme") == {"all": 1, "completed": 1}
    assert of_the_stack() == {"completed": 1}
    assert open_work("acme") == (0, 0)


def test_a_time_that_is_near_is_waited_for_in_the_queue(api: Caller, stack: JobStack, clock: StoppedClock) -> None:
    begins = clock.at + timedelta(minutes=10)
    job_id = made(api, "one", scheduled_at=iso(begins))
    stack.run()
    assert schedules() == []
    assert states(api, job_id) == ["completed"]
    assert clock.at >= begins


def test_a_cancelled_job_leaves_no_schedule(api: Caller, stack: JobStack, clock: StoppedClock) -> None:
    job_id = made(api, "one", scheduled_at=iso(clock.at + timedelta(days=30)))
    stack.run()
    api.delete(f"{PATH}/{job_id}").expect(200)
    stack.run()
    assert (states(api, job_id), schedules(), open_work("acme")) == (["cancelled"], [], (0, 0))


@pytest.mark.parametrize("when", ["2031-01-01T00:00:00Z", "2026-12-01T00:00:00"])
def test_a_time_too_far_or_without_a_zone_is_refused(api: Caller, when: str) -> None:
    refused = api.post(PATH, a_job("one") | {"scheduled_at": when}).expect(400).json()
    assert "scheduled_at" in json.dumps(refused)


def test_a_job_waits_for_those_it_depends_on(api: Caller, stack: JobStack, model: FakeModel) -> None:
    first, second = create(api, "one"), create(api, "two")
    third = made(api, "three", depends_on=[first, second, first])
    last = made(api, "four", depends_on=[third])
    assert states(api, third, last) == ["waiting", "waiting"]
    stack.run()
    assert states(api, first, second, third, last) == ["completed"] * 4
    started = [seen(api, job_id)["logs"][0]["message"] for job_id in (first, third)]
    assert started == ["Job queued", "Job waiting"]
    assert model.asked[2:] == ["three", "four"]
    assert len(told("acme", "job.queued")) == 2
    assert open_work("acme") == (0, 0)


def test_what_depends_on_a_job_that_fails_fails_too(api: Caller, stack: JobStack, model: FakeModel) -> None:
    model.answer = refusing
    first = create(api, "bad")
    second = made(api, "two", depends_on=[first])
    third = made(api, "three", depends_on=[second])
    stack.run()
    assert states(api, first, second, third) == ["failed"] * 3
    assert seen(api, third)["logs"][-1]["message"] == f"The job depends on {second}, which is failed"
    assert totals("acme") == {"all": 3, "failed": 3}
    assert of_the_stack() == {"failed": 3}
    api.post(PATH, a_job("four") | {"depends_on": [first]}).expect(400)
    api.post(PATH, a_job("four") | {"depends_on": ["job_1"]}).expect(400)


def test_only_what_failed_is_tried_again(api: Caller, stack: JobStack, model: FakeModel) -> None:
    model.answer = refusing
    first = create(api, "one", "bad two", "bad three", "four", "bad five", {"id": "own", "prompt": "bad six"})
    stack.run()
    model.answer, model.asked[:] = str.upper, []
    again = api.post(f"{PATH}/{first}/retry").expect(201).json()
    assert again["retry_of"] == first
    stack.run()
    assert sorted(model.asked) == ["bad five", "bad six", "bad three", "bad two"]
    found = lines(api, again["job_id"])
    assert [(line["index"], line["original_index"], line["id"]) for line in found] == [
        (0, 1, "1"),
        (1, 2, "2"),
        (2, 4, "4"),
        (3, 5, "own"),
    ]
    assert [line["output"]["text"] for line in found] == ["BAD TWO", "BAD THREE", "BAD FIVE", "BAD SIX"]
    assert seen(api, first)["progress"]["failed"] == 4
    api.post(f"{PATH}/{again['job_id']}/retry").expect(409)


def test_what_failed_twice_is_known_by_its_first_number(api: Caller, stack: JobStack, model: FakeModel) -> None:
    model.answer = refusing
    first = create(api, "one", "bad two", "three", "bad four")
    stack.run()
    second = api.post(f"{PATH}/{first}/retry").expect(201).json()["job_id"]
    stack.run()
    third = api.post(f"{PATH}/{second}/retry").expect(201).json()["job_id"]
    stack.run()
    assert [line["original_index"] for line in lines(api, third)] == [1, 3]


def test_a_job_that_runs_is_not_retried_and_a_strangers_is_not_found(stack: JobStack, api: Caller) -> None:
    job_id = create(api, "one")
    api.post(f"{PATH}/{job_id}/retry").expect(409)
    stack.tenant("other").post(f"{PATH}/{job_id}/retry").expect(404)


def test_results_have_an_address(api: Caller, stack: JobStack) -> None:
    job_id = create(api, "one")
    assert seen(api, job_id)["results_url"] is None
    stack.run()
    assert "Signature=" in seen(api, job_id)["results_url"]


@pytest.mark.parametrize("priority", ["low", "high", "urgent"])
def test_each_priority_has_its_queue(api: Caller, stack: JobStack, priority: str) -> None:
    job_id = made(api, "one", priority=priority)
    stack.run()
    assert (states(api, job_id), stack.invocations(f"llm-{priority}"), stack.invocations("llm")) == (
        ["completed"],
        1,
        0,
    )


def test_open_work_is_bounded(api: Caller, stack: JobStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "QUOTAS", dict.fromkeys(quota.QUOTAS, Quota(jobs=2, inputs=3)))
    first = create(api, "one", "two")
    assert api.post(PATH, a_job("three", "four")).status == api.post(PATH, a_job(*"abcd")).status != 500
    create(api, "three")
    refused = api.post(PATH, a_job("four"))
    assert (refused.status, open_work("acme")) == (402, (2, 3))
    api.delete(f"{PATH}/{first}").expect(200)
    assert open_work("acme") == (1, 1)
    stack.run()
    assert open_work("acme") == (0, 0)
    assert totals("acme") == {"all": 2, "completed": 1, "cancelled": 1}


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize("is_cancelled", [True, False])
def test_a_worker_that_dies_after_any_call_starts_what_waits_all_the_same(
    stack: JobStack, clock: StoppedClock, *, is_cancelled: bool
) -> None:
    for calls in range(1, MOST_CALLS):
        tenant = f"tenant-{calls}"
        api = stack.tenant(tenant)
        begins = clock.at + (timedelta(days=2) if is_cancelled else timedelta(minutes=5))
        first = made(api, "one", scheduled_at=iso(begins))
        second = made(api, "two", depends_on=[first])
        death = stack.kill("jobs", after=calls)
        stack.run()
        if is_cancelled:
            name = later.schedule_name("JOBS", {"step": "plan", "tenant": tenant, "job_id": first}, begins)
            assert [one["Name"] for one in schedules()] == [name]
            api.delete(f"{PATH}/{first}").expect(200)
            stack.run()
            assert schedules() == []
        ends = ["cancelled", "failed"] if is_cancelled else ["completed", "completed"]
        assert states(api, first, second) == ends
        assert totals(tenant) == {"all": 2} | {state: ends.count(state) for state in ends}
        assert open_work(tenant) == (0, 0)
        if not death.happened:
            break
    else:
        pytest.fail("the function makes more calls than expected")
    assert calls > 5, "the function was hardly called at all"


def test_the_inputs_of_a_job_for_later_are_looked_at_when_its_time_comes(
    api: Caller, stack: JobStack, clock: StoppedClock
) -> None:
    """What it is to work on may come until then; of what is not the tenant's nothing is read."""
    later = iso(clock.at + timedelta(hours=1))
    source = f"s3://{os.environ['FILES_BUCKET']}/files/acme/coming/"
    coming = a_job(input_source=source) | {"scheduled_at": later}
    [comes, foreign, empty] = (
        api.post(PATH, coming | {"parameters": coming["parameters"] | {"input_source": address}}).expect(201).json()
        for address in (source, "s3://bucket/images/", source.replace("coming", "never"))
    )
    assert all(one["estimated_completion"] > later for one in (comes, foreign, empty))
    api.post(PATH, a_job(input_source=source)).expect(400)
    files.put("files/acme/coming/one.txt", b"one", "text/plain")
    stack.run()
    clock.advance(seconds=3_600)
    for schedule in schedules():
        stack.send("JOBS_QUEUE_URL", schedule["Target"]["Input"])
    stack.run()
    assert seen(api, comes["job_id"])["status"] == "completed"
    for job, reason in ((foreign, "jobs read from s3://"), (empty, "there is no object below this prefix")):
        failed = seen(api, job["job_id"])
        assert failed["status"] == "failed"
        assert failed["logs"][-1]["message"].startswith(reason)

"""Messages that were given up: an administrator sees the tenant's own, with why, and sends them back."""

from datetime import timedelta
from typing import Any

import pytest

from jobs import dead_letters
from support.job_stack import PATH, JobStack, a_job, create, seen, told
from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.tenants import make_key

DEAD = f"{PATH}/dead-letters"
MOST_CALLS = 30


@pytest.fixture(autouse=True)
def moving_time(monkeypatch: pytest.MonkeyPatch, clock: StoppedClock) -> None:
    """Moto waits by the stopped clock, and shows what was given back a moment later."""
    monkeypatch.setattr(dead_letters, "WAIT_S", 0)
    look = dead_letters._look

    def later() -> Any:
        clock.advance(seconds=1)
        return look()

    monkeypatch.setattr(dead_letters, "_look", later)


def listed(api: Caller) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(DEAD).expect(200).json()["messages"]
    return found


def redrive(api: Caller, *ids: str) -> dict[str, Any]:
    body = {"message_ids": list(ids)} if ids else {"all": True}
    done: dict[str, Any] = api.post(f"{DEAD}/redrive", body).expect(200).json()
    return done


@pytest.fixture
def lost(stack: JobStack, api: Caller, monkeypatch: pytest.MonkeyPatch) -> str:
    """A job of `acme`, and one of `other`, whose results could not be collected."""
    other = stack.tenant("other")
    with monkeypatch.context() as patch:
        patch.setattr("jobs.collector.collect", _broken)
        job_id = create(api, "one", "two")
        create(other, "one")
        stack.run()
    assert seen(api, job_id)["status"] == "running"
    return job_id


def _broken(*_: object, **__: object) -> None:
    msg = "secret words"
    raise KeyError(msg)


def test_a_message_that_was_given_up_is_seen_with_its_age_and_reason(api: Caller, stack: JobStack, lost: str) -> None:
    stack.clock.advance(hours=1)
    [message] = listed(api)
    assert message["about"] == {"step": "collect", "job_id": lost}
    assert (message["queue"], message["reason"]) == ("JobsQueue", "KeyError")
    assert message["age"] > 3600
    assert [one["message_id"] for one in listed(api)] == [message["message_id"]]
    assert len(stack.messages("JOBS_DEAD_LETTER_QUEUE_URL")) == 2


def test_a_message_that_is_sent_back_does_its_work_once(api: Caller, stack: JobStack, lost: str) -> None:
    [message] = listed(api)
    done = redrive(api, message["message_id"])
    assert (done["redriven"], done["not_found"]) == ([message["message_id"]], [])
    assert redrive(api, message["message_id"])["not_found"] == [message["message_id"]]
    stack.run()
    assert seen(api, lost)["status"] == "completed"
    assert listed(api) == []
    [event] = told("acme", "job.message_redriven")
    assert (event.resource, event.data["queue"]) == (lost, "JobsQueue")


def test_all_of_a_tenant_are_sent_back_and_nobody_elses(api: Caller, stack: JobStack, lost: str) -> None:
    other = api.using(make_key("other", "admin"))
    [theirs] = listed(other)
    assert redrive(api, theirs["message_id"])["not_found"] == [theirs["message_id"]]
    assert len(redrive(api)["redriven"]) == 1
    stack.run()
    assert seen(api, lost)["status"] == "completed"
    assert [one["message_id"] for one in listed(other)] == [theirs["message_id"]]
    assert told("other", "job.message_redriven") == []


@pytest.mark.usefixtures("lost")
def test_only_an_administrator_sees_them(api: Caller) -> None:
    for role in ("operator", "developer", "viewer"):
        caller = api.using(make_key("acme", role))
        caller.get(DEAD).expect(403)
        caller.post(f"{DEAD}/redrive", {"all": True}).expect(403)
    bodies: tuple[dict[str, Any], ...] = ({}, {"message_ids": []}, {"all": True, "message_ids": ["x"]}, {"all": False})
    for body in bodies:
        assert api.post(f"{DEAD}/redrive", body).status in {400, 422}


def test_a_redrive_that_dies_after_any_call_loses_no_message(api: Caller, stack: JobStack, lost: str) -> None:
    for calls in range(1, MOST_CALLS):
        with stack.dying(after=calls) as death:
            api.post(f"{DEAD}/redrive", {"all": True})
        if not death.happened:
            break
        stack.clock.advance(minutes=1)
        waiting = [*stack.messages("JOBS_DEAD_LETTER_QUEUE_URL"), *stack.messages("JOBS_QUEUE_URL")]
        assert any(lost in body for body in waiting)
    assert calls > 3
    stack.run()
    assert seen(api, lost)["status"] == "completed"
    assert len(told("acme", "job.message_redriven")) == 1


def test_a_shard_that_was_given_up_is_seen_with_its_number(
    api: Caller, stack: JobStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("pentarch.work.shards.with_job", _broken)
        job_id = str(api.post(PATH, a_job("one") | {"priority": "urgent"}).expect(201).json()["job_id"])
        stack.run()
    [message] = listed(api)
    assert message["about"] == {"job_id": job_id, "shard": 0}
    assert message["queue"] == "LlmWorkQueue"  # the service's own: moto does not tell which queue a message came from
    redrive(api)
    stack.run()
    assert seen(api, job_id)["status"] == "completed"


def test_a_shard_that_nobody_can_read_is_set_aside_within_hours_and_goes_on_when_it_can(
    api: Caller, stack: JobStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An outage does not end for a while; what waits for its end is seen, and not tried for ever."""
    begun = stack.clock.at
    with monkeypatch.context() as patch:
        patch.setattr("pentarch.work.inputs.read", _broken)
        job_id = create(api, "one", "two")
        stack.run()
    assert timedelta(hours=1) < stack.clock.at - begun < timedelta(hours=4)
    assert seen(api, job_id)["status"] == "running"
    [message] = listed(api)
    assert (message["about"], message["reason"]) == ({"job_id": job_id, "shard": 0}, "KeyError")
    redrive(api)
    stack.run()
    job = seen(api, job_id)
    assert (job["status"], job["progress"]["completed"], job["progress"]["failed"]) == ("completed", 2, 1)
    assert listed(api) == []

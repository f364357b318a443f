"""What happens on the way: much at once, twice, late, or not at all."""

import json
import os
from collections.abc import Callable

import pytest

from jobs import planner
from pentarch.identity.store import TENANT_KEY, IdentityItem
from pentarch.llm.errors import PromptRefusedError, UpstreamUnavailableError
from pentarch.platform import clients
from pentarch.work import messages, sharding
from support.configurations import configure
from support.fake_models import FakeModel
from support.job_stack import (
    PATH,
    JobStack,
    assert_consistent,
    assert_counted_once,
    create,
    lines,
    seen,
    shards_of,
    stored_results,
    texts,
    told,
    totals,
)
from support.lambdas import Caller
from support.stopped_clock import StoppedClock

WORK = "LLM_WORK_QUEUE_URL"


def failing(*refused: str, by: Exception) -> Callable[[str], str]:
    def answer(text: str) -> str:
        if text in refused:
            raise by
        return text.upper()

    return answer


def test_a_thousand_inputs_run_a_hundred_wide(api: Caller, stack: JobStack, model: FakeModel) -> None:
    inputs = [f"input {number}" for number in range(1_000)]
    job_id = create(api, *inputs)
    stack.run()
    assert seen(api, job_id)["progress"] == {"completed": 1000, "failed": 0, "total": 1000, "percentage": 100.0}
    assert texts(api, job_id) == [text.upper() for text in inputs]
    assert stack.invocations("llm") == 100
    assert sorted(model.asked) == sorted(inputs)
    assert_consistent("acme", job_id)
    assert_counted_once("acme")


def test_progress_is_exact_after_every_delivery(api: Caller, stack: JobStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharding, "MIN_SHARD_INPUTS", 2)
    job_id = create(api, "one", "two", "three", "four", "five")
    percentages = []
    while stack.step():
        progress = seen(api, job_id)["progress"]
        assert progress["completed"] == len(stored_results("acme", job_id))
        assert api.get(PATH).json()["jobs"][0]["progress"] == progress["percentage"]
        percentages.append(progress["percentage"])
    assert percentages == sorted(percentages)
    assert {0.0, 40.0, 80.0, 100.0} <= set(percentages)


def test_an_input_that_fails_leaves_the_others_alone(api: Caller, stack: JobStack, model: FakeModel) -> None:
    model.answer = failing("two", by=PromptRefusedError("not this one"))
    job_id = create(api, "one", "two", "three")
    stack.run()
    assert texts(api, job_id) == ["ONE", None, "THREE"]
    failed = lines(api, job_id)[1]
    assert failed == {
        "index": 1,
        "id": "1",
        "status": "failed",
        "error": {"code": "INVALID_REQUEST", "message": "not this one", "details": {}},
    }
    assert seen(api, job_id)["status"] == "completed"


def test_a_job_fails_when_every_input_does(api: Caller, stack: JobStack, model: FakeModel) -> None:
    model.answer = failing("one", "two", by=PromptRefusedError("not this one"))
    job_id = create(api, "one", "two")
    stack.run()
    job = seen(api, job_id)
    assert (job["status"], job["progress"]["failed"]) == ("failed", 2)
    assert texts(api, job_id) == [None, None]
    assert totals("acme") == {"all": 1, "failed": 1}


def test_a_model_that_nobody_knows_fails_each_input(api: Caller, stack: JobStack) -> None:
    job_id = create(api, "one", model="no-such-model")
    stack.run()
    assert lines(api, job_id)[0]["error"]["code"] == "INVALID_REQUEST"


def test_an_outage_is_waited_for(api: Caller, stack: JobStack, model: FakeModel, clock: StoppedClock) -> None:
    outage_ends = clock.at.timestamp() + 200

    def answer(text: str) -> str:
        if text == "two" and clock.at.timestamp() < outage_ends:
            msg = "down"
            raise UpstreamUnavailableError(msg)
        return text.upper()

    model.answer = answer
    job_id = create(api, "one", "two", "three")
    stack.run()
    assert texts(api, job_id) == ["ONE", "TWO", "THREE"]
    assert model.asked.count("one") == 1
    assert clock.at.timestamp() >= outage_ends


def test_an_outage_without_end_fails_the_inputs_and_ends_the_job(
    api: Caller, stack: JobStack, model: FakeModel, clock: StoppedClock
) -> None:
    model.answer = failing("two", "three", by=UpstreamUnavailableError("down"))
    job_id = create(api, "one", "two", "three", "four")
    begun = clock.at
    stack.run()
    found = lines(api, job_id)
    assert [line["status"] for line in found][:2] == ["completed", "failed"]
    assert found[1]["error"]["code"] == "SERVICE_UNAVAILABLE"
    assert seen(api, job_id)["status"] == "completed"
    assert 1_200 <= (clock.at - begun).total_seconds() < 3_600
    assert stack.messages("JOBS_DEAD_LETTER_QUEUE_URL") == []


def test_an_input_that_kills_every_worker_is_given_up_and_the_others_are_answered(
    api: Caller, stack: JobStack, model: FakeModel
) -> None:
    def answer(text: str) -> str:
        if text == "deadly":
            raise SystemExit
        return text.upper()

    model.answer = answer
    job_id = create(api, "one", "deadly", "three", "deadly", "five")
    stack.run()
    assert texts(api, job_id) == ["ONE", None, "THREE", None, "FIVE"]
    assert lines(api, job_id)[1]["error"]["code"] == "INTERNAL_ERROR"
    assert model.asked.count("deadly") == 2 * (1 + sharding.MAX_TRIES)  # the first time, a result came before
    assert stack.messages("JOBS_DEAD_LETTER_QUEUE_URL") == []


def test_a_worker_whose_time_is_nearly_up_passes_the_shard_on(api: Caller, stack: JobStack, model: FakeModel) -> None:
    stack.hurry("llm", looks=3)  # the lease and two inputs
    inputs = ["one", "two", "three", "four", "five"]
    job_id = create(api, *inputs)
    stack.run()
    assert texts(api, job_id) == [text.upper() for text in inputs]
    assert model.asked == inputs
    assert stack.invocations("llm") == 3


def test_everything_may_come_twice(
    api: Caller, stack: JobStack, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharding, "MIN_SHARD_INPUTS", 2)
    inputs = ["one", "two", "three", "four", "five"]
    job_id = create(api, *inputs)
    for _ in range(60):
        stack.step()
        stack.replay_stream()
        for queue in ("JOBS_QUEUE_URL", WORK):
            for body in set(stack.messages(queue)):
                stack.send(queue, body)
        for name in ("jobs", "llm"):
            stack.deliver(name)
    stack.run(deliveries=20_000)
    assert texts(api, job_id) == [text.upper() for text in inputs]
    assert model.asked == inputs
    assert totals("acme") == {"all": 1, "completed": 1}
    assert len(told("acme", "job.completed")) == 1
    assert_consistent("acme", job_id)
    assert_counted_once("acme")


def test_messages_of_an_ended_job_change_nothing(api: Caller, stack: JobStack, model: FakeModel) -> None:
    job_id = create(api, "one")
    stack.run()
    before = told("acme")
    for step in ("plan", "collect"):
        stack.send("JOBS_QUEUE_URL", json.dumps({"step": step, "tenant": "acme", "job_id": job_id}))
    stack.send(WORK, json.dumps({"tenant": "acme", "job_id": job_id, "shard": 0}))
    stack.send(WORK, json.dumps({"tenant": "acme", "job_id": job_id, "shard": 7}))
    stack.run()
    assert told("acme") == before
    assert model.asked == ["one"]


def test_cancelling_stops_the_worker_before_its_next_input(api: Caller, stack: JobStack, model: FakeModel) -> None:
    def answer(text: str) -> str:
        if text == "two":
            reply = api.delete(f"{PATH}/{job_id}").expect(200).json()
            assert reply["status"] == "cancelled"
            assert reply["message"] == "Job cancelled successfully"
        return text.upper()

    model.answer = answer
    job_id = create(api, "one", "two", "three", "four")
    stack.run()
    assert model.asked == ["one", "two"]
    job = seen(api, job_id)
    assert (job["status"], job["progress"]["completed"]) == ("cancelled", 2)
    assert texts(api, job_id) == ["ONE", "TWO"]
    assert totals("acme") == {"all": 1, "cancelled": 1}
    assert sorted(event.type for event in told("acme") if event.type.startswith("job.")) == [
        "job.cancelled",
        "job.created",
        "job.results_collected",
        "job.started",
    ]
    assert_counted_once("acme")


def test_cancelling_stops_every_shard_within_an_input(
    api: Caller, stack: JobStack, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One shard is done, one begun and passed on, one at work and one has not begun."""
    monkeypatch.setattr(sharding, "MIN_SHARD_INPUTS", 2)
    inputs = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
    job_id = create(api, *inputs)
    stack.until("llm")
    stack.hurry("llm", looks=2)
    stack.until("llm")
    stack.hurry("llm", looks=None)

    def answer(text: str) -> str:
        with stack.elsewhere():
            api.delete(f"{PATH}/{job_id}").expect(200)
        return text.upper()

    model.answer = answer
    stack.run()
    assert len(model.asked) == 4
    assert seen(api, job_id)["progress"]["completed"] == 4
    assert len(texts(api, job_id)) == 4
    assert_counted_once("acme")


def test_what_a_cancelled_job_had_done_is_collected_soon_after_its_worker_stops(
    api: Caller, stack: JobStack, model: FakeModel, clock: StoppedClock
) -> None:
    """Not only when the lease ends, which is as long as the worker might have gone on."""

    def answer(text: str) -> str:
        with stack.elsewhere():
            api.delete(f"{PATH}/{job_id}").expect(200)
            while stack.deliver("fanout") or stack.deliver("jobs"):
                pass
        return text.upper()

    model.answer = answer
    job_id = create(api, "one", "two")
    cancelled_at = clock.at
    stack.run()
    assert texts(api, job_id) == ["ONE"]
    assert (clock.at - cancelled_at).total_seconds() < 20


def test_a_cancelled_job_that_had_not_begun_does_nothing(api: Caller, stack: JobStack, model: FakeModel) -> None:
    job_id = create(api, "one")
    api.delete(f"{PATH}/{job_id}").expect(200)
    stack.run()
    assert model.asked == []
    assert list(shards_of("acme", job_id)) == []
    job = seen(api, job_id)
    assert (job["status"], job["started_at"], job["results_available"]) == ("cancelled", None, False)
    api.get(f"{PATH}/{job_id}/results").expect(409)


def test_what_has_ended_cannot_be_cancelled(api: Caller, stack: JobStack) -> None:
    job_id = create(api, "one")
    stack.run()
    error = api.delete(f"{PATH}/{job_id}").expect(409).json()["error"]
    assert (error["code"], error["details"]) == ("CONFLICT", {"status": "completed"})
    assert seen(api, job_id)["status"] == "completed"


def booked(_: Caller) -> None:
    IdentityItem("acme", TENANT_KEY).update(actions=[IdentityItem.monthly_budget_nano_usd.set(35)])


def configured(api: Caller) -> None:
    configure(api, "budget", {"monthly_usd": 35e-9})


@pytest.mark.parametrize("bound", [booked, configured])
def test_a_spent_budget_fails_what_is_left(
    api: Caller, stack: JobStack, model: FakeModel, bound: Callable[[Caller], None]
) -> None:
    job_id = create(api, "one", "two", "three")
    stack.hurry("llm", looks=2)  # one input each time, and its cost is counted in between
    stack.until("llm")
    bound(api)
    stack.run()
    assert model.asked == ["one"]
    assert [line.get("error", {}).get("code") for line in lines(api, job_id)] == [None, *["QUOTA_EXCEEDED"] * 2]


def test_a_closed_tenant_spends_nothing_more(api: Caller, stack: JobStack, model: FakeModel) -> None:
    create(api, "one", "two")
    IdentityItem("acme", TENANT_KEY).update(actions=[IdentityItem.status.set("revoked")])
    stack.run()
    assert model.asked == []
    assert totals("acme") == {"all": 1, "failed": 1}


def test_one_tenants_messages_are_one_group(api: Caller, stack: JobStack) -> None:
    create(api, "one")
    stack.until("fanout")
    [message] = clients.sqs().receive_message(
        QueueUrl=os.environ["JOBS_QUEUE_URL"], AttributeNames=["All"], VisibilityTimeout=0
    )["Messages"]
    assert message["Attributes"]["MessageGroupId"] == "acme"


def test_a_message_that_cannot_be_handled_ends_with_the_dead_letters(stack: JobStack, clock: StoppedClock) -> None:
    begun = clock.at
    stack.send("JOBS_QUEUE_URL", '{"step": "dance", "tenant": "acme", "job_id": "job_1"}')
    stack.run()
    assert len(stack.messages("JOBS_DEAD_LETTER_QUEUE_URL")) == 1
    waited = sum(messages.backoff_s(receives) for receives in range(1, messages.MAX_RECEIVES + 1))
    assert (clock.at - begun).total_seconds() == pytest.approx(waited, abs=1)


def test_a_job_that_can_never_be_planned_fails_in_the_end(
    api: Caller, stack: JobStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(planner, "line_spans", broken)
    job_id = create(api, "one")
    stack.run()
    assert stack.invocations("jobs") == messages.MAX_RECEIVES + 1  # the last tells of the end
    job = seen(api, job_id)
    assert (job["status"], job["logs"][-1]["message"]) == ("failed", "The inputs could not be read")
    assert stack.messages("JOBS_DEAD_LETTER_QUEUE_URL") == []

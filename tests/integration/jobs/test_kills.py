"""Any worker may die at any moment: nothing is lost, nothing is there twice, and the job ends."""

import random
from collections import Counter

import pytest

from pentarch.llm.errors import PromptRefusedError
from pentarch.work import results, sharding
from support.fake_models import FakeModel
from support.job_stack import (
    PATH,
    JobStack,
    a_job,
    assert_consistent,
    assert_counted_once,
    create,
    lines,
    open_work,
    seen,
    stored_results,
    told,
    totals,
)
from support.lambdas import Caller

INPUTS = ("one", "two", "refused", "large", "five")
MOST_CALLS = 60
"""More than any of the functions makes for such a job."""


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three inputs a shard, and results that are large from 400 bytes on."""
    monkeypatch.setattr(sharding, "MIN_SHARD_INPUTS", 3)
    monkeypatch.setattr(results, "MAX_INLINE_BYTES", 400)


def answered(text: str) -> str:
    if text == "refused":
        msg = "not this one"
        raise PromptRefusedError(msg)
    return text * 100 if text == "large" else text.upper()


@pytest.mark.usefixtures("small_shards")
@pytest.mark.parametrize("function", ["fanout", "jobs", "llm"])
def test_a_worker_that_dies_after_any_call_loses_and_repeats_nothing(
    stack: JobStack, model: FakeModel, function: str
) -> None:
    model.answer = answered
    stack.hurry("llm", looks=3)  # one for the lease, two inputs: so the first shard is passed on
    for calls in range(1, MOST_CALLS):
        tenant = f"{function}-{calls}"
        api = stack.tenant(tenant)
        job_id = create(api, *INPUTS)
        death = stack.kill(function, after=calls)
        stack.run()
        assert_ended_right(api, tenant, job_id)
        if not death.happened:
            break
    else:
        pytest.fail("the function makes more calls than expected")
    assert calls > 5, "the function was hardly called at all"
    for queue in ("JOBS", "LLM_WORK", "JOBS_DEAD_LETTER", "FANOUT_DEAD_LETTER"):
        assert stack.messages(f"{queue}_QUEUE_URL") == []


@pytest.mark.usefixtures("small_shards")
@pytest.mark.parametrize("seed", range(6))
def test_workers_that_die_again_and_again_end_the_job_all_the_same(
    stack: JobStack, model: FakeModel, seed: int
) -> None:
    model.answer = answered
    stack.hurry("llm", looks=3)
    chance = random.Random(seed)  # noqa: S311 (chance that can be repeated is what is wanted)
    api = stack.tenant("acme")
    job_id = create(api, *INPUTS)
    for _ in range(12):
        stack.kill(chance.choice(["fanout", "jobs", "llm"]), after=chance.randint(1, 9))
        for _ in range(chance.randint(1, 8)):
            stack.step()
            assert_consistent("acme", job_id)
        stack.clock.advance(seconds=chance.choice([1, 400, 1_900]))
    stack.run()
    assert_ended_right(api, "acme", job_id)


@pytest.mark.usefixtures("small_shards")
@pytest.mark.parametrize("function", ["jobs", "llm"])
def test_a_worker_that_dies_while_failed_inputs_are_tried_again_does_each_once(
    stack: JobStack, api: Caller, model: FakeModel, function: str
) -> None:
    model.answer = answered
    first = create(api, "one", "refused", "three", "four", "refused")
    stack.run()
    before = api.get(f"{PATH}/{first}/results").text
    model.answer = str.upper
    made: list[str] = []
    for calls in range(1, MOST_CALLS):
        again = str(api.post(f"{PATH}/{first}/retry").expect(201).json()["job_id"])
        made.append(again)
        death = stack.kill(function, after=calls)
        stack.run()
        found = lines(api, again)
        assert [(line["index"], line["original_index"], line["output"]["text"]) for line in found] == [
            (0, 1, "REFUSED"),
            (1, 4, "REFUSED"),
        ]
        job = seen(api, again)
        assert (job["status"], job["retry_of"]) == ("completed", first)
        assert job["progress"] == {"completed": 2, "failed": 0, "total": 2, "percentage": 100.0}
        if not death.happened:
            break
    else:
        pytest.fail("the function makes more calls than expected")
    assert calls > 5, "the function was hardly called at all"
    assert api.get(f"{PATH}/{first}/results").text == before
    types = Counter((event.resource, event.type) for event in told("acme") if event.resource in made)
    told_of = ("job.created", "job.started", "job.shard_completed", "job.completed")
    assert types == {(job_id, name): 1 for job_id in made for name in told_of}
    assert len(told("acme", "llm.completed")) == 3 + 2 * calls
    assert totals("acme") == {"all": 1 + calls, "completed": 1 + calls}
    assert open_work("acme") == (0, 0)


def assert_ended_right(api: Caller, tenant: str, job_id: str) -> None:
    job = seen(api, job_id)
    assert job["status"] == "completed"
    assert job["progress"] == {"completed": 5, "failed": 1, "total": 5, "percentage": 100.0}
    found = lines(api, job_id)
    assert [line["index"] for line in found] == [0, 1, 2, 3, 4]
    assert [line.get("output", {}).get("text") for line in found] == ["ONE", "TWO", None, "large" * 100, "FIVE"]
    assert found[2]["error"]["code"] == "INVALID_REQUEST"
    types = Counter(event.type for event in told(tenant))
    assert {name: number for name, number in types.items() if name.startswith("job.")} == {
        "job.created": 1,
        "job.started": 1,
        "job.input_failed": 1,
        "job.shard_completed": 2,
        "job.completed": 1,
    }
    event_ids = {event.id for event in told(tenant, "llm.completed")}
    assert {line["output"]["event_id"] for line in found if "output" in line} == event_ids
    assert len(stored_results(tenant, job_id)) == 5
    assert_consistent(tenant, job_id)
    assert_counted_once(tenant)
    assert totals(tenant) == {"all": 1, "completed": 1}
    for status, listed in ((None, 1), ("completed", 1), ("queued", 0), ("running", 0)):
        page = api.get(PATH, query={"status": status} if status else None).expect(200).json()
        assert len(page["jobs"]) == page["pagination"]["total"] == listed


def test_a_creation_that_dies_makes_the_job_with_its_event_or_nothing(stack: JobStack, api: Caller) -> None:
    made: set[str] = set()
    for calls in range(1, MOST_CALLS):
        with stack.dying(after=calls) as death:
            api.post(PATH, a_job("one", "two"))  # Mangum makes an answer even of this
        made = {event.resource for event in told("acme", "job.created")}
        listed = {job["job_id"] for job in api.get(PATH, query={"limit": 100}).json()["jobs"]}
        assert listed == made
        if not death.happened:
            break
    assert totals("acme") == {"all": len(made), "queued": len(made)}
    stack.run()
    assert {seen(api, job_id)["status"] for job_id in made} == {"completed"}


def test_a_cancellation_that_dies_leaves_a_job_that_runs_or_one_that_is_cancelled(
    stack: JobStack, api: Caller, model: FakeModel
) -> None:
    for calls in range(1, MOST_CALLS):
        job_id = create(api, "one", "two")
        with stack.dying(after=calls) as death:
            api.delete(f"{PATH}/{job_id}")
        stack.run()
        cancelled = {event.resource for event in told("acme", "job.cancelled")}
        assert seen(api, job_id)["status"] == ("cancelled" if job_id in cancelled else "completed")
        if not death.happened:
            break
    assert totals("acme") == {"all": calls, "cancelled": len(cancelled), "completed": calls - len(cancelled)}
    assert len(model.asked) == 2 * (calls - len(cancelled))

"""Tenants and priorities beside each other: who has much waiting holds up nobody else, and what is low goes on."""

import os
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from pentarch.work.pace import WORKERS
from pentarch.work.sharding import TURN
from support.fake_models import FakeModel
from support.job_stack import PATH, JobStack, a_job, create, seen
from support.lambdas import Caller
from support.stopped_clock import StoppedClock

WORK = "LLM_WORK_QUEUE_URL"
AN_ANSWER = timedelta(seconds=2)


def test_ten_thousand_inputs_of_one_tenant_do_not_hold_up_ten_of_another(
    stack: JobStack, model: FakeModel, clock: StoppedClock
) -> None:
    """The service has one worker here, and it has just begun with a shard of 50 when the ten inputs come.

    The queue orders by SQS's documented rule of fair queues, which moto lacks; the groups are what we send.
    """
    many, few = stack.tenant("many"), stack.tenant("few")
    jobs: list[str] = []
    begun = clock.at

    def answer(text: str) -> str:
        with stack.elsewhere():
            if not jobs:
                jobs.append(create(few, *["two"] * 10))
        clock.advance(seconds=AN_ANSWER.total_seconds())
        return text

    model.answer = answer
    flood = create(many, *["one"] * 10_000)
    _plan(stack)
    taken: Counter[str] = Counter()
    while not jobs or seen(few, jobs[0])["status"] != "completed":
        waiting = stack._queue(os.environ[WORK])._messages
        assert {message.group_id for message in waiting} <= {"many", "few"}
        waiting.sort(key=lambda message: taken[message.group_id])
        taken[waiting[0].group_id] += 1
        assert stack.deliver("llm")
        _plan(stack)
    assert taken == {"many": 1, "few": 1}
    assert clock.at - begun <= TURN + 10 * AN_ANSWER + AN_ANSWER
    assert seen(many, flood)["progress"]["completed"] == TURN / AN_ANSWER


@pytest.mark.usefixtures("model")
def test_what_is_urgent_ends_before_what_waited_and_what_is_low_goes_on(stack: JobStack, api: Caller) -> None:
    """Every round, each of a tenth of the workers that each queue has works on one input, and passes its shard on."""
    queues = {"llm-low": "low", "llm": "normal", "llm-high": "high", "llm-urgent": "urgent"}
    workers = {name: WORKERS["llm"][priority] // 10 for name, priority in queues.items()}  # type: ignore[index]
    for name in queues:
        stack.hurry(name, looks=2)

    def go_round() -> None:
        for name, bound in workers.items():
            for _ in range(bound):
                stack.deliver(name)
        _plan(stack)

    low, normal = begun(api, "low", 40), begun(api, "normal", 150)
    _plan(stack)
    go_round()
    urgent = begun(api, "urgent", 12)
    _plan(stack)
    done = []
    while seen(api, urgent)["status"] != "completed":
        go_round()
        done.append(seen(api, low)["progress"]["completed"])
    assert len(done) <= 11, "the longer shard's ten inputs, one a round"
    assert [later - earlier for earlier, later in pairwise(done)] == [2] * (len(done) - 1)
    assert [seen(api, one)["status"] for one in (low, normal)] == ["running", "running"]


def begun(api: Caller, priority: str, inputs: int) -> str:
    made = api.post(PATH, a_job(*["text"] * inputs) | {"priority": priority}).expect(201)
    return str(made.json()["job_id"])


def _plan(stack: JobStack) -> None:
    while stack.deliver("fanout") or stack.deliver("jobs"):
        pass

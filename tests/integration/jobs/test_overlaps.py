"""Two workers at the same thing at the same time, in the orders that do harm if anything does."""

import os
from collections.abc import Sequence
from datetime import datetime

import pytest

from pentarch.platform import clients
from pentarch.work import sharding, shards
from pentarch.work.model import Shard
from support.fake_models import FakeModel
from support.job_stack import (
    JobStack,
    assert_consistent,
    assert_counted_once,
    create,
    seen,
    stored_results,
    texts,
    told,
)
from support.lambdas import Caller
from support.stopped_clock import StoppedClock

WORK = "LLM_WORK_QUEUE_URL"
LATER_S = 1_801
"""Longer than a lease, and than a message is hidden."""


def delete_all_messages(variable: str) -> None:
    clients.sqs().purge_queue(QueueUrl=os.environ[variable])


def test_a_worker_that_lost_its_lease_changes_nothing_after_the_other_is_done(
    api: Caller, stack: JobStack, model: FakeModel, clock: StoppedClock
) -> None:
    def answer(text: str) -> str:
        if text == "two" and model.asked.count("two") == 1:
            clock.advance(seconds=LATER_S)
            assert stack.deliver("llm")  # another worker does all the rest meanwhile
        return text.upper()

    model.answer = answer
    job_id = create(api, "one", "two", "three")
    stack.run()
    assert texts(api, job_id) == ["ONE", "TWO", "THREE"]
    assert model.asked == ["one", "two", "two", "three"]
    assert_consistent("acme", job_id)
    assert_counted_once("acme")


def test_a_worker_that_lost_its_lease_changes_nothing_before_the_other_is_done(
    api: Caller, stack: JobStack, model: FakeModel, clock: StoppedClock
) -> None:
    stored: list[int] = []

    def answer(text: str) -> str:
        if text == "two" and model.asked.count("two") == 1:
            clock.advance(seconds=LATER_S)
            assert stack.deliver("llm")
        elif text == "two" and model.asked.count("two") == 2:
            raise SystemExit  # the other worker has the shard, and dies with it
        elif text == "two":
            stored.append(len(stored_results("acme", job_id)))
        return text.upper()

    model.answer = answer
    job_id = create(api, "one", "two", "three")
    stack.run()
    assert stored == [1], "the first worker's answer to `two` came too late to be kept"
    assert texts(api, job_id) == ["ONE", "TWO", "THREE"]
    assert_consistent("acme", job_id)
    assert_counted_once("acme")


def test_a_shard_that_another_worker_has_is_left_alone_until_its_lease_ends(
    api: Caller, stack: JobStack, model: FakeModel
) -> None:
    def answer(text: str) -> str:
        if text == "one":
            stack.send(WORK, stack.messages(WORK)[0])
            assert stack.deliver("llm")
        return text.upper()

    model.answer = answer
    job_id = create(api, "one", "two")
    stack.run()
    assert model.asked == ["one", "two"]
    assert texts(api, job_id) == ["ONE", "TWO"]


def test_a_second_delivery_that_ends_first_does_not_take_the_shards_only_message_with_it(
    api: Caller, stack: JobStack, model: FakeModel
) -> None:
    """SQS may deliver one message twice, and the delivery that is finished first deletes it for both."""

    def answer(text: str) -> str:
        if model.asked == ["one"]:
            body = stack.messages(WORK)[0]
            delete_all_messages(WORK)
            stack.send(WORK, body)
            assert stack.deliver("llm")
            raise SystemExit
        return text.upper()

    model.answer = answer
    job_id = create(api, "one", "two")
    stack.run()
    assert seen(api, job_id)["status"] == "completed"
    assert texts(api, job_id) == ["ONE", "TWO"]


def test_a_planner_that_was_slow_does_not_undo_what_has_been_worked_on(
    api: Caller, stack: JobStack, model: FakeModel, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharding, "MIN_SHARD_INPUTS", 2)
    add, calls = shards.add, 0

    def slow_add(made: Sequence[Shard], at: datetime) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            clock.advance(seconds=LATER_S)
            assert stack.deliver("jobs")  # another planner does it all
            assert stack.deliver("llm")
        add(made, at)

    monkeypatch.setattr(shards, "add", slow_add)
    inputs = ["one", "two", "three", "four", "five"]
    job_id = create(api, *inputs)
    stack.run()
    assert calls == 2
    assert model.asked == inputs
    assert texts(api, job_id) == [text.upper() for text in inputs]
    assert len(told("acme", "job.started")) == 1
    assert_consistent("acme", job_id)
    assert_counted_once("acme")

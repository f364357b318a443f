"""Tenants beside each other: who has much waiting holds up nobody else."""

import os
from collections import Counter

import pytest

from support.job_stack import JobStack, create, seen

WORK = "LLM_WORK_QUEUE_URL"


@pytest.mark.usefixtures("model")
def test_ten_thousand_inputs_of_one_tenant_do_not_hold_up_ten_of_another(stack: JobStack) -> None:
    """The queue here orders by SQS's documented rule of fair queues, which moto lacks; the groups are what we send."""
    many, few = stack.tenant("many"), stack.tenant("few")
    create(many, *["one"] * 10_000)
    _plan(stack)
    job_id = create(few, *["two"] * 10)
    _plan(stack)
    waiting = stack._queue(os.environ[WORK])._messages
    assert Counter(message.group_id for message in waiting) == {"many": 200, "few": 1}
    taken: Counter[str] = Counter()
    while seen(few, job_id)["status"] != "completed":
        waiting = stack._queue(os.environ[WORK])._messages
        waiting.sort(key=lambda message: taken[message.group_id])
        taken[waiting[0].group_id] += 1
        assert stack.deliver("llm")
        _plan(stack)
    assert taken == {"many": 1, "few": 1}


def _plan(stack: JobStack) -> None:
    while stack.deliver("fanout") or stack.deliver("jobs"):
        pass

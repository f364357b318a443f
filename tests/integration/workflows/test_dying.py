"""The worker of steps dies after each of its calls to AWS in turn; messages come twice and in any order."""

import random
from typing import Any

import pytest

from support.lambdas import Caller
from support.log import events_of
from support.pump import Killed
from support.workflows import WORKFLOWS, Machine, Turns, agent_step, begin, make, ran

DIAMOND = [
    agent_step("start"),
    agent_step("left", depends_on=["start"]),
    agent_step("right", depends_on=["start"]),
    agent_step(
        "end", depends_on=["left", "right"], input_mapping={"l": "$.steps.left.output", "r": "$.steps.right.output"}
    ),
]
LIST = [
    agent_step("each", for_each="$.input.all", max_concurrency=2, input_mapping={"n": "$.item"}),
    agent_step("after"),
]
NUMBERS = {"all": [0, 1, 2, 3]}


def check_diamond(turns: Turns) -> None:
    order = turns.steps()
    assert sorted(order) == ["end", "left", "right", "start"]
    assert (order[0], order[-1]) == ("start", "end")
    assert {attempt.rpartition("-")[2] for attempt in turns.effects} == {"1"}


def test_wherever_its_worker_dies_every_execution_ends_and_nothing_happens_twice(
    api: Caller, machine: Machine, turns: Turns
) -> None:
    diamond = make(api, DIAMOND, type="dag")
    deaths: list[str] = []
    for after in range(1, 100):
        turns.effects.clear()
        turns.order.clear()
        machine.calls.left = after
        ident = begin(api, diamond)
        ended = machine.settle(api, ident)
        assert ended["status"] == "completed", (after, machine.calls.last, ended)
        check_diamond(turns)
        if machine.calls.left is not None:
            break
        deaths.append(machine.calls.last)
    else:
        pytest.fail("it never ran through")
    assert len(deaths) > 20
    assert {"TransactWriteItems", "Query", "BatchGetItem", "BatchWriteItem", "Effect", "StartExecution"} <= set(deaths)
    completed = events_of("acme", "execution.completed")
    assert len(completed) == len(deaths) + 1


def test_wherever_a_lane_dies_each_item_is_done_once(api: Caller, machine: Machine, turns: Turns) -> None:
    each = make(api, LIST)
    for after in range(1, 100):
        turns.effects.clear()
        turns.order.clear()
        machine.calls.left = after
        ended = machine.settle(api, begin(api, each, parameters=NUMBERS))
        assert ended["status"] == "completed", (after, machine.calls.last, ended)
        results = [one["given"]["n"] for one in ended["steps"][0]["result"]["output"]]
        assert results == [0, 1, 2, 3]
        assert turns.steps() == ["each"] * 4 + ["after"]
        assert all("/attempt-1" in attempt for attempt in turns.effects)
        if machine.calls.left is not None:
            break
    else:
        pytest.fail("it never ran through")
    assert after > 20


def test_whoever_begins_an_execution_may_die_too(api: Caller, machine: Machine, turns: Turns) -> None:
    diamond = make(api, DIAMOND, type="dag")

    def dies(**_: Any) -> None:
        raise Killed

    begun = machine.start_execution
    machine.start_execution = dies  # type: ignore[method-assign]
    api.post(f"{WORKFLOWS}/{diamond}/execute", {}).expect(500)
    machine.start_execution = begun  # type: ignore[method-assign]
    [ident] = [one["id"] for one in api.get("/api/v1/executions").expect(200).json()["data"]]
    assert machine.settle(api, ident)["status"] == "completed"
    check_diamond(turns)


@pytest.mark.parametrize("seed", range(4))
def test_runs_come_twice_and_in_any_order(api: Caller, machine: Machine, turns: Turns, seed: int) -> None:
    machine.deliveries = 2
    chance = random.Random(seed)  # noqa: S311 (chance is no secret)
    machine.choose = chance.randrange
    assert ran(api, machine, DIAMOND, type="dag")["status"] == "completed"
    check_diamond(turns)
    turns.effects.clear()
    turns.order.clear()
    assert ran(api, machine, LIST, parameters=NUMBERS)["status"] == "completed"
    assert sorted(turns.steps()) == ["after", *["each"] * 4]


def test_a_step_that_kills_each_of_its_workers_fails(api: Caller, machine: Machine, turns: Turns) -> None:
    def deadly(*_: Any) -> Any:
        raise Killed

    turns.scripts["agent-b"] = deadly
    ended = ran(api, machine, [agent_step("one", agent_id="agent-b")])
    assert ended["status"] == "failed"
    assert ended["error"]["reason"] == "lost"
    assert len(turns.asked) == 3
    ended = ran(api, machine, [agent_step("each", agent_id="agent-b", for_each="$.input.all")], parameters=NUMBERS)
    assert (ended["status"], ended["error"]["reason"]) == ("failed", "lost")

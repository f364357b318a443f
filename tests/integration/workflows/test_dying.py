"""The worker of steps dies after each of its calls to AWS in turn; messages come twice and in any order."""

import random
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from support.lambdas import Caller
from support.log import events_of
from support.pump import Killed
from support.workflows import WORKFLOWS, Machine, Turns, agent_step, begin, make, ran
from workflows import gathering, store

JOIN = [
    agent_step("left"),
    agent_step("right"),
    agent_step("end", depends_on=["left", "right"], input_mapping={"l": "$.steps.left.output"}),
]
LIST = [agent_step("each", for_each="$.input.all", max_concurrency=2, input_mapping={"n": "$.item"})]
NUMBERS = {"all": [0, 1, 2]}


def check_join(turns: Turns) -> None:
    order = turns.steps()
    assert sorted(order) == ["end", "left", "right"]
    assert order[-1] == "end"
    assert {attempt.rpartition("-")[2] for attempt in turns.effects} == {"1"}


def test_wherever_its_worker_dies_every_execution_ends_and_nothing_happens_twice(
    api: Caller, machine: Machine, turns: Turns
) -> None:
    join = make(api, JOIN, type="dag")
    deaths: list[str] = []
    for after in range(1, 100):
        turns.effects.clear()
        turns.order.clear()
        machine.calls.left = after
        ident = begin(api, join)
        ended = machine.settle(api, ident)
        assert ended["status"] == "completed", (after, machine.calls.last, ended)
        check_join(turns)
        if machine.calls.left is not None:
            break
        deaths.append(machine.calls.last)
    else:
        pytest.fail("it never ran through")
    assert len(deaths) > 12
    assert {"TransactWriteItems", "Query", "BatchGetItem", "BatchWriteItem", "Effect"} <= set(deaths)
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
        assert results == [0, 1, 2]
        assert turns.steps() == ["each"] * 3
        assert all("/attempt-1" in attempt for attempt in turns.effects)
        if machine.calls.left is not None:
            break
    else:
        pytest.fail("it never ran through")
    assert after > 12


def test_whoever_begins_an_execution_may_die_too(api: Caller, machine: Machine, turns: Turns) -> None:
    join = make(api, JOIN, type="dag")

    def dies(**_: Any) -> None:
        raise Killed

    begun = machine.start_execution
    machine.start_execution = dies  # type: ignore[method-assign]
    api.post(f"{WORKFLOWS}/{join}/execute", {}).expect(500)
    machine.start_execution = begun  # type: ignore[method-assign]
    [ident] = [one["id"] for one in api.get("/api/v1/executions").expect(200).json()["data"]]
    assert machine.settle(api, ident)["status"] == "completed"
    check_join(turns)


@pytest.mark.parametrize("seed", range(3))
def test_runs_come_twice_and_in_any_order(api: Caller, machine: Machine, turns: Turns, seed: int) -> None:
    machine.deliveries = 2
    chance = random.Random(seed)  # noqa: S311 (chance is no secret)
    machine.choose = chance.randrange
    assert ran(api, machine, JOIN, type="dag")["status"] == "completed"
    check_join(turns)
    turns.effects.clear()
    turns.order.clear()
    assert ran(api, machine, LIST, parameters=NUMBERS)["status"] == "completed"
    assert turns.steps() == ["each"] * 3


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


def test_a_second_delivery_waits_while_the_first_is_at_work(
    api: Caller, machine: Machine, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver = machine._deliver
    answers: list[Any] = []

    def again(event: Any) -> Any:
        def meanwhile(*_: Any) -> dict[str, Any]:
            turns.scripts.clear()
            answers.append(deliver(event))
            return {"done": True}

        if not answers:
            turns.scripts["agent-a"] = meanwhile
        return deliver(event)

    monkeypatch.setattr(machine, "_deliver", again)
    ended = ran(api, machine, [agent_step("one")])
    assert ended["status"] == "completed"
    assert [answer["next"] for answer in answers] == ["wait"]
    assert len(turns.asked) == 1


def test_two_branches_that_end_in_the_same_moment_begin_what_joins_them_once(
    api: Caller, machine: Machine, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the moment in which one branch reads how the other stands and its own write, the other ends."""
    commit = store.commit
    ends: list[str] = []

    def late(before: Any, after: Any, *rest: Any, **more: Any) -> None:
        ended = [key for key in ("left", "right") if key in after.rows and after.rows[key].state == "completed"]
        if before is not None and len(ended) == 1 and not ends:
            ends.extend(ended)
            machine.run(until=lambda: len(turns.order) == 2 and other_ended())
        commit(before, after, *rest, **more)

    def other_ended() -> bool:
        execution = api.get("/api/v1/executions").json()["data"][0]
        return bool(execution["steps_completed"] == 1)

    monkeypatch.setattr(store, "commit", late)
    ended = ran(api, machine, JOIN, type="dag")
    assert ends
    assert ended["status"] == "completed"
    check_join(turns)
    assert len(turns.asked) == 3


def test_an_outage_of_aws_is_no_failure_of_the_step(
    api: Caller, machine: Machine, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    gather, outages = gathering.gather, [1, 1]

    def shaky(*given: Any) -> Any:
        if outages:
            outages.pop()
            raise EndpointConnectionError(endpoint_url="dynamodb")
        return gather(*given)

    monkeypatch.setattr(gathering, "gather", shaky)
    ended = ran(api, machine, [agent_step("one")])
    assert ended["status"] == "completed"
    assert list(turns.effects) == [f"{ended['id']}/one/attempt-1"]

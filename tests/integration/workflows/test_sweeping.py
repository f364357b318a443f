"""The sweep: whatever has died, every execution ends; and it costs nothing where nothing has."""

from typing import Any

from pynamodb.models import Model

from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.workflows import EXECUTIONS, Machine, Turns, agent_step, begin, make
from workflows import sweep
from workflows.table import DUE, RowItem

STEPS = [agent_step("one"), agent_step("two")]


def due() -> list[Model]:
    return list(RowItem.query(DUE))


def test_what_nobody_began_is_begun(api: Caller, machine: Machine, clock: StoppedClock) -> None:
    ident = begin(api, make(api, STEPS))
    machine.forget()
    clock.advance(minutes=1)
    assert sweep.handler({}, None) == {"looked": 0}
    clock.advance(minutes=3)
    assert sweep.handler({}, None) == {"looked": 1, "revived": 1}
    machine.run()
    assert api.get(f"{EXECUTIONS}/{ident}").expect(200).json()["status"] == "completed"
    assert due() == []


def test_lanes_that_nobody_carries_are_carried_again(
    api: Caller, machine: Machine, turns: Turns, clock: StoppedClock
) -> None:
    each = agent_step("each", for_each="$.input.all", max_concurrency=3, input_mapping={"n": "$.item"})
    ident = begin(api, make(api, [each]), parameters={"all": [1, 2, 3, 4]})
    machine.run(until=lambda: len(turns.effects) == 1)
    machine.forget()
    ended = machine.settle(api, ident)
    assert ended["status"] == "completed"
    assert len(turns.effects) == 4
    del clock


def test_a_step_that_is_never_carried_to_its_end_fails(api: Caller, machine: Machine, clock: StoppedClock) -> None:
    ident = begin(api, make(api, STEPS))
    looks = 0
    found: dict[str, Any] = {"status": "running"}
    while found["status"] == "running":
        machine.forget()
        clock.advance(minutes=5)
        sweep.handler({}, None)
        found = api.get(f"{EXECUTIONS}/{ident}").expect(200).json()
        looks += 1
        assert looks < 20
    assert (found["status"], found["error"]["reason"]) == ("failed", "lost")


def test_an_execution_that_ends_leaves_nothing_to_look_at(api: Caller, machine: Machine, clock: StoppedClock) -> None:
    begin(api, make(api, STEPS))
    machine.run()
    assert due() == []
    clock.advance(minutes=10)
    assert sweep.handler({}, None) == {"looked": 0}


def test_one_that_goes_on_is_looked_at_again_later(api: Caller, machine: Machine, clock: StoppedClock) -> None:
    ask = {"id": "ask", "name": "Ask", "type": "approval", "timeout": 10 * 86_400}
    begin(api, make(api, [ask]))
    machine.run()
    [entry] = due()
    assert str(entry.key) > f"{int(clock.at.timestamp() * 1000 + 9 * 86_400_000)}"  # type: ignore[attr-defined]

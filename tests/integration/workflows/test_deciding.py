"""Cancelling, approving, and running again."""

from typing import Any

import pytest

from pentarch.platform.errors import InvalidInputError
from support.lambdas import Caller
from support.log import events_of
from support.pump import Killed
from support.stopped_clock import StoppedClock
from support.tenants import make_key
from support.workflows import EXECUTIONS, Machine, Turns, agent_step, begin, make, states
from workflows import sweep

APPROVAL: dict[str, Any] = {"id": "ask", "name": "Ask", "type": "approval"}
DAYS_3 = 3 * 86_400


def shown(api: Caller, ident: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"{EXECUTIONS}/{ident}").expect(200).json()
    return found


def test_a_cancelled_execution_begins_nothing_more(api: Caller, machine: Machine, turns: Turns) -> None:
    ident = begin(api, make(api, [agent_step("one"), agent_step("two"), agent_step("three")]))
    machine.run(until=lambda: len(turns.asked) == 1)
    told = api.post(f"{EXECUTIONS}/{ident}/cancel").expect(200).json()
    assert told["status"] == "cancelled"
    machine.run()
    assert turns.steps() == ["one"]
    ended = shown(api, ident)
    assert (ended["status"], ended["steps_completed"]) == ("cancelled", 1)
    api.post(f"{EXECUTIONS}/{ident}/cancel").expect(409)


def test_a_step_that_is_under_way_stops_between_two_of_its_calls(
    api: Caller, machine: Machine, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.stepping._LOOK_S", 0)
    ident = begin(api, make(api, [agent_step("one")]))

    def cancels(*_: Any) -> dict[str, Any]:
        api.post(f"{EXECUTIONS}/{ident}/cancel").expect(200)
        return {"done": True}

    turns.scripts["agent-a"] = cancels
    machine.run()
    ended = shown(api, ident)
    assert states(ended) == {"one": "cancelled"}
    assert ended["steps"][0]["result"] is None


def test_a_cancel_frees_the_slot(api: Caller, machine: Machine) -> None:
    del machine
    from pentarch.limits import leases
    from pentarch.platform import clock

    ident = begin(api, make(api, [agent_step("one")]))
    assert [lease.holder for lease in leases.held("acme", "executions", clock.now())] == [ident]
    api.post(f"{EXECUTIONS}/{ident}/cancel").expect(200)
    assert leases.held("acme", "executions", clock.now()) == ()


def test_an_approval_waits_for_days_and_then_goes_on(
    api: Caller, machine: Machine, turns: Turns, clock: StoppedClock
) -> None:
    steps = [APPROVAL, agent_step("act", input_mapping={"note": "$.steps.ask.output.data.note"})]
    ident = begin(api, make(api, steps))
    machine.run()
    assert states(shown(api, ident)) == {"ask": "waiting_for_approval", "act": "pending"}
    assert all(run.status == "SUCCEEDED" for run in machine.runs.values())
    for _ in range(6):
        clock.advance(days=1)
        sweep.handler({}, None)
    api.post(f"{EXECUTIONS}/{ident}/steps/ask/approve", {"data": {"note": "go"}}).expect(200)
    machine.run()
    ended = shown(api, ident)
    assert ended["status"] == "completed"
    [task] = turns.effects.values()
    assert task.parameters == {"note": "go"}
    api.post(f"{EXECUTIONS}/{ident}/steps/ask/reject", {}).expect(409)
    types = [event.type for event in events_of("acme")]
    assert "approval.requested" in types
    assert "approval.granted" in types


def test_whoever_approves_may_die_before_the_next_step_begins(
    api: Caller, machine: Machine, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident = begin(api, make(api, [APPROVAL, agent_step("act")]))
    machine.run()
    with monkeypatch.context() as patch:
        patch.setattr(machine, "start_execution", _die)
        api.post(f"{EXECUTIONS}/{ident}/steps/ask/approve", {}).expect(500)
    assert machine.settle(api, ident, minutes=10)["status"] == "completed"
    assert turns.steps() == ["act"]


def _die(**_: Any) -> None:
    raise Killed


def test_a_rejection_fails_the_step(api: Caller, machine: Machine, turns: Turns) -> None:
    ident = begin(api, make(api, [APPROVAL, agent_step("act")]))
    machine.run()
    api.post(f"{EXECUTIONS}/{ident}/steps/ask/reject", {"comment": "no"}).expect(200)
    assert shown(api, ident)["error"] == {"reason": "rejected", "message": "ask: rejected: no"}
    machine.run()
    assert turns.asked == []


def test_nobody_decides_in_time(api: Caller, machine: Machine, clock: StoppedClock) -> None:
    ident = begin(api, make(api, [{**APPROVAL, "timeout": DAYS_3}]))
    machine.run()
    clock.advance(days=2)
    sweep.handler({}, None)
    assert shown(api, ident)["status"] == "running"
    clock.advance(days=1, minutes=2)
    sweep.handler({}, None)
    assert shown(api, ident)["error"]["reason"] == "expired"


def test_only_named_roles_decide_and_not_the_one_who_began(api: Caller, machine: Machine) -> None:
    rule = {"approval": {"roles": ["operator", "admin"], "by_starter": False}}
    ident = begin(api, make(api, [{**APPROVAL, **rule}]))
    machine.run()
    place = f"{EXECUTIONS}/{ident}/steps/ask/approve"
    api.post(place, {}).expect(403)
    api.using(make_key("acme", "developer")).post(place, {}).expect(403)
    api.using(make_key("acme", "operator")).post(place, {}).expect(200)
    assert shown(api, ident)["status"] == "completed"


def test_running_again_from_the_failed_step_keeps_what_was_done(api: Caller, machine: Machine, turns: Turns) -> None:
    def picky(task: Any, _: str) -> Any:
        given = task.parameters.get("data")
        return {"fixed": given} if given == "good" else InvalidInputError("bad", field="x")

    turns.scripts["agent-b"] = picky
    steps = [
        agent_step("one"),
        agent_step("two", agent_id="agent-b", input_mapping={"data": "$.steps.one.output"}),
        agent_step("three", input_mapping={"from": "$.steps.one.output.step", "fixed": "$.steps.two.output.fixed"}),
    ]
    failed = begin(api, make(api, steps))
    machine.run()
    assert shown(api, failed)["status"] == "failed"

    told = api.post(f"{EXECUTIONS}/{failed}/rerun", {"input": {"data": "good"}}).expect(202).json()
    machine.run()

    ended = shown(api, told["execution_id"])
    assert ended["status"] == "completed"
    assert turns.steps() == ["one", "two", "three"]
    assert ended["final_result"]["given"] == {"from": "one", "fixed": "good"}
    assert ended["metadata"]["rerun_of"] == failed
    assert ended["metadata"]["total_tokens"] == 20
    assert shown(api, failed)["status"] == "failed"
    api.post(f"{EXECUTIONS}/{told['execution_id']}/rerun", {}).expect(409)
    api.post(f"{EXECUTIONS}/{told['execution_id']}/rerun", {"from_step": "nope"}).expect(404)


def test_an_agents_failed_task_runs_again_and_is_told_as_the_agents(
    api: Caller, machine: Machine, turns: Turns
) -> None:
    turns.scripts["agent-a"] = lambda *_: InvalidInputError("not yet", field="data")
    failed = api.post("/api/v1/agents/agent-a/execute", {"parameters": {}}).expect(202).json()["execution_id"]
    machine.run()
    del turns.scripts["agent-a"]
    told = api.post(f"{EXECUTIONS}/{failed}/rerun", {}).expect(202).json()
    assert (told["workflow_id"], told["agent_id"], told["rerun_of"]) == (None, "agent-a", failed)
    machine.run()
    assert shown(api, told["execution_id"])["status"] == "completed"

"""Lists of executions with exact totals, and logs."""

from datetime import timedelta
from typing import Any

import pytest

from pentarch.platform.clock import iso
from pentarch.platform.errors import InvalidInputError
from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.workflows import EXECUTIONS, WORKFLOWS, Machine, Turns, agent_step, begin, make, ran


def listed(api: Caller, **query: Any) -> tuple[list[str], int]:
    told = api.get(EXECUTIONS, query=query).expect(200).json()
    return [one["id"] for one in told["data"]], told["pagination"]["totalItems"]


def test_filters_and_pages_add_up(api: Caller, machine: Machine, turns: Turns, clock: StoppedClock) -> None:
    turns.scripts["agent-b"] = lambda *_: InvalidInputError("no", field="x")
    good = make(api, [agent_step("one")])
    bad = make(api, [agent_step("one", agent_id="agent-b")])
    made = []
    for workflow in (good, bad, good):
        made.append(begin(api, workflow))
        machine.run()
        clock.advance(hours=30)
    agents = api.post("/api/v1/agents/agent-a/execute", {"parameters": {}}).expect(202).json()["execution_id"]
    made.append(agents)
    newest = made[::-1]

    assert listed(api) == (newest, 4)
    assert listed(api, workflow_id=good) == ([made[2], made[0]], 2)
    assert listed(api, status="completed") == ([made[2], made[0]], 2)
    assert listed(api, status="failed", workflow_id=bad) == ([made[1]], 1)
    assert listed(api, status="failed", workflow_id=good) == ([], 0)
    assert listed(api, agent_id="agent-a", status="queued") == ([agents], 1)
    assert listed(api, pageSize=3) == (newest[:3], 4)
    assert listed(api, pageSize=3, page=2) == (newest[3:], 4)
    assert listed(api, pageSize=3, page=3) == ([], 4)
    middle = {"from": iso(clock.at - timedelta(hours=61)), "to": iso(clock.at - timedelta(hours=1))}
    assert listed(api, **{"from": "9999-12-31T23:59:59Z"}) == ([], 0)
    assert listed(api, **{"from": "0001-01-01"})[1] == 4
    assert listed(api, **middle) == ([made[2], made[1]], 2)
    cursor = api.get(EXECUTIONS, query={"pageSize": 2}).json()["pagination"]["next_cursor"]
    assert listed(api, cursor=cursor)[0] == newest[2:]


@pytest.mark.parametrize(
    "query",
    [{"from": "yesterday"}, {"status": "asleep"}, {"page": 0}, {"cursor": "x"}, {"workflow_id": "a", "agent_id": "b"}],
)
def test_bad_questions_are_refused(api: Caller, query: dict[str, Any]) -> None:
    api.get(EXECUTIONS, query=query).expect(400)


def test_logs_are_what_the_steps_wrote_and_can_be_filtered(
    api: Caller, machine: Machine, turns: Turns, clock: StoppedClock
) -> None:
    turns.scripts["agent-b"] = lambda *_: InvalidInputError("no", field="x")
    ended = ran(api, machine, [agent_step("one"), agent_step("two", agent_id="agent-b")])
    place = f"{EXECUTIONS}/{ended['id']}/logs"

    def messages(**query: Any) -> list[str]:
        return [line["message"] for line in api.get(place, query=query).expect(200).json()["logs"]]

    everything = [
        "Starting step: One",
        "fake answered with 10 tokens",
        "Step completed: One",
        "Starting step: Two",
        "fake answered with 10 tokens",
        "Step failed: no",
    ]
    assert messages() == everything
    assert messages(level="error") == everything[-1:]
    assert messages(level="info") == everything[:-1]
    assert messages(**{"from": iso(clock.at + timedelta(seconds=1))}) == []
    assert messages(to=iso(clock.at - timedelta(days=1))) == []
    found, cursor = [], None
    while True:
        told = api.get(place, query={"limit": 2, **({"cursor": cursor} if cursor else {})}).expect(200).json()
        found += [line["message"] for line in told["logs"]]
        cursor = told["next_cursor"]
        if cursor is None:
            break
    assert found == everything
    api.get(place, query={"level": "gossip"}).expect(400)


def test_an_estimate_comes_from_past_runs(api: Caller, machine: Machine, turns: Turns, clock: StoppedClock) -> None:
    def slow(*_: Any) -> dict[str, Any]:
        clock.advance(seconds=40)
        return {"n": 3, "ok": True, "text": "x"}

    turns.scripts["agent-a"] = slow
    workflow = make(api, [agent_step("one", timeout=120)])
    first = api.post(f"{WORKFLOWS}/{workflow}/execute", {}).expect(202).json()
    assert first["estimated_completion"] == iso(clock.at + timedelta(seconds=120))
    machine.run()
    second = api.post(f"{WORKFLOWS}/{workflow}/execute", {}).expect(202).json()
    assert second["estimated_completion"] == iso(clock.at + timedelta(seconds=40))
    clock.advance(seconds=10)
    status = api.get(f"{EXECUTIONS}/{second['execution_id']}/status").expect(200).json()
    assert (status["elapsed_time"], status["estimated_remaining"]) == (10, 30)
    row = api.get(EXECUTIONS, query={"status": "completed"}).expect(200).json()["data"][0]
    assert row["result_summary"] == {"n": 3, "ok": True, "status": "success"}
    assert row["duration"] == 40

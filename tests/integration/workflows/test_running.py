"""Executions from the request to the end, of every type of workflow."""

from typing import Any

import pytest

from support.lambdas import Caller
from support.tools import Runner
from support.workflows import EXECUTIONS, WORKFLOWS, Machine, Turns, agent_step, begin, make, ran, states

EXAMPLE: dict[str, Any] = {
    "name": "Data Processing Pipeline",
    "description": "Sequential data analysis and validation",
    "type": "sequential",
    "version": "1.0.0",
    "steps": [
        {"name": "Analyze Data", "agent_id": "agent-analyzer", "order": 1, "input_mapping": {"data": "$.input.data"}},
        {
            "name": "Validate Results",
            "agent_id": "agent-validator",
            "order": 2,
            "input_mapping": {"data": "$.steps.step-1.output"},
        },
    ],
    "error_handling": {"strategy": "retry_with_backoff", "max_retries": 3},
}
ASKED: dict[str, Any] = {
    "parameters": {"data": {"file_path": "s3://bucket/data.csv", "format": "csv"}, "options": {"validate": True}},
    "context": {"user_id": "user-789", "organization_id": "org-456"},
}


def test_the_references_example_runs_as_written(api: Caller, machine: Machine, turns: Turns) -> None:
    made = api.post(WORKFLOWS, EXAMPLE).expect(201).json()
    assert [step["id"] for step in made["steps"]] == ["step-1", "step-2"]
    told = api.post(f"{WORKFLOWS}/{made['id']}/execute", ASKED).expect(202).json()
    assert told["status"] == "running"
    assert told["progress"] == {"current_step": 1, "total_steps": 2, "percentage": 0}

    ended = machine.settle(api, told["execution_id"])

    assert ended["status"] == "completed"
    assert turns.steps() == ["step-1", "step-2"]
    data = ASKED["parameters"]["data"]
    first = {"step": "step-1", "given": {"data": data}}
    assert [step["result"] for step in ended["steps"]] == [first, {"step": "step-2", "given": {"data": first}}]
    assert ended["final_result"] == ended["steps"][1]["result"]
    assert ended["metadata"]["total_tokens"] == 20
    assert ended["metadata"]["user_id"] == "user-789"
    status = api.get(f"{EXECUTIONS}/{told['execution_id']}/status").expect(200).json()
    assert status["progress"] == {
        "current_step": 2, "total_steps": 2, "percentage": 100, "current_step_name": None
    }  # fmt: skip


def test_an_agents_execution_is_one_of_one_step(api: Caller, machine: Machine, turns: Turns) -> None:
    body = {"parameters": {"topic": "tests"}, "context": {"user_id": "user-1"}, "timeout": 300}
    told = api.post("/api/v1/agents/agent-a/execute", body).expect(202).json()
    assert (told["status"], told["agent_id"]) == ("queued", "agent-a")
    ended = machine.settle(api, told["execution_id"])
    assert ended["status"] == "completed"
    [task] = turns.effects.values()
    assert dict(task.parameters) == {"topic": "tests"}
    assert dict(task.context) == {"user_id": "user-1"}


def test_a_diamond_runs_each_step_after_what_it_needs(api: Caller, machine: Machine, turns: Turns) -> None:
    steps = [
        agent_step("end", depends_on=["left", "right"], input_mapping={"l": "$.steps.left.output.step"}),
        agent_step("left", depends_on=["start"]),
        agent_step("right", depends_on=["start"]),
        agent_step("start"),
    ]
    ended = ran(api, machine, steps, type="dag")
    assert ended["status"] == "completed"
    order = turns.steps()
    assert sorted(order) == ["end", "left", "right", "start"]
    assert (order[0], order[-1]) == ("start", "end")
    assert ended["final_result"]["given"] == {"l": "left"}


def test_a_slow_branch_does_not_hold_up_another(api: Caller, machine: Machine, turns: Turns) -> None:
    """The other branch's second step is done while the slow branch's first has not begun."""
    steps = [
        agent_step("slow"),
        agent_step("fast"),
        agent_step("after-fast", depends_on=["fast"]),
    ]
    machine.choose = lambda count: count - 1  # the run that was begun first waits the longest
    ended = ran(api, machine, steps, type="dag")
    assert turns.steps() == ["fast", "after-fast", "slow"]
    assert ended["status"] == "completed"


def test_a_condition_that_does_not_hold_leaves_its_step_out(api: Caller, machine: Machine, turns: Turns) -> None:
    turns.scripts["agent-b"] = lambda *_: {"score": 0.4}
    steps = [
        agent_step("judge", agent_id="agent-b"),
        agent_step("praise", condition="$.steps.judge.output.score > 0.5"),
        agent_step("blame", condition="$.steps.judge.output.score <= 0.5 && $.input.strict == true"),
        agent_step("last"),
    ]
    ended = ran(api, machine, steps, type="conditional", parameters={"strict": True})
    assert states(ended) == {"judge": "completed", "praise": "skipped", "blame": "completed", "last": "completed"}
    assert ended["status"] == "completed"


def test_a_step_over_a_list_does_each_item_once(api: Caller, machine: Machine, turns: Turns) -> None:
    steps = [
        agent_step("each", for_each="$.input.numbers", max_concurrency=4, input_mapping={"number": "$.item"}),
        {
            "id": "sum",
            "name": "Sum",
            "type": "transform",
            "input_mapping": {"numbers": "$.steps.each.output[*].given.number"},
        },
    ]
    ended = ran(api, machine, steps, parameters={"numbers": list(range(11))})
    assert ended["final_result"] == {"numbers": list(range(11))}
    assert len(turns.effects) == 11
    assert ended["metadata"]["total_tokens"] == 110


def test_a_step_may_be_a_tool(api: Caller, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that begins with two dollar signs stands for itself, with one."""
    runner = Runner().use(monkeypatch)
    one = {
        "id": "one",
        "name": "Pick",
        "type": "tool",
        "tool_id": "tool-json-transform",
        "input_mapping": {"data": {"a": "$.input.list"}, "query": "$$.a[1]", "kind": "jsonpath"},
    }
    ended = ran(api, machine, [one], parameters={"list": [1, 2]})
    [asked] = runner.asked
    assert asked["run"]["parameters"]["query"] == "$.a[1]"
    assert asked["run"]["parameters"]["data"] == {"a": [1, 2]}
    assert asked["run"]["idempotency_key"] == f"{ended['id']}/one/attempt-1"
    assert ended["steps"][0]["tool_id"] == "tool-json-transform"


def test_a_transform_leaves_what_its_mapping_makes(api: Caller, machine: Machine) -> None:
    one = {
        "id": "one",
        "name": "Pick",
        "type": "transform",
        "input_mapping": {"user": {"id": "$.context.user_id"}, "price": "$$5", "none": "$.input.missing"},
        "output_mapping": {"who": "$.output.user.id"},
    }
    ended = ran(api, machine, [one], context={"user_id": "u1"})
    assert ended["final_result"] == {"who": "u1"}


def test_a_result_too_long_for_an_item_lies_in_s3(api: Caller, machine: Machine, turns: Turns) -> None:
    turns.scripts["agent-b"] = lambda *_: {"text": "x" * 300_000}
    steps = [
        agent_step("long", agent_id="agent-b"),
        agent_step("read", input_mapping={"t": "$.steps.long.output.text"}),
    ]
    ended = ran(api, machine, steps)
    assert ended["status"] == "completed"
    assert len(ended["final_result"]["given"]["t"]) == 300_000


def test_results_too_long_for_a_reply_are_named_with_their_address(
    api: Caller, machine: Machine, turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.deciding.MAX_SHOWN_BYTES", 250_000)
    turns.scripts["agent-a"] = lambda *_: {"text": "x" * 100_000}
    turns.scripts["agent-b"] = lambda *_: {"text": "y" * 300_000}
    steps = [agent_step("one"), agent_step("two"), agent_step("three", agent_id="agent-b")]
    ended = ran(api, machine, steps)
    place = f"{EXECUTIONS}/{ended['id']}/steps"
    assert [len(step["result"].get("text", "")) for step in ended["steps"]] == [100_000, 0, 0]
    assert ended["steps"][1]["result"]["href"] == f"{place}/two"
    assert ended["final_result"]["omitted"] is True
    assert len(api.get(f"{place}/two").expect(200).json()["result"]["text"]) == 100_000
    assert api.get(f"{place}/three").expect(200).json()["result"]["url"].startswith("https://")
    api.get(f"{place}/four").expect(404)


def test_the_percentage_counts_the_items_of_a_list_that_is_under_way(
    api: Caller, machine: Machine, turns: Turns
) -> None:
    steps = [agent_step("one"), agent_step("each", for_each="$.input.all", max_concurrency=1)]
    ident = begin(api, make(api, steps), parameters={"all": [1, 2, 3, 4]})
    seen: list[float] = []

    def watched(*_: Any) -> dict[str, Any]:
        seen.append(api.get(f"{EXECUTIONS}/{ident}/status").expect(200).json()["progress"]["percentage"])
        return {}

    turns.scripts["agent-a"] = watched
    machine.run()
    assert seen == [0, 50, 62.5, 75, 87.5]

"""Workflows: made, listed, changed, deleted, and refused where they could not be run."""

from typing import Any

import pytest

from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant
from support.workflows import EXECUTIONS, WORKFLOWS, Machine, Turns, agent_step, begin, make, ran

GOOD: dict[str, Any] = {"name": "Good", "type": "sequential", "steps": [agent_step("one"), agent_step("two")]}
DEEP: Any = "x"
for _ in range(200):
    DEEP = [DEEP]


def dag(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"type": "dag", "steps": list(steps)}


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"steps": [{"name": "no agent", "order": 1}]}, "steps.0.agent_id", "required"),
        ({"steps": [agent_step("one", agent_id="ghost")]}, "steps.0.agent_id", "no agent 'ghost'"),
        ({"steps": [{"name": "t", "type": "tool", "tool_id": "ghost"}]}, "steps.0.tool_id", "no tool"),
        ({"steps": [agent_step("one"), agent_step("one")]}, "steps", "same id"),
        ({"steps": "two"}, "steps", "tuple"),
        ({"steps": []}, "steps", "1 to 75 steps"),
        ({"steps": [agent_step("one", input_mapping={"x": DEEP})]}, "steps.0.input_mapping", "nested"),
        ({"type": 7}, "type", "sequential"),
        ({"steps": [agent_step("one", timeout=900)]}, "steps.0.timeout", "at most 840"),
        (
            {"steps": [agent_step("one", depends_on=["two"])]},
            "steps.0.depends_on",
            "only in a workflow of the type dag",
        ),
        (
            {"steps": [agent_step("one", input_mapping={"x": "$.steps.two.output"}), agent_step("two")]},
            "steps.0.input_mapping.x",
            "does not come before",
        ),
        (
            {"steps": [agent_step("one", input_mapping={"x": {"y": ["$.steps.nine.output"]}})]},
            "steps.0.input_mapping.x",
            "no step 'nine'",
        ),
        ({"steps": [agent_step("one", input_mapping={"x": "$.a["})]}, "steps.0.input_mapping.x", "not valid"),
        ({"steps": [agent_step("one", input_mapping={"x": "$.item"})]}, "steps.0.input_mapping.x", "no $.item"),
        ({"steps": [agent_step("one", condition="1 + 1")]}, "steps.0.condition", "not valid"),
        ({"steps": [agent_step("one", output_mapping={"x": "$.steps.a"})]}, "steps.0.output_mapping.x", "no $.steps"),
        ({"steps": [agent_step("one", compensates="two"), agent_step("two")]}, "steps.0.compensates", "strategy"),
        (dag(agent_step("a", depends_on=["b"]), agent_step("b", depends_on=["a"])), "steps.0.depends_on", "a → b → a"),
        (dag(agent_step("a", depends_on=["a"])), "steps.0.depends_on", "a → a"),
        (dag(agent_step("a", depends_on=["z"])), "steps.0.depends_on", "no step 'z'"),
        ({"steps": [agent_step("one", retry_policy={"max_retries": 99})]}, "steps.0.retry_policy.max_retries", "10"),
    ],
)
def test_what_could_not_be_run_is_refused_with_the_field(
    api: Caller, change: dict[str, Any], field: str, said: str
) -> None:
    problem = api.post(WORKFLOWS, GOOD | change).expect(400).json()
    assert said in " ".join(problem["errors"][field]), problem


def test_the_field_names_the_step_as_it_was_sent(api: Caller) -> None:
    steps = [agent_step("late", order=2, agent_id="ghost"), agent_step("early", order=1)]
    problem = api.post(WORKFLOWS, GOOD | {"steps": steps}).expect(400).json()
    assert list(problem["errors"]) == ["steps.0.agent_id"]


def test_a_step_whose_id_is_null_gets_one(api: Caller, machine: Machine, turns: Turns) -> None:
    ended = ran(api, machine, [agent_step("one") | {"id": None}, agent_step("two") | {"id": None}])
    assert ended["status"] == "completed"
    assert turns.steps() == [one["step_id"] for one in ended["steps"]]


def test_an_execution_runs_the_version_that_it_began_with(api: Caller, machine: Machine, turns: Turns) -> None:
    ident = make(api, [agent_step("one"), agent_step("two")])
    execution = begin(api, ident)
    changed = api.put(f"{WORKFLOWS}/{ident}", {"steps": [agent_step("other")], "version": "2.0.0"}).expect(200).json()
    assert (changed["version"], changed["revision"], len(changed["steps"])) == ("2.0.0", 2, 1)
    machine.run()
    assert turns.steps() == ["one", "two"]
    shown = api.get(f"{EXECUTIONS}/{execution}").expect(200).json()
    assert (shown["version"], shown["metadata"]["workflow_revision"]) == ("1.0.0", 1)
    versions = api.get(f"{WORKFLOWS}/{ident}/versions").expect(200).json()["data"]
    assert [one["version"] for one in versions] == ["2.0.0", "1.0.0"]
    assert len(api.get(f"{WORKFLOWS}/{ident}/versions/1").expect(200).json()["steps"]) == 2
    api.get(f"{WORKFLOWS}/{ident}/versions/3").expect(404)


def test_a_name_is_a_tenants_once(api: Caller) -> None:
    made = api.post(WORKFLOWS, GOOD).expect(201).json()
    assert made["created_by"].startswith("key-")  # as the reference writes it
    first = made["id"]
    api.post(WORKFLOWS, GOOD | {"name": "GOOD"}).expect(409)
    other = make(api, GOOD["steps"], name="Other")
    api.put(f"{WORKFLOWS}/{other}", {"name": "good"}).expect(409)
    api.put(f"{WORKFLOWS}/{first}", {"name": "Better"}).expect(200)
    api.put(f"{WORKFLOWS}/{other}", {"name": "good"}).expect(200)


def test_a_deleted_workflow_is_gone_and_its_executions_are_not(api: Caller, machine: Machine) -> None:
    ident = make(api, GOOD["steps"])
    execution = begin(api, ident)
    api.delete(f"{WORKFLOWS}/{ident}").expect(204)
    api.get(f"{WORKFLOWS}/{ident}").expect(404)
    api.delete(f"{WORKFLOWS}/{ident}").expect(404)
    assert machine.settle(api, execution)["status"] == "completed"
    told = {event.type for event in events_of("acme") if event.resource == ident}
    assert told == {"workflow.created", "workflow.deleted"}


def test_an_agent_knows_the_workflows_that_use_it(api: Caller) -> None:
    from pentarch.agents import references

    ident = make(api, GOOD["steps"])
    assert [user.id for user in references.of("acme", "agent-a")] == [ident]
    api.put(f"{WORKFLOWS}/{ident}", {"steps": [agent_step("one", agent_id="agent-b")]}).expect(200)
    assert references.of("acme", "agent-a") == []
    assert [user.id for user in references.of("acme", "agent-b")] == [ident]
    api.delete(f"{WORKFLOWS}/{ident}").expect(204)
    assert references.of("acme", "agent-b") == []


def test_lists_filter_search_sort_and_page(api: Caller, clock: StoppedClock) -> None:
    for name, kind in (("b", "parallel"), ("a", "sequential"), ("c", "sequential")):
        make(api, GOOD["steps"], name=f"word {name}", type=kind, description=f"the {name}")
        clock.advance(seconds=1)

    def names(**query: Any) -> str:
        found = api.get(WORKFLOWS, query=query).expect(200).json()["data"]
        return "".join(one["name"].removeprefix("word ") for one in found)

    assert names() == "cab"
    assert names(sortBy="name", sortOrder="asc") == "abc"
    assert names(sortBy="name", sortOrder="desc", pageSize=2) == "cb"
    assert names(sortBy="name", sortOrder="desc", pageSize=2, page=2) == "a"
    assert names(type="parallel") == "b"
    assert names(search="THE A") == "a"
    assert names(status="inactive") == ""
    api.get(WORKFLOWS, query={"sortBy": "shoe_size"}).expect(400)


def test_another_tenant_sees_nothing(api: Caller) -> None:
    ident = make(api, GOOD["steps"])
    execution = begin(api, ident)
    stranger = api.using(make_tenant("other"))
    stranger.get(f"{WORKFLOWS}/{ident}").expect(404)
    stranger.get(f"{EXECUTIONS}/{execution}").expect(404)
    stranger.get(f"{EXECUTIONS}/{execution}/logs").expect(404)
    stranger.post(f"{EXECUTIONS}/{execution}/cancel").expect(404)
    assert stranger.get(WORKFLOWS).expect(200).json()["data"] == []
    assert stranger.get(EXECUTIONS).expect(200).json()["pagination"]["totalItems"] == 0

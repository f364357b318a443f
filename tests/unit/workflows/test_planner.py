"""Laws of the planner: of any graph every step runs once, after all that it needs, and something is always due."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.checking import faults
from workflows.definition import Definition, ancestors, longest_s, normalised
from workflows.planner import Outcome, Phase, StepState, last_steps, plan

LETTERS = "abcdefgh"


def definition(steps: list[dict[str, Any]], **more: Any) -> Definition:
    return normalised(Definition.model_validate({"type": "dag", "steps": steps, **more}))


def step(ident: str, *needs: str, **more: Any) -> dict[str, Any]:
    return {"id": ident, "name": ident, "agent_id": "agent", "depends_on": needs, **more}


@st.composite
def graphs(draw: st.DrawFn) -> Definition:
    """Any graph without a cycle: a step needs some of those before it; then their places are shuffled."""
    count = draw(st.integers(1, len(LETTERS)))
    steps = []
    for place in range(count):
        needs = draw(st.sets(st.sampled_from(LETTERS[:place]))) if place else set()
        steps.append(step(LETTERS[place], *sorted(needs)))
    handling = {"strategy": draw(st.sampled_from(["fail_fast", "continue", "compensate"]))}
    return definition(draw(st.permutations(steps)), error_handling=handling)


@given(graph=graphs(), data=st.data())
def test_every_step_ends_once_and_after_all_that_it_needs(graph: Definition, data: st.DataObject) -> None:
    states: dict[str, StepState] = {}
    completed: list[str] = []
    before = ancestors(graph)
    for _ in range(100):
        due = plan(graph, states, tuple(completed))
        assert due == plan(graph, states, tuple(completed))
        states |= dict.fromkeys(due.skipped, StepState.SKIPPED)
        for key in due.ready:
            assert key not in states
            assert all(states[one].ended for one in before[key])
            states[key] = StepState.RUNNING
        if due.outcome is not None:
            break
        running = sorted(key for key, state in states.items() if state is StepState.RUNNING)
        assert running, "nobody works, and it is not over"
        chosen = data.draw(st.sampled_from(running))
        states[chosen] = data.draw(st.sampled_from([StepState.COMPLETED, StepState.FAILED]))
        if states[chosen] is StepState.COMPLETED:
            completed.append(chosen)
    failed = StepState.FAILED in states.values()
    assert due.outcome is (Outcome.COMPLETED if not failed else due.outcome)
    if not failed:
        assert sorted(completed) == sorted(before)


@given(graph=graphs())
def test_what_is_without_a_cycle_is_accepted_and_what_is_closed_to_one_is_not(graph: Definition) -> None:
    places = {one.key: place for place, one in enumerate(graph.steps)}
    assert faults(graph, places, agents=["agent"], tools=[]) == []
    first, last = graph.steps[0].key, last_steps(graph)[0]
    closed = [
        one.model_dump() | {"depends_on": (*one.depends_on, last)} if one.key in (first, *ancestors(graph)[first]) else
        one.model_dump() for one in graph.steps
    ]  # fmt: skip
    if last in ancestors(graph)[first] or last == first or first in ancestors(graph)[last]:
        found = faults(definition(closed), places, agents=["agent"], tools=[])
        assert any("wait for each other" in fault.message for fault in found)


def test_parallel_steps_are_all_ready_at_once() -> None:
    many = definition([step(letter) for letter in LETTERS], type="parallel")
    assert set(plan(many, {}).ready) == set(LETTERS)


def test_a_step_whose_every_need_was_left_out_is_left_out_too() -> None:
    graph = definition([step("a"), step("b"), step("c", "a"), step("d", "a", "b")])
    due = plan(graph, {"a": StepState.SKIPPED, "b": StepState.COMPLETED})
    assert (due.ready, dict(due.skipped)) == (("d",), {"c": "a left out"})


def test_a_conditional_chain_goes_on_past_what_was_left_out() -> None:
    chain = definition([step("a"), step("b")], type="conditional")
    assert plan(chain, {"a": StepState.SKIPPED}).ready == ("b",)


def test_what_runs_is_waited_for_before_anything_is_undone() -> None:
    graph = definition(
        [step("a"), step("b"), step("c", "a"), step("undo", compensates="a")],
        error_handling={"strategy": "compensate"},
    )
    failing = {"a": StepState.COMPLETED, "b": StepState.FAILED, "c": StepState.RUNNING}
    assert plan(graph, failing, ("a",)).ready == ()
    due = plan(graph, failing | {"c": StepState.FAILED}, ("a",))
    assert (due.ready, due.phase) == (("undo",), Phase.COMPENSATING)
    ended = plan(graph, failing | {"c": StepState.FAILED, "undo": StepState.FAILED}, ("a",))
    assert ended.outcome is Outcome.FAILED


@pytest.mark.parametrize(("kind", "expected"), [("sequential", 600), ("parallel", 400)])
def test_the_longest_time_follows_the_order(kind: str, expected: int) -> None:
    steps = [{"name": "a", "agent_id": "x", "timeout": 200}, {"name": "b", "agent_id": "x", "timeout": 400}]
    assert longest_s(definition(steps, type=kind)) == expected

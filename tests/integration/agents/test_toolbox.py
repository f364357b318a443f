"""An agent's tools as the tenant has them, run by the function that runs tools."""

import pytest

from pentarch.agents import toolbox
from pentarch.tools.errors import RunnerUnavailableError
from support.agents import CALLER, an_agent
from support.tools import Runner

KEY = "exec-1/step-1/1:1.1"


@pytest.fixture
def runner(aws: None, monkeypatch: pytest.MonkeyPatch) -> Runner:  # noqa: ARG001 (a fixture that this one needs)
    return Runner().use(monkeypatch)


def test_tools_are_offered_by_their_ids_and_those_that_went_are_named(runner: Runner) -> None:
    found = toolbox.of(CALLER, an_agent(tools=["json_transform", "gone", "tool-json-transform"]))
    assert [tool.name for tool in found.offered] == ["tool-json-transform"]
    assert found.missing == ("gone",)
    assert runner.asked == []


def test_an_agent_without_tools_asks_nobody() -> None:
    assert toolbox.of(CALLER, an_agent()) is toolbox.NONE


def test_a_call_repeated_with_its_key_has_the_first_ones_result(runner: Runner) -> None:
    found = toolbox.of(CALLER, an_agent(tools=["json_transform"]), correlation_id="c-1")
    parameters = {"data": {"a": [1, 2]}, "path": "$.a[*]"}
    first, again = (found.run("tool-json-transform", parameters, idempotency_key=KEY, timeout_s=10) for _ in range(2))
    assert first.status == toolbox.COMPLETED
    assert (first.result, again.result) == (first.result, first.result)
    asked = runner.asked[0]["run"]
    assert (asked["tenant"], asked["subject"], asked["correlation_id"]) == ("acme", "key:k1", "c-1")


@pytest.mark.usefixtures("runner")
def test_what_a_tool_cannot_take_is_an_outcome_for_the_model() -> None:
    found = toolbox.of(CALLER, an_agent(tools=["json_transform"]))
    refused = found.run("tool-json-transform", {"nonsense": 1}, idempotency_key=KEY, timeout_s=10)
    assert refused.status == toolbox.FAILED
    assert refused.error


def test_a_runner_that_is_down_fails_the_try_and_not_the_call(runner: Runner) -> None:
    """Whether the tool ran is not known: the next try of the attempt asks with the same key."""
    found = toolbox.of(CALLER, an_agent(tools=["json_transform"]))
    runner.is_down = True
    with pytest.raises(RunnerUnavailableError):
        found.run("tool-json-transform", {"data": 1}, idempotency_key=KEY, timeout_s=10)

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.agents import prompting
from pentarch.agents.toolbox import COMPLETED, FAILED, ToolOutcome
from support.agents import an_agent

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.text())
def test_whatever_a_model_writes_is_an_output(text: str) -> None:
    assert isinstance(prompting.output(text), dict)


@given(st.dictionaries(st.text(max_size=4), JSON, max_size=3))
def test_an_object_is_read_back_fenced_or_not(said: dict[str, Any]) -> None:
    text = json.dumps(said)
    assert prompting.output(text) == prompting.output(f"```json\n{text}\n```") == said


@pytest.mark.parametrize("text", ["[1]", "7", "null", '{"a": 1} and more', "```\nnot JSON\n```", "[" * 100_000])
def test_what_is_no_object_is_a_text(text: str) -> None:
    assert prompting.output(text) == {"text": text}


@given(st.text())
def test_arguments_are_an_object_or_nothing(text: str) -> None:
    given_parameters = prompting.arguments(text)
    assert given_parameters is None or isinstance(given_parameters, dict)


@pytest.mark.parametrize(("text", "expected"), [("", {}), ("  ", {}), ("{}", {}), ('{"a": 1}', {"a": 1}), ("[]", None)])
def test_nothing_stands_for_no_parameters(text: str, expected: Any) -> None:
    assert prompting.arguments(text) == expected


@given(JSON, JSON)
def test_an_agent_is_always_given_something_to_do(prompt: Any, other: Any) -> None:
    system, user = prompting.opening(an_agent(), {"prompt": prompt, "other": other}, {"c": other})
    assert system.content.strip()
    assert user.content.strip()


def test_an_agent_without_a_prompt_is_told_its_name_and_purpose() -> None:
    system, user = prompting.opening(an_agent(system_prompt=" "), {}, {})
    assert (system.content, user.content) == ("You are Reviewer. Reviews code", "Do your work.")


def test_a_long_result_is_cut_and_says_so() -> None:
    told = prompting.told_result(ToolOutcome(COMPLETED, {"text": "x" * 100_000}))
    assert len(told) < prompting.MAX_RESULT_CHARACTERS + 100
    assert "(cut: 1000" in told


def test_a_failure_tells_its_reason_and_no_result() -> None:
    assert json.loads(prompting.told_result(ToolOutcome(FAILED, error="no"))) == {"status": "failed", "error": "no"}

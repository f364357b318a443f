"""One agent's turn over DynamoDB: what it asks, what it calls, what is kept of it, and what a crash repeats."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.client import BaseClient

from pentarch.agents import turn
from pentarch.agents.errors import TurnTimeoutError
from pentarch.agents.journal import MAX_BYTES, TableJournal
from pentarch.agents.model import Agent
from pentarch.agents.turn import CallMade, Task, Turn
from pentarch.llm.errors import UpstreamUnavailableError
from pentarch.llm.model import Role, Sensitivity
from pentarch.llm.service import Gateway
from pentarch.platform import clock
from support.agents import CALLER, FakeToolbox, an_agent
from support.fake_models import FakeModel, ToolModel
from support.gateway import written

pytestmark = pytest.mark.usefixtures("aws")


def work(
    model: FakeModel,
    toolbox: FakeToolbox | None = None,
    *,
    agent: Agent | None = None,
    task: Task | None = None,
    attempt: str = "exec-1/step-1/1",
    seconds: float = 60,
    told: list[CallMade] | None = None,
) -> Turn:
    return turn.run(
        CALLER,
        agent or an_agent(),
        task or Task({"prompt": "go"}),
        attempt_id=attempt,
        deadline=clock.now() + timedelta(seconds=seconds),
        gateway=Gateway(load=model.catalogue),
        journal=TableJournal("acme", attempt),
        toolbox=toolbox or FakeToolbox(),
        tell=(told if told is not None else []).append,
    )


def events() -> list[Any]:
    return list(reversed(written()))


def test_an_agent_is_told_who_it_is_and_reads_parameters_and_context() -> None:
    model = FakeModel()
    task = Task({"prompt": "Review it", "pull_request": 123, "focus": ["speed"]}, {"user_id": "u1", "empty": {}})
    done = work(model, task=task)
    [prompt] = model.prompts
    assert [message.role for message in prompt.messages] == [Role.SYSTEM, Role.USER]
    assert prompt.messages[0].content == "Be brief."
    assert prompt.messages[1].content == (
        'Review it\n\nParameters:\n- pull_request: 123\n- focus: ["speed"]\n\nContext:\n- user_id: u1'
    )
    assert done.output == {"text": done.text}


def test_a_model_calls_tools_until_it_answers_and_each_call_is_told_and_summed() -> None:
    model = ToolModel([("git", '{"a": 1}'), ("lint", "")], [("git", '{"a": 2}')])
    toolbox = FakeToolbox("git", "lint")
    told: list[CallMade] = []
    done = work(model, toolbox, told=told)
    assert [call.key for call in done.calls] == [
        f"exec-1/step-1/1:{key}" for key in ("1", "1.1", "1.2", "2", "2.1", "3")
    ]
    assert [call.kind for call in done.calls] == ["model", "tool", "tool", "model", "tool", "model"]
    assert list(done.calls) == told
    assert (done.tokens, done.cost_nano_usd) == (45, 45 * 7)
    assert toolbox.effects["exec-1/step-1/1:2.1"] == {"git": {"a": 2}}
    assert done.text.count('"did"') == 3
    assert [prompt.call_id for prompt in model.prompts] == [f"exec-1/step-1/1:{number}" for number in (1, 2, 3)]
    facts = [event for event in events() if event.type == "llm.completed"]
    assert [event.data.get("tool_calls") for event in facts] == [["git", "lint"], ["git"], None]
    assert {(event.action, event.agent) for event in facts} == {("agent_turn", "agent-1")}


def test_what_a_tool_says_is_classified_as_what_a_caller_says() -> None:
    model = ToolModel([("crm", '{"say": "4111 1111 1111 1111"}')])
    work(model, FakeToolbox("crm"))
    assert [event.sensitivity for event in events()] == [Sensitivity.INTERNAL, Sensitivity.CRITICAL]


def test_the_more_confidential_of_the_agents_class_and_the_tasks_is_declared() -> None:
    work(FakeModel(), agent=an_agent(sensitivity="SENSITIVE"), task=Task({"prompt": "x"}, declared=Sensitivity.PUBLIC))
    assert [event.sensitivity for event in events()] == [Sensitivity.SENSITIVE]


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("git", '{"fail": "no such branch"}', "no such branch"),
        ("git", "[1]", "the arguments are not a JSON object"),
        ("git", "{broken", "the arguments are not a JSON object"),
        ("rm", "{}", "there is no tool 'rm'"),
    ],
)
def test_a_tool_that_fails_is_told_to_the_model_which_goes_on(name: str, given: str, told: str) -> None:
    done = work(ToolModel([(name, given)]), FakeToolbox("git"))
    assert json.loads(done.text) == {"status": "failed", "error": told}
    assert [call.status for call in done.calls] == ["completed", "failed", "completed"]


def test_a_model_that_never_stops_calling_tools_is_asked_to_answer_in_its_last_round() -> None:
    model = ToolModel(*([("git", "{}")] for _ in range(9)))
    done = work(model, FakeToolbox("git"), agent=an_agent(max_turns=3))
    assert [prompt.tool_choice for prompt in model.prompts] == ["auto", "auto", "none"]
    assert done.finish_reason == "stop"


def test_more_calls_at_once_than_are_made_are_refused_one_by_one() -> None:
    toolbox = FakeToolbox("git")
    done = work(ToolModel([("git", "{}")] * (turn.MAX_CALLS_A_ROUND + 2)), toolbox)
    assert len(toolbox.asked) == turn.MAX_CALLS_A_ROUND
    assert [call.status for call in done.calls].count("failed") == 2


def test_a_model_without_the_feature_reads_the_prompt_alone() -> None:
    model = FakeModel()
    work(model, FakeToolbox("git"))
    assert model.prompts[0].tools == ()


def test_nothing_is_asked_when_the_time_is_over() -> None:
    model = FakeModel()
    with pytest.raises(TurnTimeoutError):
        work(model, seconds=0)
    assert (model.prompts, events()) == ([], [])


def test_a_json_object_is_the_output_and_so_is_a_fenced_one() -> None:
    model = FakeModel()
    model.answer = lambda _: '{"issues": 2}'
    assert work(model, attempt="plain").output == {"issues": 2}
    model.answer = lambda _: '```json\n{"issues": 2}\n```'
    assert work(model, attempt="fenced").output == {"issues": 2}


def test_an_attempt_that_is_repeated_after_its_end_asks_nobody() -> None:
    model, toolbox = ToolModel([("git", "{}")]), FakeToolbox("git")
    first = work(model, toolbox)
    again = work(model, toolbox)
    assert (again.text, again.cost_nano_usd) == (first.text, first.cost_nano_usd)
    assert all(call.recalled for call in again.calls)
    assert (len(model.prompts), len(toolbox.asked), len(events())) == (2, 1, 2)


def test_another_attempt_begins_anew() -> None:
    model = FakeModel()
    work(model, attempt="one")
    work(model, attempt="two")
    assert len(model.prompts) == 2


def test_a_model_that_fails_is_asked_again_by_the_next_try_of_the_attempt() -> None:
    model = ToolModel([("git", "{}")])
    toolbox = FakeToolbox("git")
    answers = iter([UpstreamUnavailableError("down"), None])

    def answer(_: str) -> str:
        if (error := next(answers)) is not None:
            raise error
        return "fine"

    model.answer = answer
    model.rounds = ()
    with pytest.raises(UpstreamUnavailableError):
        work(model, toolbox)
    assert work(model, toolbox).text == "fine"


def test_of_two_workers_on_one_attempt_the_slower_goes_on_with_the_others_result_and_its_cost_is_told() -> None:
    model = FakeModel()

    class Late(TableJournal):
        """Has not read yet what the other has written."""

        def recall(self, key: str, *, fresh: bool = False) -> Any:
            return super().recall(key, fresh=fresh) if fresh else None

    work(model)
    model.answer = lambda _: "another answer"
    done = turn.run(
        CALLER,
        an_agent(),
        Task({"prompt": "go"}),
        attempt_id="exec-1/step-1/1",
        deadline=clock.now() + timedelta(seconds=60),
        gateway=Gateway(load=model.catalogue),
        journal=Late("acme", "exec-1/step-1/1"),
    )
    assert (done.text, done.calls[0].recalled) == ("GO", True)
    assert len(events()) == 2


def test_an_answer_that_is_too_long_to_keep_is_given_all_the_same() -> None:
    model = FakeModel()
    model.answer = lambda _: "x" * (MAX_BYTES + 1)
    assert len(work(model).text) == MAX_BYTES + 1
    assert TableJournal("acme", "exec-1/step-1/1").recall("exec-1/step-1/1:1") is None


class KilledError(BaseException):
    """The process is gone: no handler of the code sees it."""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_turn_killed_at_any_call_to_aws_is_repeated_without_paying_or_acting_twice(
    monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """Only a call that was under way when the process died is made again, and by its key as the same call."""
    original = BaseClient._make_api_call  # type: ignore[attr-defined]
    left = [0]

    def dying(self: Any, operation: str, parameters: Any) -> Any:
        left[0] -= 1
        if when == "before" and left[0] == 0:
            raise KilledError
        answer = original(self, operation, parameters)
        if when == "after" and left[0] == 0:
            raise KilledError
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", dying)
    for call in range(1, 30):
        left[0] = call
        model, toolbox, attempt = (
            ToolModel([("git", "{}"), ("lint", "{}")], [("git", "{}")]),
            FakeToolbox("git", "lint"),
            f"{when}-{call}",
        )
        told: list[CallMade] = []
        killed = False
        try:
            work(model, toolbox, attempt=attempt, told=told)
        except KilledError:
            killed = True
        left[0] = 0
        if not killed:
            break
        done = work(model, toolbox, attempt=attempt, told=told)
        assert len(model.prompts) <= 3 + 1
        assert len(toolbox.asked) <= 3 + 1
        assert list(toolbox.effects) == [f"{attempt}:{key}" for key in ("1.1", "1.2", "2.1")]
        assert [one.key for one in done.calls] == [f"{attempt}:{key}" for key in ("1", "1.1", "1.2", "2", "2.1", "3")]
        assert {one.key for one in told} == {one.key for one in done.calls}
    else:
        pytest.fail("the turn makes more calls than expected")
    assert call > 6, "the turn made hardly any call"

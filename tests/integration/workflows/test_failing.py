"""Steps that fail: tried again where that is worth it, and what becomes of the rest."""

from itertools import pairwise
from typing import Any

from pentarch.platform.errors import InvalidInputError, UnavailableError
from pentarch.usage.model import Consumption
from pentarch.usage.store import count_once, month_key
from support.configurations import configure
from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock
from support.workflows import EXECUTIONS, Machine, Turns, agent_step, begin, make, ran, states
from workflows import sweep


def down(*_: Any) -> Exception:
    return UnavailableError("the model is away")


def senseless(*_: Any) -> Exception:
    return InvalidInputError("that makes no sense", field="data")


def test_what_may_pass_is_tried_again_after_longer_and_longer_pauses(
    api: Caller, machine: Machine, turns: Turns, clock: StoppedClock
) -> None:
    tries: list[float] = []

    def flaky(_: Any, attempt: str) -> Any:
        tries.append(clock.at.timestamp())
        return UnavailableError("away") if len(tries) < 4 else {"attempt": attempt}

    turns.scripts["agent-a"] = flaky
    policy = {"max_retries": 3, "backoff_multiplier": 3, "initial_delay": 2, "jitter": False}
    ended = ran(api, machine, [agent_step("one", retry_policy=policy)])
    assert ended["status"] == "completed"
    assert [round(after - before) for before, after in pairwise(tries)] == [2, 6, 18]
    assert ended["final_result"]["attempt"].endswith("/one/attempt-4")
    assert ended["steps"][0]["attempts"] == 4
    assert ended["metadata"]["total_tokens"] == 40  # failed attempts have cost something too


def test_what_will_not_pass_is_not_tried_again(api: Caller, machine: Machine, turns: Turns) -> None:
    turns.scripts["agent-a"] = senseless
    handling = {"strategy": "retry_with_backoff", "max_retries": 3}
    ended = ran(api, machine, [agent_step("one"), agent_step("two")], error_handling=handling)
    assert ended["status"] == "failed"
    assert len(turns.asked) == 1
    assert ended["error"] == {"reason": "invalid", "message": "one: that makes no sense"}
    assert states(ended) == {"one": "failed", "two": "skipped"}


def test_a_policy_says_which_failures_are_worth_another_try(api: Caller, machine: Machine, turns: Turns) -> None:
    turns.scripts["agent-a"] = senseless
    policy = {"max_retries": 1, "retry_on": ["invalid"]}
    ran(api, machine, [agent_step("one", retry_policy=policy)])
    assert [attempt.rpartition("-")[2] for _, attempt in turns.asked] == ["1", "2"]


def test_fail_fast_ends_at_the_first_failure(api: Caller, machine: Machine, turns: Turns) -> None:
    turns.scripts["agent-b"] = senseless
    steps = [agent_step("bad", agent_id="agent-b"), agent_step("good"), agent_step("after", depends_on=["good"])]
    ended = ran(api, machine, steps, type="dag")
    assert ended["status"] == "failed"
    assert "after" not in turns.steps()


def test_continue_goes_on_with_what_does_not_need_the_failed_step(api: Caller, machine: Machine, turns: Turns) -> None:
    turns.scripts["agent-b"] = senseless
    steps = [
        agent_step("bad", agent_id="agent-b"),
        agent_step("reader", input_mapping={"data": "$.steps.bad.output"}),
        agent_step("other"),
    ]
    ended = ran(api, machine, steps, error_handling={"strategy": "continue"})
    assert states(ended) == {"bad": "failed", "reader": "skipped", "other": "completed"}
    assert ended["status"] == "completed"
    assert ended["result_summary"]["status"] == "partial"


def test_compensation_undoes_what_completed_the_latest_first(api: Caller, machine: Machine, turns: Turns) -> None:
    turns.scripts["agent-b"] = senseless
    steps = [
        agent_step("book-flight"),
        agent_step("book-room"),
        agent_step("pay", agent_id="agent-b"),
        agent_step("send-mail"),
        agent_step("cancel-flight", compensates="book-flight", input_mapping={"flight": "$.steps.book-flight.output"}),
        agent_step("cancel-room", compensates="book-room", input_mapping={"why": "$.error.message"}),
        agent_step("unsend", compensates="send-mail"),
    ]
    ended = ran(api, machine, steps, error_handling={"strategy": "compensate"})
    assert ended["status"] == "failed"
    assert turns.steps() == ["book-flight", "book-room", "cancel-room", "cancel-flight"]
    by_step = {attempt.split("/")[1]: task for attempt, task in turns.effects.items()}
    assert by_step["cancel-room"].parameters["why"] == "that makes no sense"
    assert by_step["cancel-flight"].parameters["flight"]["step"] == "book-flight"
    assert states(ended)["unsend"] == "skipped"


def test_a_failed_item_fails_its_step_unless_the_workflow_goes_on(api: Caller, machine: Machine, turns: Turns) -> None:
    def odd(task: Any, _: str) -> Any:
        return senseless() if task.parameters["n"] == 2 else {"n": task.parameters["n"]}

    turns.scripts["agent-a"] = odd
    steps = [agent_step("each", for_each="$.input.all", max_concurrency=2, input_mapping={"n": "$.item"})]
    asked = {"all": [1, 2, 3]}
    assert ran(api, machine, steps, parameters=asked)["error"]["message"] == "each: item 1: that makes no sense"
    ended = ran(api, machine, steps, parameters=asked, error_handling={"strategy": "continue"})
    assert ended["status"] == "completed"
    assert ended["final_result"]["output"] == [{"n": 1}, None, {"n": 3}]
    assert len(events_of("acme", "step.item_failed")) == 1


def test_an_item_that_may_pass_is_tried_again(api: Caller, machine: Machine, turns: Turns) -> None:
    seen: list[str] = []

    def flaky(_: Any, attempt: str) -> Any:
        seen.append(attempt)
        return down() if attempt.endswith("attempt-1/item-1") else {"ok": True}

    turns.scripts["agent-a"] = flaky
    steps = [agent_step("each", for_each="$.input.all", max_concurrency=1, retry_policy={"max_retries": 2})]
    ended = ran(api, machine, steps, parameters={"all": [1, 2, 3]})
    assert ended["status"] == "completed"
    assert [attempt.split("/", 2)[2] for attempt in seen] == [
        "attempt-1/item-0", "attempt-1/item-1", "attempt-2/item-1", "attempt-1/item-2"
    ]  # fmt: skip
    assert ended["metadata"]["total_tokens"] == 40


def test_an_execution_ends_at_its_deadline(api: Caller, machine: Machine, turns: Turns, clock: StoppedClock) -> None:
    turns.scripts["agent-a"] = down
    policy = {"max_retries": 9, "initial_delay": 3600, "jitter": False}
    ident = begin(api, make(api, [agent_step("one", retry_policy=policy)], timeout=100))
    machine.run(until=lambda: len(turns.asked) == 1)
    clock.advance(minutes=1)
    assert sweep.handler({}, None) == {"looked": 0}
    clock.advance(minutes=3)
    assert sweep.handler({}, None) == {"looked": 1, "expired": 1}
    ended = api.get(f"{EXECUTIONS}/{ident}").expect(200).json()
    assert (ended["status"], ended["error"]["reason"]) == ("failed", "timeout")
    machine.run()
    assert len(turns.asked) == 1


def test_a_budget_that_the_tenant_sets_itself_ends_what_runs_when_it_is_spent(
    api: Caller, machine: Machine, turns: Turns, clock: StoppedClock
) -> None:
    configure(api, "budget", {"monthly_usd": 1e-6})

    def spends(_: Any, attempt: str) -> Any:
        count_once("acme", {attempt: [(month_key(clock.at), Consumption(cost_nano_usd=1_000))]}, clock.at)
        return {}

    turns.scripts["agent-a"] = spends
    ended = ran(api, machine, [agent_step("one"), agent_step("two")])
    assert states(ended) == {"one": "completed", "two": "failed"}
    assert ended["error"] == {"reason": "quota_exceeded", "message": "two: the budget of this month is spent"}
    assert turns.steps() == ["one"]

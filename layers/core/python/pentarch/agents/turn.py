"""One agent's work on one task: ask the model, run the tools that it calls, ask again, until it answers.

Each model call and each tool call has a key: the attempt's id and its number. The key names the call to the backend and
to the tool, so that a repetition is known there, and to the journal, which keeps what the call gave. So an attempt
that is begun again after a crash goes through the same calls, and makes only those that had not ended.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from pentarch.agents import prompting
from pentarch.agents.errors import TurnTimeoutError
from pentarch.agents.journal import Journal
from pentarch.agents.model import Agent
from pentarch.agents.toolbox import COMPLETED, FAILED, NONE, Toolbox, ToolOutcome
from pentarch.identity.model import Caller
from pentarch.llm.call import Answer, ModelRequest
from pentarch.llm.errors import AnsweredBeforeError, UpstreamTimeoutError
from pentarch.llm.model import Message, Prompt, Role, Sensitivity, ToolCall
from pentarch.llm.service import Gateway
from pentarch.platform import clock
from pentarch.platform.tables import Transaction

ACTION = "agent_turn"
MAX_ROUNDS = 8
"""Model calls of a turn, unless the agent's `max_turns` says another number; in the last one no tool is offered."""
MAX_CALLS_A_ROUND = 8
MODEL_CALL_S = 240.0
TOOL_CALL_S = 60.0
_LEAST_S = 1.0
MODEL = "model"
TOOL = "tool"


class CallMade(NamedTuple):
    """A model call or a tool call that came to its end."""

    key: str
    """The same when the attempt is repeated: a log has one line of it."""
    kind: str
    """MODEL or TOOL."""
    name: str
    status: str
    """COMPLETED or FAILED."""
    message: str
    """For a log: names and numbers, no word of prompt or answer."""
    seconds: float
    tokens: int = 0
    cost_nano_usd: int = 0
    recalled: bool = False
    """Whether it was made by an earlier try of the same attempt."""


@dataclass(frozen=True, slots=True)
class Task:
    parameters: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    declared: Sensitivity | None = None
    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of it."""

    output: dict[str, Any]
    """The JSON object that the model answered, or its text under `text`."""
    text: str
    model: str
    provider: str
    tokens: int
    cost_nano_usd: int
    calls: tuple[CallMade, ...]
    finish_reason: str
    """As of a completion; "max_turns" when the model still called tools in its last round."""


def ignore(_: CallMade) -> None:
    """Tell nobody."""


def run(
    caller: Caller,
    agent: Agent,
    task: Task,
    *,
    attempt_id: str,
    deadline: datetime,
    gateway: Gateway,
    journal: Journal,
    toolbox: Toolbox = NONE,
    tell: Callable[[CallMade], None] = ignore,
) -> Turn:
    """Work on a task until the model answers.

    Raises TurnTimeoutError when the time is over, and what the gateway raises when no model answers; a tool that fails
    is told to the model. `tell` hears of every call in its order, of those too that an earlier try made.
    """
    return _Run(caller, agent, task, attempt_id, deadline, gateway, journal, toolbox, tell).go()


@dataclass(slots=True)
class _Run:
    caller: Caller
    agent: Agent
    task: Task
    attempt_id: str
    deadline: datetime
    gateway: Gateway
    journal: Journal
    toolbox: Toolbox
    tell: Callable[[CallMade], None]
    calls: list[CallMade] = field(default_factory=list)

    def go(self) -> Turn:
        messages = prompting.opening(self.agent, self.task.parameters, self.task.context)
        rounds = int(self.agent.configuration.get("max_turns") or MAX_ROUNDS)
        for number in range(1, rounds + 1):
            key = f"{self.attempt_id}:{number}"
            said = self._ask(key, messages, is_last=number == rounds)
            wanted = [ToolCall(*call) for call in said["tool_calls"]]
            if not wanted or number == rounds:
                return self._end(said, still_calls=bool(wanted))
            results = tuple(self._call(f"{key}.{place}", call, place) for place, call in enumerate(wanted, start=1))
            messages = (*messages, Message(Role.ASSISTANT, said["text"], tuple(wanted)), *results)
        raise AssertionError  # there is a last round

    def _end(self, said: Mapping[str, Any], *, still_calls: bool) -> Turn:
        return Turn(
            output=prompting.output(said["text"]),
            text=said["text"],
            model=said["model"],
            provider=said["provider"],
            tokens=sum(call.tokens for call in self.calls),
            cost_nano_usd=sum(call.cost_nano_usd for call in self.calls),
            calls=tuple(self.calls),
            finish_reason="max_turns" if still_calls else said["finish_reason"],
        )

    def _ask(self, key: str, messages: tuple[Message, ...], *, is_last: bool) -> Mapping[str, Any]:
        """One model call, or what an earlier try of it gave."""
        said = self.journal.recall(key)
        recalled = said is not None
        if said is None:
            said, recalled = self._paid(key, messages, is_last=is_last)
        tokens = said["prompt_tokens"] + said["completion_tokens"]
        message = f"{said['model']} answered with {tokens} tokens"
        if said["tool_calls"]:
            message += f" and calls {', '.join(call[1] for call in said['tool_calls'])}"
        self._made(
            CallMade(
                key, MODEL, said["model"], COMPLETED, message, said["seconds"], tokens, said["cost_nano_usd"], recalled
            )
        )
        return said

    def _paid(self, key: str, messages: tuple[Message, ...], *, is_last: bool) -> tuple[Mapping[str, Any], bool]:
        """What the model says, and whether another try was faster; the result is kept with the call's event."""
        offered = self.toolbox.offered
        prompt = Prompt(
            messages,
            prompting.sampling(self.agent),
            tools=offered,
            tool_choice="none" if offered and is_last else "auto",
            call_id=key,
        )
        request = ModelRequest(
            prompt,
            self.agent.model,
            action=ACTION,
            declared=self._declared(),
            agent=self.agent.id,
            correlation_id=self.task.correlation_id,
            timeout_s=min(self._remaining(), MODEL_CALL_S),
        )

        def keep(transaction: Transaction, answer: Answer) -> None:
            self.journal.record(transaction, key, _kept(answer))

        try:
            answer = self.gateway.complete(self.caller, request, also=keep)
        except UpstreamTimeoutError as error:
            if self._seconds_left() < _LEAST_S:
                raise TurnTimeoutError from error
            raise
        except AnsweredBeforeError:
            said = self.journal.recall(key, fresh=True)
            if said is None:
                raise
            return said, True
        return _kept(answer), False

    def _declared(self) -> Sensitivity | None:
        """The task's class or the agent's, whichever is more confidential."""
        own = self.agent.configuration.get("sensitivity")
        declared = [one for one in (self.task.declared, Sensitivity(own) if own else None) if one is not None]
        return max(declared, key=lambda sensitivity: sensitivity.rank, default=None)

    def _call(self, key: str, call: ToolCall, place: int) -> Message:
        """One tool call, or what an earlier try of it gave."""
        said = self.journal.recall(key)
        recalled = said is not None
        if said is None:
            outcome = self._outcome(key, call, place)
            said = {"status": outcome.status, "text": prompting.told_result(outcome), "seconds": outcome.seconds}
            transaction = Transaction()
            self.journal.record(transaction, key, said)
            try:
                if len(transaction):
                    transaction.commit()
            except AnsweredBeforeError:
                said = self.journal.recall(key, fresh=True) or said
                recalled = True
        message = f"{call.name} {said['status']} in {said['seconds']:.2f} s"
        self._made(CallMade(key, TOOL, call.name, said["status"], message, said["seconds"], recalled=recalled))
        return Message(Role.TOOL, said["text"], tool_call_id=call.id)

    def _outcome(self, key: str, call: ToolCall, place: int) -> ToolOutcome:
        if place > MAX_CALLS_A_ROUND:
            return ToolOutcome(FAILED, error=f"at most {MAX_CALLS_A_ROUND} tools are called at once; call it again")
        if call.name not in {tool.name for tool in self.toolbox.offered}:
            return ToolOutcome(FAILED, error=f"there is no tool {call.name!r}")
        parameters = prompting.arguments(call.arguments)
        if parameters is None:
            return ToolOutcome(FAILED, error="the arguments are not a JSON object")
        timeout_s = min(self._remaining(), TOOL_CALL_S)
        return self.toolbox.run(call.name, parameters, idempotency_key=key, timeout_s=timeout_s)

    def _made(self, call: CallMade) -> None:
        self.calls.append(call)
        self.tell(call)

    def _remaining(self) -> float:
        """Seconds for what comes next; TurnTimeoutError when there are none."""
        left = self._seconds_left()
        if left < _LEAST_S:
            raise TurnTimeoutError
        return left

    def _seconds_left(self) -> float:
        return (self.deadline - clock.now()).total_seconds()


def _kept(answer: Answer) -> dict[str, Any]:
    completion = answer.completion
    return {
        "text": completion.text,
        "finish_reason": completion.finish_reason,
        "tool_calls": [list(call) for call in completion.tool_calls],
        "model": answer.model,
        "provider": answer.provider,
        "prompt_tokens": completion.usage.prompt_tokens,
        "completion_tokens": completion.usage.completion_tokens,
        "cost_nano_usd": answer.cost_nano_usd,
        "seconds": round(answer.seconds, 3),
        "event_id": answer.event_id,
    }

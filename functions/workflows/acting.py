"""What a step does: an agent's turn, a tool's run, or nothing but its mapping."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from pentarch.identity.model import Caller
from pentarch.platform import clock
from pentarch.platform.errors import Meaning, PentarchError
from pentarch.platform.passing import is_passing
from pentarch.tools import client as tools
from workflows.definition import Failure, Step, StepType
from workflows.errors import StepFailedError
from workflows.journals import Journal
from workflows.model import Spent, Wrong

if TYPE_CHECKING:
    from pentarch.llm.service import Gateway

_FAILURES = {
    Meaning.INVALID: Failure.INVALID,
    Meaning.UNAUTHENTICATED: Failure.FORBIDDEN,
    Meaning.FORBIDDEN: Failure.FORBIDDEN,
    Meaning.NOT_FOUND: Failure.NOT_FOUND,
    Meaning.CONFLICT: Failure.CONFLICT,
    Meaning.TOO_LARGE: Failure.INVALID,
    Meaning.RATE_LIMITED: Failure.RATE_LIMITED,
    Meaning.QUOTA_EXCEEDED: Failure.QUOTA_EXCEEDED,
    Meaning.MODEL_NOT_FOUND: Failure.NOT_FOUND,
    Meaning.POLICY_REFUSED: Failure.POLICY_REFUSED,
    Meaning.UPSTREAM_FAILED: Failure.UPSTREAM_FAILED,
    Meaning.UPSTREAM_TIMEOUT: Failure.UPSTREAM_TIMEOUT,
    Meaning.UNAVAILABLE: Failure.UNAVAILABLE,
}

NOTHING = Spent()


@dataclass(frozen=True, slots=True)
class Task:
    """One attempt of one step, or of one item of it."""

    caller: Caller
    step: Step
    given: Mapping[str, Any]
    context: Mapping[str, Any]
    attempt_id: str
    """What every effect is known by: passed on as the Idempotency-Key."""
    timeout_s: float
    correlation_id: str
    journal: Journal
    look: Callable[[], None]
    """Called between its calls; raises StoppedError when the execution is over."""
    count: Callable[[Spent], None]
    """Told what each call cost."""


@dataclass(frozen=True, slots=True)
class Done:
    output: Any
    spent: Spent = NOTHING


def perform(task: Task) -> Done:
    """Raises PentarchError for a failure, and StoppedError when the execution is over."""
    match task.step.type:
        case StepType.AGENT:
            return _agent(task)
        case StepType.TOOL:
            return _tool(task)
        case _:
            return Done(dict(task.given))


def wrong_of(error: Exception) -> Wrong:
    """How a failure is told: the messages of our own errors hold no secret, of any other only its kind is told."""
    if isinstance(error, StepFailedError):
        return Wrong(Failure.TOOL_FAILED, error.message)
    if isinstance(error, TimeoutError):
        return Wrong(Failure.TIMEOUT, str(error) or "the step took longer than it may")
    if isinstance(error, PentarchError):
        return Wrong(_FAILURES.get(error.meaning, Failure.INTERNAL), error.message)
    return Wrong(Failure.INTERNAL, f"an unexpected {type(error).__name__}; the correlation id finds it in the journals")


def is_outage(error: Exception) -> bool:
    """Whether AWS did not answer, which is no failure of the step."""
    return not isinstance(error, PentarchError) and is_passing(error)


def _agent(task: Task) -> Done:
    """The turn keeps what each call gave under the attempt's id, so another worker goes on where this one ended."""
    from pentarch.agents import store as agents
    from pentarch.agents import toolbox, turn
    from pentarch.agents.errors import AgentNotFoundError, TurnTimeoutError
    from pentarch.agents.journal import TableJournal

    agent = agents.get(task.caller.tenant, task.step.agent_id or "")
    if agent is None:
        raise AgentNotFoundError
    tools_of_agent = toolbox.of(task.caller, agent, correlation_id=task.correlation_id)
    for missing in tools_of_agent.missing:
        task.journal.warning(f"There is no tool {missing}", tool=missing)

    def tell(call: turn.CallMade) -> None:
        level = "info" if call.status == toolbox.COMPLETED else "warning"
        facts = {"kind": call.kind, "name": call.name, "duration": call.seconds, "tokens": call.tokens or None}
        task.journal.write(level, call.message, facts)
        task.count(Spent(call.tokens, call.cost_nano_usd))
        task.look()

    try:
        made = turn.run(
            task.caller,
            agent,
            turn.Task(task.given, task.context, correlation_id=task.correlation_id),
            attempt_id=task.attempt_id,
            deadline=clock.now() + timedelta(seconds=task.timeout_s),
            gateway=_gateway(),
            journal=TableJournal(task.caller.tenant, task.attempt_id),
            toolbox=tools_of_agent,
            tell=tell,
        )
    except TurnTimeoutError as error:
        raise TimeoutError(error.message) from error
    return Done(made.output, Spent(made.tokens, made.cost_nano_usd))


@cache
def _gateway() -> "Gateway":
    """One for the life of the process: it remembers which models fail."""
    from pentarch.llm.service import Gateway

    return Gateway()


def _tool(task: Task) -> Done:
    ran = tools.run(
        task.caller.tenant,
        task.caller.subject,
        task.step.tool_id or "",
        task.given,
        idempotency_key=task.attempt_id,
        timeout_s=task.timeout_s,
        correlation_id=task.correlation_id,
    )
    if ran.error is not None:
        task.journal.warning(f"Tool failed: {ran.tool_id}", code=ran.error.code, duration=ran.execution_time)
        raise StepFailedError(ran.error.message, details={"code": ran.error.code})
    task.journal.info(f"Tool ran: {ran.tool_id}", duration=ran.execution_time)
    return Done(None if ran.result is None else dict(ran.result))

"""One run of a tool, from who asks to the event that tells of it."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pentarch.events import store as events
from pentarch.events.actor import Actor
from pentarch.events.model import Event
from pentarch.platform import clock
from pentarch.platform.ids import uuid7
from pentarch.tools import service, validation
from pentarch.tools.errors import ParametersError
from pentarch.tools.model import Fault, Kind, Status, ToolResult, ToolSpec
from tools import facts, fitting
from tools.dispatch import dispatch
from tools.failures import ToolFailedError
from tools.runs import Claim, OutcomeUnknownError

OPEN_FOR = timedelta(seconds=180)
"""How long a run may be under way: longer than the function that runs it may take."""
SAFE_METHODS = ("GET", "HEAD")
_UNKNOWN = Fault(
    "outcome_unknown",
    "an earlier run with this idempotency key was cut off, and may have changed something: it is not repeated",
)


@dataclass(frozen=True, slots=True)
class Asked:
    actor: Actor
    tool: str
    """Its id or name."""
    parameters: Mapping[str, Any]
    timeout_s: float
    idempotency_key: str | None = None


def run(asked: Asked, now: Callable[[], datetime] = clock.now) -> ToolResult:
    """Raises ToolNotFoundError, ParametersError, KeyReusedError and RunInProgressError."""
    spec = service.get(asked.actor.tenant, asked.tool)
    faults = validation.faults(spec, asked.parameters)
    if faults:
        raise ParametersError(faults)
    if asked.idempotency_key is None:
        result = _attempt(asked, spec)
        event = _executed(asked, result, now())
        events.append(event)
        return replace(result, event_id=event.id)
    return _once(asked, spec, asked.idempotency_key, now)


def _once(asked: Asked, spec: ToolSpec, key: str, now: Callable[[], datetime]) -> ToolResult:
    actor, acts, name = asked.actor, acts_outside(spec, asked.parameters), uuid7()
    claim = Claim.of(actor.tenant, actor.subject, spec.id, asked.parameters, key, acts=acts, name=name)
    begun = now()
    started = facts.did(actor, facts.STARTED, spec.id, begun, run_id=name, kind=spec.kind) if acts else None
    try:
        first = claim.begin(begun, OPEN_FOR, started)
    except OutcomeUnknownError:
        return ToolResult(spec.id, Status.FAILED, None, _UNKNOWN, 0.0)
    if first is not None:
        return replace(ToolResult.read(first), replayed=True)
    result = _attempt(asked, spec, effect_key=hashlib.sha256(claim.key.encode()).hexdigest())
    event = _executed(asked, result, now(), run_id=name)
    result = replace(result, event_id=event.id)
    claim.complete(fitting.encoded(result.shown()).decode(), event)
    return result


def acts_outside(spec: ToolSpec, parameters: Mapping[str, Any]) -> bool:
    """Whether this run may change something that a second one would change again."""
    if spec.kind is Kind.BUILT_IN and spec.acts:
        return parameters.get("method", "GET") not in SAFE_METHODS
    return spec.acts


def _attempt(asked: Asked, spec: ToolSpec, effect_key: str | None = None) -> ToolResult:
    parameters = validation.with_defaults(spec, asked.parameters)
    begun = time.perf_counter()
    try:
        found = dispatch(asked.actor, spec, parameters, timeout_s=asked.timeout_s, effect_key=effect_key)
        result, is_cut = fitting.fitted(found)
    except ToolFailedError as error:
        elapsed = round(time.perf_counter() - begun, 3)
        return ToolResult(spec.id, Status.FAILED, None, Fault(error.code, error.message), elapsed)
    elapsed = round(time.perf_counter() - begun, 3)
    is_cut = is_cut or result.get("truncated") is True
    return ToolResult(spec.id, Status.COMPLETED, result, None, elapsed, truncated=is_cut)


def _executed(asked: Asked, result: ToolResult, at: datetime, **more: Any) -> Event:  # noqa: ANN401 (JSON)
    given = json.dumps(asked.parameters, sort_keys=True).encode()
    made = b"" if result.result is None else fitting.encoded(result.result)
    return facts.did(
        asked.actor,
        facts.EXECUTED,
        result.tool_id,
        at,
        outcome=result.status,
        error=None if result.error is None else result.error.code,
        duration_ms=round(result.execution_time * 1000),
        input_bytes=len(given),
        input_sha256=hashlib.sha256(given).hexdigest(),
        output_bytes=len(made),
        output_sha256=hashlib.sha256(made).hexdigest(),
        **more,
    )

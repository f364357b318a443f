"""What replies show, as the Meta-Agents reference has it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pentarch.platform.clock import iso
from pentarch.platform.dialects import person
from pentarch.platform.money import usd
from workflows import planner
from workflows.definition import Step, StepType, longest_s
from workflows.journals import Line
from workflows.model import Execution, Snapshot, State, StepRow, Workflow
from workflows.planner import StepState

JsonObject = dict[str, Any]


def workflow(one: Workflow) -> JsonObject:
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "type": one.body["type"],
        "status": one.status,
        "version": one.version,
        "revision": one.revision,
        **{name: value for name, value in one.body.items() if name != "type"},
        "tags": list(one.tags),
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
        "created_by": person(one.created_by),
    }


def pagination(page: int, size: int, total: int, next_cursor: str | None = None) -> JsonObject:
    told: JsonObject = {"page": page, "pageSize": size, "totalItems": total, "totalPages": -(-total // size)}
    return told if next_cursor is None else {**told, "next_cursor": next_cursor}


def begun_agent(found: Snapshot) -> JsonObject:
    execution = found.execution
    return {
        "execution_id": execution.id,
        "agent_id": execution.agent_id,
        "status": execution.state,
        "created_at": iso(execution.created_at),
        "estimated_completion": iso(_estimated_end(found)),
    }


def begun_workflow(found: Snapshot) -> JsonObject:
    execution = found.execution
    return {
        "execution_id": execution.id,
        "workflow_id": execution.workflow_id,
        "status": execution.state,
        "started_at": iso(execution.started_at or execution.created_at),
        "estimated_completion": iso(_estimated_end(found)),
        "progress": progress(found),
        **({} if execution.agent_id is None else {"agent_id": execution.agent_id}),
        **({} if execution.rerun_of is None else {"rerun_of": execution.rerun_of}),
    }


def progress(found: Snapshot, shares: float = 0) -> JsonObject:
    """Of the steps of the normal course: how many have ended, and which one it is at.

    `shares` is how much is done of those over lists that are under way, each of which counts as 1.
    """
    execution = found.execution
    total = execution.total_steps
    ended = execution.steps_completed + execution.steps_failed + execution.steps_skipped
    if execution.state is State.COMPLETED:
        ended = total
    current = ended if execution.state.ended else min(total, ended + 1)
    return {"current_step": current, "total_steps": total, "percentage": _percentage(ended, shares, total)}


def _percentage(ended: int, shares: float, total: int) -> float:
    return round(100 * min(ended + shares, total) / total, 1)


def status(found: Snapshot, at: datetime, shares: float = 0) -> JsonObject:
    execution = found.execution
    begun = execution.started_at or execution.created_at
    elapsed = max(0.0, ((execution.ended_at or at) - begun).total_seconds())
    at_work = [step for step in found.definition.steps if found.row(step.key).state in _AT_WORK]
    remaining = None
    if execution.state.ended:
        remaining = 0.0
    elif execution.estimate_s is not None:
        remaining = round(max(0.0, execution.estimate_s - elapsed), 3)
    name = at_work[0].name if at_work and not execution.state.ended else None
    return {
        "execution_id": execution.id,
        "status": execution.state,
        "progress": {**progress(found, shares), "current_step_name": name},
        "elapsed_time": round(elapsed, 3),
        "estimated_remaining": remaining,
        **_why(execution),
    }


def execution(found: Snapshot, results: Mapping[str, Any]) -> JsonObject:
    one = found.execution
    return {
        **listed(one),
        "created_at": iso(one.created_at),
        "version": one.version,
        "steps": [step_of(found, step, results.get(step.key)) for step in found.definition.steps],
        "final_result": final_result(found, results),
        "metadata": {
            "total_tokens": one.spent.tokens,
            "total_cost": usd(one.spent.cost_nano_usd),
            "user_id": one.user_id,
            "workflow_revision": one.workflow_revision,
            "rerun_of": one.rerun_of,
            "correlation_id": one.correlation_id,
        },
    }


def listed(one: Execution) -> JsonObject:
    return {
        "id": one.id,
        "workflow_id": one.workflow_id,
        "workflow_name": one.workflow_name,
        "agent_id": one.agent_id,
        "status": one.state,
        "started_at": _time(one.started_at),
        "completed_at": _time(one.ended_at),
        "duration": _seconds(one.started_at, one.ended_at),
        "steps_completed": one.steps_completed,
        "steps_failed": one.steps_failed,
        "result_summary": _summary(one),
        **_why(one),
    }


def cancelled(found: Snapshot) -> JsonObject:
    one = found.execution
    return {"execution_id": one.id, "status": one.state, "cancelled_at": _time(one.ended_at)}


def decided(found: Snapshot, step_id: str) -> JsonObject:
    return {"execution_id": found.execution.id, "step_id": step_id, "status": found.row(step_id).state}


def line(one: Line) -> JsonObject:
    return {
        "timestamp": iso(one.at),
        "level": one.level,
        "message": one.message,
        "step_id": one.step_id,
        "metadata": dict(one.metadata),
    }


def final_result(found: Snapshot, results: Mapping[str, Any]) -> JsonObject | None:
    """What the last step left; where several are last, what each of them left, by its id."""
    if found.execution.state is not State.COMPLETED:
        return None
    last = [key for key in planner.last_steps(found.definition) if key in results]
    if not last:
        last = list(found.completed[-1:])
    if len(last) == 1:
        return as_object(results[last[0]].get("result"))
    return {key: results[key].get("result") for key in last}


def as_object(value: object) -> JsonObject:
    """A step's result is an object; what is none stands under `output`."""
    return dict(value) if isinstance(value, Mapping) else {"output": value}


_AT_WORK = (StepState.READY, StepState.RUNNING, StepState.WAITING)


def step_of(found: Snapshot, step: Step, left: Any) -> JsonObject:  # noqa: ANN401 (JSON)
    row = found.row(step.key)
    shown: JsonObject = {
        "step_id": step.key,
        "step_name": step.name,
        "type": step.type,
        "agent_id": step.agent_id,
        "status": _state(found, step, row),
        "started_at": _time(row.started_at),
        "completed_at": _time(row.ended_at),
        "duration": _seconds(row.started_at, row.ended_at),
        "result": None if left is None else as_object(left.get("result")),
        "attempts": row.attempt,
        "tokens": row.spent.tokens,
        "cost": usd(row.spent.cost_nano_usd),
    }
    if step.tool_id is not None:
        shown["tool_id"] = step.tool_id
    if row.items is not None:
        shown["items"] = row.items
    if row.wrong is not None:
        shown["error"] = {"reason": row.wrong.kind, "message": row.wrong.message}
    if row.reason is not None:
        shown["reason"] = row.reason
    return shown


def _state(found: Snapshot, step: Step, row: StepRow) -> str:
    """In the words of executions; a step that an execution's end found under way shares that end."""
    if row.state.ended:
        return row.state
    if found.execution.state.ended:
        begun = row.state not in (StepState.PENDING, StepState.READY)
        return "cancelled" if begun or found.execution.state is State.CANCELLED else "skipped"
    if row.state is StepState.WAITING:
        return "waiting_for_approval" if step.type is StepType.APPROVAL else "retrying"
    return {StepState.READY: "queued"}.get(row.state, row.state)


def _estimated_end(found: Snapshot) -> datetime:
    """By the past runs; where none was measured, when it ends at the latest if nothing is tried again."""
    one = found.execution
    seconds = one.estimate_s if one.estimate_s is not None else longest_s(found.definition)
    return (one.started_at or one.created_at) + timedelta(seconds=seconds)


_SAID = {State.COMPLETED: "success", State.FAILED: "failed", State.CANCELLED: "cancelled"}


def _summary(one: Execution) -> JsonObject | None:
    """How it ended, with the numbers of what its last step left."""
    if not one.state.ended:
        return None
    said = "partial" if one.state is State.COMPLETED and one.steps_failed else _SAID[one.state]
    numbers: JsonObject = json.loads(one.numbers) if one.numbers else {}
    return {**numbers, "status": said}


def _why(one: Execution) -> JsonObject:
    return {} if one.wrong is None else {"error": {"reason": one.wrong.kind, "message": one.wrong.message}}


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else round((end - start).total_seconds(), 3)


def _time(at: datetime | None) -> str | None:
    return None if at is None else iso(at)


def lines(found: Sequence[Line]) -> list[JsonObject]:
    return [line(one) for one in found]

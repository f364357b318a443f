"""The events of workflows and executions: what changed, from before and after. No input, output or name is told."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pentarch.events.model import Event, happened
from workflows.definition import StepType
from workflows.model import Execution, Snapshot, State, StepRow, Workflow
from workflows.planner import StepState

WORKFLOW_CREATED = "workflow.created"
WORKFLOW_UPDATED = "workflow.updated"
WORKFLOW_DELETED = "workflow.deleted"
QUEUED = "execution.queued"
STARTED = "execution.started"
COMPLETED = "execution.completed"
FAILED = "execution.failed"
CANCELLED = "execution.cancelled"
STEP_STARTED = "step.started"
STEP_COMPLETED = "step.completed"
STEP_FAILED = "step.failed"
STEP_RETRYING = "step.retrying"
STEPS_SKIPPED = "step.skipped"
ITEM_FAILED = "step.item_failed"
APPROVAL_REQUESTED = "approval.requested"
APPROVAL_GRANTED = "approval.granted"
APPROVAL_REJECTED = "approval.rejected"
_ACTIONS = {
    WORKFLOW_CREATED: "workflow_create",
    WORKFLOW_UPDATED: "workflow_update",
    WORKFLOW_DELETED: "workflow_delete",
    QUEUED: "execution_queue",
    STARTED: "execution_start",
    STEP_STARTED: "step_start",
    STEP_COMPLETED: "step_complete",
    STEP_FAILED: "step_fail",
    STEP_RETRYING: "step_retry",
    STEPS_SKIPPED: "step_skip",
    ITEM_FAILED: "step_item_fail",
    APPROVAL_REQUESTED: "approval_request",
    APPROVAL_GRANTED: "approval_grant",
    APPROVAL_REJECTED: "approval_reject",
    COMPLETED: "execution_complete",
    FAILED: "execution_fail",
    CANCELLED: "execution_cancel",
}
"""As auditors name them."""
_ENTERED = {
    State.QUEUED: QUEUED,
    State.RUNNING: STARTED,
    State.COMPLETED: COMPLETED,
    State.FAILED: FAILED,
    State.CANCELLED: CANCELLED,
}


def of_workflow(event_type: str, workflow: Workflow, actor: str, correlation_id: str, at: datetime) -> Event:
    return happened(
        at,
        workflow.tenant,
        event_type,
        action=_ACTIONS[event_type],
        actor=actor,
        resource=workflow.id,
        tags=("change_management",),
        correlation_id=correlation_id,
        data={
            "workflow_id": workflow.id,
            "version": workflow.version,
            "revision": workflow.revision,
            "workflow_type": workflow.body.get("type"),
            "steps": len(workflow.body["steps"]),
        },
    )


def of_change(before: Snapshot | None, after: Snapshot, at: datetime, actor: str | None = None) -> list[Event]:
    """What a change of an execution tells: of its steps first, then of itself. The actor is its owner unless given."""
    return list(_changes(before, after, at, actor))


def of_item(execution: Execution, step_id: str, index: int, kind: str, at: datetime) -> Event:
    return _event(execution, ITEM_FAILED, at, None, step_id=step_id, item=index, reason=kind)


def _changes(before: Snapshot | None, after: Snapshot, at: datetime, actor: str | None) -> Iterator[Event]:
    execution = after.execution
    opening = before is None or before.execution.state is not execution.state
    if opening and not execution.state.ended:
        yield _event(execution, _ENTERED[execution.state], at, actor, **_named(execution))
    skipped = []
    for key, row in after.rows.items():
        earlier = before.rows.get(key) if before else None
        if row is earlier:
            continue
        if row.state is StepState.SKIPPED:
            skipped.append(key)
            continue
        event_type = _told_of(after, row, earlier)
        if event_type is not None:
            yield _event(execution, event_type, at, actor, **_of_step(after, row))
    if skipped:
        yield _event(execution, STEPS_SKIPPED, at, actor, steps=skipped)
    if opening and execution.state.ended:
        facts = {
            "steps_completed": execution.steps_completed,
            "steps_failed": execution.steps_failed,
            "tokens": execution.spent.tokens,
            "cost_nano_usd": execution.spent.cost_nano_usd,
            "reason": execution.wrong.kind if execution.wrong else None,
        }
        yield _event(execution, _ENTERED[execution.state], at, actor, **_named(execution), **facts)


def _told_of(after: Snapshot, row: StepRow, earlier: StepRow | None) -> str | None:
    approval = after.definition.step(row.id).type is StepType.APPROVAL
    was = None if earlier is None else earlier.state
    match row.state:
        case StepState.RUNNING if earlier is None or row.attempt != earlier.attempt:
            return STEP_STARTED
        case StepState.WAITING if row.state is not was:
            return APPROVAL_REQUESTED if approval else STEP_RETRYING
        case StepState.COMPLETED if row.state is not was and row.result_of is None:
            return APPROVAL_GRANTED if approval else STEP_COMPLETED
        case StepState.FAILED if row.state is not was:
            return APPROVAL_REJECTED if approval else STEP_FAILED
    return None


def _of_step(after: Snapshot, row: StepRow) -> dict[str, Any]:
    step = after.definition.step(row.id)
    seconds = None
    if row.started_at is not None and row.ended_at is not None:
        seconds = round((row.ended_at - row.started_at).total_seconds(), 3)
    return {
        "step_id": row.id,
        "step_type": step.type,
        "agent_id": step.agent_id,
        "tool_id": step.tool_id,
        "attempt": row.attempt or None,
        "reason": row.wrong.kind if row.wrong else None,
        "duration": seconds,
        "tokens": row.spent.tokens or None,
        "cost_nano_usd": row.spent.cost_nano_usd or None,
    }


def _named(execution: Execution) -> dict[str, Any]:
    return {
        "workflow_id": execution.workflow_id,
        "agent_id": execution.agent_id,
        "rerun_of": execution.rerun_of,
        "status": execution.state,
    }


def _event(execution: Execution, event_type: str, at: datetime, actor: str | None, **data: Any) -> Event:  # noqa: ANN401
    facts = {"execution_id": execution.id, **data}
    return happened(
        at,
        execution.tenant,
        event_type,
        action=_ACTIONS[event_type],
        actor=actor or execution.owner.subject,
        resource=execution.id,
        agent=execution.agent_id,
        tags=("data_processing",),
        correlation_id=execution.correlation_id,
        data={name: value for name, value in facts.items() if value is not None},
    )

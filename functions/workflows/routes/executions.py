"""Executions, as the Meta-Agents reference has them; decisions, and running again from a step on."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Query

from pentarch.platform import clock
from pentarch.platform.errors import InvalidInputError
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router
from workflows import deciding, journals, listing, shown, starting, store
from workflows.ids import is_execution_id
from workflows.model import State
from workflows.routes.common import DEFAULT_SIZE, INVOKE, READ, WRITE, ExecutionId, PageNumber, PageSize, StepId
from workflows.schemas import Decision, RerunRequest

MAX_LINES = 500

router = governed_router(prefix="/api/v1/executions", tags=["Meta-Agents: executions"])

Filter = Annotated[str | None, Query(min_length=1, max_length=64)]


class Level(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _instant(text: str | None, field: str) -> datetime | None:
    if text is None:
        return None
    try:
        # A plus sign that was not escaped arrives as a space.
        return clock.parse_iso(text.replace(" ", "+"))
    except ValueError as error:
        msg = f"{field} is no instant: it looks like 2026-11-21T10:00:00Z"
        raise InvalidInputError(msg, field=field) from error


@router.get("", summary="List executions, newest first")
@access(READ)
async def list_executions(  # noqa: PLR0917 (FastAPI passes them by name)
    caller: CurrentCaller,
    workflow_id: Filter = None,
    agent_id: Filter = None,
    status: State | None = None,
    start: Annotated[str | None, Query(alias="from", max_length=64)] = None,
    end: Annotated[str | None, Query(alias="to", max_length=64)] = None,
    page: PageNumber = 1,
    size: PageSize = DEFAULT_SIZE,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> dict[str, Any]:
    if workflow_id is not None and agent_id is not None:
        msg = "an execution is of a workflow or of an agent: give one of workflow_id and agent_id"
        raise InvalidInputError(msg, field="agent_id")
    if cursor is not None and not is_execution_id(cursor):
        msg = "cursor is the next_cursor of an earlier page"
        raise InvalidInputError(msg, field="cursor")
    name = listing.ALL
    if workflow_id is not None:
        name = f"w:{workflow_id}"
    elif agent_id is not None:
        name = f"a:{agent_id}"
    low, high = _instant(start, "from"), _instant(end, "to")
    found = listing.page(caller.tenant, name, status, low, high, limit=size, offset=(page - 1) * size, cursor=cursor)
    rows = store.get_many(caller.tenant, found.ids)
    told = shown.pagination(page, size, found.total, found.next_cursor)
    return {"data": [shown.listed(one) for one in rows if one is not None], "pagination": told}


@router.get("/{executionId}", summary="An execution with its steps and results")
@access(READ)
async def get_execution(execution_id: ExecutionId, caller: CurrentCaller) -> dict[str, Any]:
    found = deciding.get(caller.tenant, execution_id)
    return shown.execution(found, deciding.results(found))


@router.get("/{executionId}/status", summary="How far an execution is")
@access(READ)
async def get_status(execution_id: ExecutionId, caller: CurrentCaller) -> dict[str, Any]:
    found = deciding.get(caller.tenant, execution_id)
    return shown.status(found, clock.now(), deciding.shares(found))


@router.post("/{executionId}/cancel", summary="Cancel an execution")
@access(WRITE)
async def cancel_execution(execution_id: ExecutionId, caller: CurrentCaller) -> dict[str, Any]:
    return shown.cancelled(deciding.cancel(caller, execution_id))


@router.post("/{executionId}/rerun", status_code=202, summary="Run an ended execution again from a step on")
@access(INVOKE, spends=True, idempotent=True)
async def run_again(
    execution_id: ExecutionId, body: RerunRequest, caller: CurrentCaller, correlation_id: CorrelationId
) -> dict[str, Any]:
    found = starting.again(caller, execution_id, body, correlation_id, clock.now())
    return shown.begun_workflow(found)


@router.get("/{executionId}/steps/{stepId}", summary="One step with its result, or where to fetch it when it is long")
@access(READ)
async def get_step(execution_id: ExecutionId, step_id: StepId, caller: CurrentCaller) -> dict[str, Any]:
    found = deciding.get(caller.tenant, execution_id)
    left = deciding.result(found, step_id)
    return shown.step_of(found, found.definition.step(step_id), left)


@router.post("/{executionId}/steps/{stepId}/approve", summary="Approve what a step waits for")
@access(WRITE)
async def approve(execution_id: ExecutionId, step_id: StepId, body: Decision, caller: CurrentCaller) -> dict[str, Any]:
    return shown.decided(deciding.decide(caller, execution_id, step_id, body, approved=True), step_id)


@router.post("/{executionId}/steps/{stepId}/reject", summary="Reject what a step waits for")
@access(WRITE)
async def reject(execution_id: ExecutionId, step_id: StepId, body: Decision, caller: CurrentCaller) -> dict[str, Any]:
    return shown.decided(deciding.decide(caller, execution_id, step_id, body, approved=False), step_id)


@router.get("/{executionId}/logs", summary="What an execution's steps wrote, in order of time")
@access(READ)
async def get_logs(  # noqa: PLR0917 (FastAPI passes them by name)
    execution_id: ExecutionId,
    caller: CurrentCaller,
    level: Level | None = None,
    start: Annotated[str | None, Query(alias="from", max_length=64)] = None,
    end: Annotated[str | None, Query(alias="to", max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LINES)] = 200,
    cursor: Annotated[str | None, Query(max_length=100, pattern=r"^[0-9]{13}#[0-9a-f]{20}#[0-9]{6}$")] = None,
) -> dict[str, Any]:
    low, high = _instant(start, "from"), _instant(end, "to")
    deciding.exists(caller.tenant, execution_id)
    levels = journals.LEVELS if level is None else (level,)
    found = journals.page(caller.tenant, execution_id, levels, low, high, limit=limit, cursor=cursor)
    return {"execution_id": execution_id, "logs": shown.lines(found.lines), "next_cursor": found.next_cursor}

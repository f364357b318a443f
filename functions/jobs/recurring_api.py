"""Recurring jobs over HTTP."""

from typing import Annotated, Any

from fastapi import Query

from jobs import recurring, schemas
from jobs.ids import is_recurrence_id
from pentarch.platform import clock
from pentarch.platform.errors import InvalidInputError
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router
from pentarch.work import recurrences
from pentarch.work.recurrences import Recurrence

router = governed_router(prefix="/api/v2/jobs/recurring", tags=["Ai-semble: jobs"])


@router.post("", status_code=201, summary="Make a job again and again, by a rate, a cron expression or an interval")
@access("jobs:write", spends=True, idempotent=True)
async def create_recurring(
    body: schemas.RecurrenceRequest, caller: CurrentCaller, correlation_id: CorrelationId
) -> dict[str, Any]:
    return _applied(recurring.create(caller, body, correlation_id, clock.now()))


@router.get("", summary="List recurring jobs, newest first")
@access("jobs:read")
async def list_recurring(
    caller: CurrentCaller, limit: Annotated[int, Query(ge=1, le=100)] = 20, cursor: str | None = None
) -> dict[str, Any]:
    if cursor is not None and not is_recurrence_id(cursor):
        msg = "cursor is the next_cursor of an earlier page"
        raise InvalidInputError(msg, field="cursor")
    page = recurrences.page(caller.tenant, limit, cursor)
    pagination = {
        "limit": limit,
        "total": page.total,
        "has_more": page.next_cursor is not None,
        "next_cursor": page.next_cursor,
    }
    return {"recurring_jobs": [_shown(one) for one in page.recurrences], "pagination": pagination}


@router.get("/{recurrence_id}", summary="A recurring job: when it comes next, and what it has made")
@access("jobs:read")
async def get_recurring(recurrence_id: str, caller: CurrentCaller) -> dict[str, Any]:
    return _shown(recurring.get(caller.tenant, recurrence_id))


@router.post("/{recurrence_id}/pause", summary="Let a recurring job rest")
@access("jobs:write")
async def pause_recurring(recurrence_id: str, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    return _applied(recurring.enable(caller, recurrence_id, correlation_id, clock.now(), enabled=False))


@router.post("/{recurrence_id}/resume", summary="Let a recurring job go on from its next time")
@access("jobs:write")
async def resume_recurring(recurrence_id: str, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    return _applied(recurring.enable(caller, recurrence_id, correlation_id, clock.now(), enabled=True))


@router.delete("/{recurrence_id}", status_code=204, summary="End a recurring job; the jobs that it made stay")
@access("jobs:write")
async def delete_recurring(recurrence_id: str, caller: CurrentCaller, correlation_id: CorrelationId) -> None:
    recurring.remove(caller, recurrence_id, correlation_id, clock.now())
    recurring.try_to_apply(caller.tenant, recurrence_id)


def _applied(one: Recurrence) -> dict[str, Any]:
    """`in_force` false: the schedule is not there yet, and the worker sees to it."""
    return _shown(one) | {"in_force": recurring.try_to_apply(one.tenant, one.id)}


def _shown(one: Recurrence) -> dict[str, Any]:
    return schemas.recurring(one, recurring.next_at(one, clock.now()))

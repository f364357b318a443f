"""The audit trail: what happened, by whom, to what, and what control it is evidence for."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query

from compliance import period
from compliance.routes.common import READ, Day, wrapped
from pentarch.audit import store
from pentarch.audit.model import SENSITIVITIES, Filters
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.limits.model import COMPLIANCE
from pentarch.platform import clock
from pentarch.platform.errors import InvalidInputError, NotFoundError
from pentarch.platform.ids import uuid7_ms
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller
from pentarch.web.routes import governed_router

MAX_OFFSET = 1_000_000_000

router = governed_router(prefix="/api/v1/compliance/audit", tags=["MetaQore: compliance auditor"])

Value = Annotated[str | None, Query(min_length=1, max_length=2048)]


@router.get("", summary="The audit trail, newest first, with an exact total")
@access(READ, bucket=COMPLIANCE)
async def list_events(
    caller: CurrentCaller,
    *,
    start_date: Day = None,
    end_date: Day = None,
    agent: Value = None,
    action: Value = None,
    resource: Value = None,
    sensitivity: Value = None,
    actor: Value = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=MAX_OFFSET)] = 0,
    cursor: Annotated[str | None, Query(max_length=64, description="`next_cursor` of the page before")] = None,
) -> dict[str, Any]:
    start, end = period.read(start_date, end_date)
    filters = filters_of(agent=agent, action=action, resource=resource, sensitivity=sensitivity, actor=actor)
    page = store.page(
        caller.tenant, filters, start, end, limit=limit, offset=offset, cursor=_checked_cursor(cursor, offset)
    )
    data = {
        "events": [shown(event) for event in page.events],
        "total": page.total,
        "limit": limit,
        "offset": offset,
        "next_cursor": page.next_cursor,
    }
    return wrapped(data, clock.now())


@router.get("/{id}", summary="One event")
@access(READ, bucket=COMPLIANCE)
async def get_event(caller: CurrentCaller, event_id: Annotated[str, Path(alias="id", max_length=64)]) -> dict[str, Any]:
    event = events.get(caller.tenant, event_id)
    if event is None:
        msg = "there is no such event"
        raise NotFoundError(msg)
    return wrapped(shown(event), clock.now())


def filters_of(
    *, agent: str | None, action: str | None, resource: str | None, sensitivity: str | None, actor: str | None = None
) -> Filters:
    """Filters as a caller gives them."""
    if sensitivity is not None and sensitivity not in SENSITIVITIES:
        msg = f"sensitivity is one of {', '.join(SENSITIVITIES)}"
        raise InvalidInputError(msg, field="sensitivity")
    try:
        return Filters(agent, action, resource, sensitivity, actor)
    except ValueError as error:
        msg = "actor goes together with dates and sensitivity only"
        raise InvalidInputError(msg, field="actor") from error


def shown(event: Event) -> dict[str, Any]:
    """An event as auditors read it; one that no agent took part in has an empty agent."""
    return {
        "id": event.id,
        "timestamp": clock.iso(event.at),
        "agent": event.agent or "",
        "action": event.action,
        "resource": event.resource,
        "sensitivity": event.sensitivity,
        "compliance_tags": list(event.tags),
        "evidence": dict(event.data),
        "type": event.type,
        "actor": event.actor,
        "correlation_id": event.correlation_id,
    }


def _checked_cursor(cursor: str | None, offset: int) -> str | None:
    if cursor is None:
        return None
    if offset:
        msg = "give an offset or a cursor, not both"
        raise InvalidInputError(msg, field="offset")
    try:
        uuid7_ms(cursor)
    except ValueError as error:
        msg = "cursor is the next_cursor of an earlier page"
        raise InvalidInputError(msg, field="cursor") from error
    return str(UUID(cursor))

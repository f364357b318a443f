"""Finding services, routing requests to them, and the traces of that."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query

from pentarch.events import store as events
from pentarch.limits.model import REGISTRY
from pentarch.llm.traces import trace_of
from pentarch.platform import clock
from pentarch.platform.errors import InvalidInputError
from pentarch.routing.traces import verify
from pentarch.services import traces
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller
from pentarch.web.routes import governed_router
from registry import deciding, discovery, invoking, schemas
from registry.errors import TraceNotFoundError
from registry.routes.services import CurrentActor

router = governed_router(prefix="/api", tags=["CAIO: routing"])

TraceId = Annotated[str, Path(max_length=64)]


@router.post("/discover", summary="Find services whose contracts match")
@access("registry:read", bucket=REGISTRY)
async def discover(body: schemas.Discovery, caller: CurrentCaller) -> dict[str, Any]:
    return discovery.discover(caller.tenant, body, clock.now())


@router.post("/route", summary="Choose the best service for a request, and prove it")
@access("registry:invoke", bucket=REGISTRY, idempotent=True)
async def route(body: schemas.RouteRequest, actor: CurrentActor) -> dict[str, Any]:
    return deciding.route(actor, body, clock.now())


@router.get("/traces", summary="List routing decisions, newest first")
@access("registry:read", bucket=REGISTRY)
async def list_traces(  # noqa: PLR0917 (FastAPI passes them by name)
    caller: CurrentCaller,
    service_id: Annotated[str | None, Query(max_length=128)] = None,
    start: Annotated[str | None, Query(alias="from")] = None,
    end: Annotated[str | None, Query(alias="to")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9a-f-]{36}$")] = None,
) -> dict[str, Any]:
    page = traces.page(
        caller.tenant,
        service_id=service_id,
        start=_instant(start, "from"),
        end=_instant(end, "to"),
        limit=limit,
        cursor=cursor,
        at=clock.now(),
    )
    return {"traces": list(page.summaries), "next_cursor": page.next_cursor}


@router.get("/traces/{trace_id}", summary="A routing decision, and everything that it was made from")
@access("registry:read", bucket=REGISTRY)
async def get_trace(trace_id: TraceId, caller: CurrentCaller) -> dict[str, Any]:
    trace = traces.get_shown(caller.tenant, trace_id, clock.now()) or _of_a_model_call(caller.tenant, trace_id)
    if trace is None:
        raise TraceNotFoundError
    return trace


@router.post("/traces/{trace_id}/verify", summary="Make the decision again from its trace, and compare")
@access("registry:read", bucket=REGISTRY)
async def verify_trace(trace_id: TraceId, caller: CurrentCaller) -> dict[str, Any]:
    trace = traces.get(caller.tenant, trace_id, clock.now()) or _of_a_model_call(caller.tenant, trace_id)
    if trace is None:
        raise TraceNotFoundError
    faults = verify(trace)
    return {"trace_id": trace_id, "valid": not faults, "faults": faults}


@router.post("/traces/{trace_id}/invoke", summary="Send what was routed to the service that was chosen")
@access("registry:invoke", bucket=REGISTRY, idempotent=True)
async def invoke_decision(
    trace_id: TraceId, actor: CurrentActor, body: schemas.Invocation | None = None
) -> dict[str, Any]:
    return invoking.invoke(actor, trace_id, body or schemas.Invocation(), clock.now())


def _of_a_model_call(tenant: str, trace_id: str) -> dict[str, Any] | None:
    """The gateway's choices are in the event log, under the ids of their events."""
    event = events.get(tenant, trace_id)
    return None if event is None else trace_of(event)


def _instant(text: str | None, field: str) -> datetime | None:
    if text is None:
        return None
    try:
        return clock.parse_iso(text)
    except ValueError as error:
        msg = f"{field} is a time in ISO 8601"
        raise InvalidInputError(msg, field=field) from error

"""Registering services, and seeing, changing and reporting on them."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Path, Query

from pentarch.events.actor import Actor
from pentarch.limits.model import REGISTRY
from pentarch.platform import clock
from pentarch.services import store
from pentarch.services.model import Service, Status
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router
from registry import builtin, contracts, registration, schemas

router = governed_router(prefix="/api/services", tags=["CAIO: services"])

MAX_LIMIT = 100
Id = Annotated[str, Path(max_length=128)]
"""Bounded, because DynamoDB refuses a long key rather than find nothing."""


async def acting(caller: CurrentCaller, correlation_id: CorrelationId) -> Actor:
    return Actor(caller.tenant, caller.subject, correlation_id)


CurrentActor = Annotated[Actor, Depends(acting)]


@router.post("/register", status_code=201, summary="Register a service by its contract")
@access("registry:write", bucket=REGISTRY, idempotent=True)
async def register_service(body: schemas.Registration, actor: CurrentActor) -> dict[str, Any]:
    return schemas.registered(registration.register(actor, body, clock.now()))


@router.get("/schema", summary="The JSON Schema that contracts are held against")
@access("registry:read", bucket=REGISTRY)
async def get_schema() -> dict[str, Any]:
    return dict(contracts.schema())


@router.get("", summary="List services")
@access("registry:read", bucket=REGISTRY)
async def list_services(
    caller: CurrentCaller,
    capability: Annotated[str | None, Query(pattern=schemas.CAPABILITY)] = None,
    status: Status | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = MAX_LIMIT,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
) -> dict[str, Any]:
    page = store.page(caller.tenant, capability=capability, status=status, limit=limit, cursor=cursor)
    own = [
        one
        for one in builtin.services(caller.tenant)
        if status in (None, one.status) and (capability is None or capability in one.capabilities)
    ]
    last = own if page.next_cursor is None else []  # Pentarch's own come behind the last of the tenant's
    return {
        "services": [schemas.row(one) for one in [*page.services, *last]],
        "total": store.total(caller.tenant, capability=capability, status=status) + len(own),
        "next_cursor": page.next_cursor,
    }


@router.get("/{service_id}", summary="A service, with what was measured of it lately")
@access("registry:read", bucket=REGISTRY)
async def get_service(service_id: Id, caller: CurrentCaller) -> dict[str, Any]:
    return _detailed(registration.get(caller.tenant, service_id))


@router.put("/{service_id}", summary="Change a service; what is left out stays")
@access("registry:write", bucket=REGISTRY)
async def change_service(service_id: Id, body: schemas.Change, actor: CurrentActor) -> dict[str, Any]:
    return _detailed(registration.change(actor, service_id, body, clock.now()))


@router.delete("/{service_id}", status_code=204, summary="Deregister a service")
@access("registry:write", bucket=REGISTRY)
async def remove_service(service_id: Id, actor: CurrentActor) -> None:
    registration.remove(actor, service_id, clock.now())


@router.post("/{service_id}/heartbeat", summary="Say that a service lives; one that goes silent becomes inactive")
@access("registry:write", bucket=REGISTRY)
async def send_heartbeat(service_id: Id, actor: CurrentActor, body: schemas.Heartbeat | None = None) -> dict[str, Any]:
    now = clock.now()
    every = timedelta(seconds=(body or schemas.Heartbeat()).interval_seconds)
    service = registration.beat(actor, service_id, every, now)
    expected = clock.iso(now + every)
    return {"service_id": service.id, "status": service.status, "timestamp": clock.iso(now), "next_before": expected}


@router.post("/{service_id}/observations", summary="Report how a service answered")
@access("registry:invoke", bucket=REGISTRY)
async def report_observation(service_id: Id, body: schemas.Observation, caller: CurrentCaller) -> dict[str, Any]:
    now = clock.now()
    found = registration.observe(caller.tenant, service_id, body, now)
    return {"service_id": service_id, "observed": found.averages.observed(now)}


def _detailed(service: Service) -> dict[str, Any]:
    found = store.health(service.tenant, service.id)
    observed = found.averages.observed(clock.now()) if found else {}
    return schemas.detailed(service, observed, clock.iso(found.beat_at) if found and found.beat_at else None)

"""Deployments and their roll-backs, as the AI DevOps part of the MetaQore reference has them."""

from typing import Annotated, Any

from fastapi import Depends, Path, Query

from infrastructure import delegates, listing
from infrastructure.asking import Rollouts, revived
from infrastructure.listing import Filters
from infrastructure.model import Rollout
from infrastructure.operators import READ, WRITE
from infrastructure.schemas import Deploy, RollBack, deployed, listed, rolled_back, shown, taken_back
from pentarch.limits.model import INFRASTRUCTURE
from pentarch.platform import clock
from pentarch.platform.dialects import enveloped
from pentarch.rollouts.model import Kind, Status
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router

DEFAULT_LIMIT = 20

MAX_LIMIT = 100

Id = Annotated[str, Path(max_length=64)]

router = governed_router(prefix="/api/v1/infrastructure", tags=["MetaQore: AI DevOps"])


async def _filters(
    kind: Kind | None = None,
    service: Annotated[str | None, Query(max_length=255, description="Of services alone: the name of one")] = None,
    resource: Annotated[
        str | None, Query(max_length=255, description="A service's name, a specialist's or a configuration's id")
    ] = None,
    status: Status | None = None,
) -> Filters:
    return Filters(kind, service, resource, status)


@router.post(
    "/deploy",
    summary="Roll out a version or a configuration of a service",
    description="Of a service of the stack, or of an ECS service of its inventory, by name or id.",
)
@access(WRITE, bucket=INFRASTRUCTURE, idempotent=True)
async def deploy(body: Deploy, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    now = clock.now()
    asked = Rollouts(caller, correlation_id)
    one = asked.deploy(body.service, body.version, body.strategy, body.config.wanted(), now)
    return enveloped(deployed(one), timestamp=clock.iso(now))


@router.get("/deployments", summary="Roll-outs of services, specialists and configurations, the latest first")
@access(READ, bucket=INFRASTRUCTURE)
async def list_deployments(
    caller: CurrentCaller,
    filters: Annotated[Filters, Depends(_filters)],
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> dict[str, Any]:
    found = listing.page(caller, filters, limit, cursor)
    rows = [listed(one) for one in found.rollouts]
    data = {"deployments": rows, "limit": limit, "next_cursor": found.next_cursor}
    return enveloped(data, timestamp=clock.iso(clock.now()))


@router.get("/deployments/{deployment_id}", summary="How far a roll-out is, and what happened")
@access(READ, bucket=INFRASTRUCTURE)
async def get_deployment(deployment_id: Id, caller: CurrentCaller) -> dict[str, Any]:
    now = clock.now()
    found = listing.find(caller, deployment_id)
    one = revived(found, now) if isinstance(found, Rollout) else found
    return enveloped(shown(one), timestamp=clock.iso(now))


@router.post("/deployments/{deployment_id}/rollback", summary="Go back to the version before, or to a named one")
@access(WRITE, bucket=INFRASTRUCTURE, idempotent=True)
async def roll_back(
    deployment_id: Id, body: RollBack, caller: CurrentCaller, correlation_id: CorrelationId
) -> dict[str, Any]:
    now = clock.now()
    found = listing.find(caller, deployment_id)
    if isinstance(found, Rollout):
        one = Rollouts(caller, correlation_id).roll_back(found, body.target_version, now)
        data = rolled_back(one, deployment_id)
    else:
        data = taken_back(delegates.roll_back(caller, found, body.target_version, correlation_id), deployment_id)
    return enveloped(data, timestamp=clock.iso(now))

"""Deployments and their roll-backs, as the AI DevOps part of the MetaQore reference has them."""

from typing import Annotated, Any

from fastapi import Query

from infrastructure.asking import Rollouts
from infrastructure.operators import READ, WRITE
from infrastructure.schemas import Deploy, RollBack, deployed, listed, rolled_back, shown
from pentarch.limits.model import INFRASTRUCTURE
from pentarch.platform import clock
from pentarch.platform.dialects import enveloped
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router

DEFAULT_LIMIT = 20

router = governed_router(prefix="/api/v1/infrastructure", tags=["MetaQore: AI DevOps"])


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


@router.get("/deployments", summary="Deployments, the latest first")
@access(READ, bucket=INFRASTRUCTURE)
async def list_deployments(
    caller: CurrentCaller,
    limit: Annotated[int, Query(ge=1, le=100)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> dict[str, Any]:
    found = Rollouts(caller).newest_first(limit, cursor)
    following = found[-1].id if len(found) == limit else None
    data = {"deployments": [listed(one) for one in found], "limit": limit, "next_cursor": following}
    return enveloped(data, timestamp=clock.iso(clock.now()))


@router.get("/deployments/{deployment_id}", summary="How far a deployment is, and what happened")
@access(READ, bucket=INFRASTRUCTURE)
async def get_deployment(deployment_id: str, caller: CurrentCaller) -> dict[str, Any]:
    now = clock.now()
    return enveloped(shown(Rollouts(caller).get(deployment_id, now)), timestamp=clock.iso(now))


@router.post("/deployments/{deployment_id}/rollback", summary="Go back to the version before, or to a named one")
@access(WRITE, bucket=INFRASTRUCTURE, idempotent=True)
async def roll_back(
    deployment_id: str, body: RollBack, caller: CurrentCaller, correlation_id: CorrelationId
) -> dict[str, Any]:
    now = clock.now()
    one = Rollouts(caller, correlation_id).roll_back(deployment_id, body.target_version, now)
    return enveloped(rolled_back(one, deployment_id), timestamp=clock.iso(now))

"""Deploying versions, and rolling them back."""

from typing import Annotated, Any

from fastapi import Path, Query

from pentarch.limits.model import SPECIALISTS
from pentarch.platform import clock
from pentarch.usage import store as usage
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller
from pentarch.web.routes import governed_router
from specialists import deployments, rollbacks, schemas, service, shown, store
from specialists.errors import DeploymentNotFoundError, SpecialistNotFoundError
from specialists.routes.common import MAX_LIMIT, READ, WRITE, CurrentActor, Id, wrapped

router = governed_router(prefix="/api/v1/specialists", tags=["MetaQore: specialist foundry"])


@router.post("/{id}/deploy", status_code=202, summary="Deploy a version, once its probe holds")
@access(WRITE, bucket=SPECIALISTS, idempotent=True)
async def deploy(specialist_id: Id, body: schemas.DeployRequest, actor: CurrentActor) -> dict[str, Any]:
    now = clock.now()
    return wrapped(shown.deployment(service.deploy(actor, specialist_id, body, now)), now)


@router.post("/{id}/rollback", summary="Go back to an earlier version at once")
@access(WRITE, bucket=SPECIALISTS, idempotent=True)
async def rollback(specialist_id: Id, body: schemas.RollbackRequest, actor: CurrentActor) -> dict[str, Any]:
    now = clock.now()
    return wrapped(shown.deployment(rollbacks.rollback(actor, specialist_id, body, now)), now)


@router.get("/{id}/versions", summary="What trainings made, newest first; each can be deployed and rolled back to")
@access(READ, bucket=SPECIALISTS)
async def list_versions(
    specialist_id: Id,
    caller: CurrentCaller,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    before: Annotated[int | None, Query(ge=2, le=999_999, description="`next_before` of the page before")] = None,
) -> dict[str, Any]:
    specialist = service.get(caller.tenant, specialist_id)
    found = store.newest_versions(caller.tenant, specialist.id, before=before, limit=limit)
    more = len(found) == limit and found[-1].number > 1
    data = {
        "versions": [shown.version(one) for one in found],
        "total": specialist.latest_version,
        "limit": limit,
        "next_before": found[-1].number if more else None,
    }
    return wrapped(data, clock.now())


@router.get("/{id}/deployments/{deployment_id}", summary="A deployment, and how its probe went")
@access(READ, bucket=SPECIALISTS)
async def get_deployment(
    specialist_id: Id, deployment_id: Annotated[str, Path(max_length=64)], caller: CurrentCaller
) -> dict[str, Any]:
    specialist, found = deployments.with_specialist(caller.tenant, specialist_id, deployment_id)
    if specialist is None:
        raise SpecialistNotFoundError
    if found is None:
        raise DeploymentNotFoundError
    agreement = None if found.shadow is None else usage.agreement(found.tenant, found.id)
    return wrapped(shown.deployment(found, agreement), clock.now())

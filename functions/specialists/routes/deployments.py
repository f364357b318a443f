"""Deploying versions, and rolling them back."""

from typing import Annotated, Any

from fastapi import Path

from pentarch.limits.model import SPECIALISTS
from pentarch.platform import clock
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller
from pentarch.web.routes import governed_router
from specialists import deployments, schemas, service, shown
from specialists.errors import DeploymentNotFoundError, SpecialistNotFoundError
from specialists.routes.common import READ, WRITE, CurrentActor, Id, wrapped

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
    return wrapped(shown.deployment(service.rollback(actor, specialist_id, body, now)), now)


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
    return wrapped(shown.deployment(found), clock.now())

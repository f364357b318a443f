"""Credentials that the tenant's services ask for: stored once, named by contracts, put in by the gateway."""

from typing import Annotated, Any

from fastapi import Path, Query

from pentarch.limits.model import REGISTRY
from pentarch.platform import clock
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller
from pentarch.web.routes import governed_router
from registry import credentials, schemas
from registry.routes.services import CurrentActor

router = governed_router(prefix="/api/credentials", tags=["CAIO: services"])

Name = Annotated[str, Path(pattern=schemas.CREDENTIAL_NAME)]


@router.get("", summary="List the stored credentials: names and fingerprints, no values")
@access("registry:admin", bucket=REGISTRY)
async def list_credentials(
    caller: CurrentCaller,
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
    cursor: Annotated[str | None, Query(pattern=schemas.CREDENTIAL_NAME)] = None,
) -> dict[str, Any]:
    found, more = credentials.page(caller.tenant, limit=limit, cursor=cursor)
    return {"credentials": [schemas.credential(one) for one in found], "next_cursor": more}


@router.put("/{name}", summary="Store a credential, or put another value in its place")
@access("registry:admin", bucket=REGISTRY)
async def put_credential(name: Name, body: schemas.CredentialValue, actor: CurrentActor) -> dict[str, Any]:
    return schemas.credential(credentials.put(actor, name, body.value.get_secret_value(), clock.now()))


@router.delete("/{name}", status_code=204, summary="Remove a credential; services that refer to it are not chosen")
@access("registry:admin", bucket=REGISTRY)
async def remove_credential(name: Name, actor: CurrentActor) -> None:
    credentials.remove(actor, name, clock.now())

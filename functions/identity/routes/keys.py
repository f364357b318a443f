"""API keys: for programs, long-lived, revocable."""

from typing import Annotated, Any

from fastapi import Depends

from identity.principals import ADMINISTER, Principals
from identity.routes.common import DEFAULT_LIMIT, Cursor, Id, Limit, listed, wrapped
from identity.schemas import NewPrincipal, described
from pentarch.identity.model import Kind
from pentarch.platform import clock
from pentarch.web.access import SELF, access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router

router = governed_router(prefix="/api/v1/keys", tags=["keys"])


async def _keys(caller: CurrentCaller, correlation_id: CorrelationId) -> Principals:
    return Principals(Kind.KEY, caller, correlation_id)


Keys = Annotated[Principals, Depends(_keys)]


@router.post("", status_code=201, summary="Make an API key; the answer shows it, and nothing else ever will")
@access(ADMINISTER, idempotent=True, confidential=True)
async def create_key(body: NewPrincipal, keys: Keys) -> dict[str, Any]:
    at = clock.now()
    made = keys.create(
        label=body.name, roles=tuple(body.roles), scopes=tuple(body.scopes), expires_at=body.expiry(at), at=at
    )
    return wrapped(described(made.principal) | {"key": made.shown}, at)


@router.get("", summary="List API keys, newest first")
@access(ADMINISTER)
async def list_keys(keys: Keys, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> dict[str, Any]:
    return listed(keys.page(limit=limit, cursor=cursor), limit, clock.now())


@router.get("/{id}", summary="An API key, without its secret; every key may look at itself")
@access(SELF)
async def get_key(key_id: Id, keys: Keys) -> dict[str, Any]:
    return wrapped(described(keys.get_or_raise(key_id)), clock.now())


@router.post("/{id}/rotate", summary="Give a key a new secret; every key may do so with itself")
@access(SELF, idempotent=True, confidential=True)
async def rotate_key(key_id: Id, keys: Keys) -> dict[str, Any]:
    at = clock.now()
    made = keys.rotate(key_id, at=at)
    return wrapped(described(made.principal) | {"key": made.shown}, at)


@router.delete("/{id}", summary="Revoke an API key; every key may revoke itself")
@access(SELF)
async def revoke_key(key_id: Id, keys: Keys) -> dict[str, Any]:
    at = clock.now()
    keys.revoke(key_id, at=at)
    return wrapped({"id": key_id, "status": "revoked"}, at)

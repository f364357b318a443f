"""OAuth clients: programs that get short-lived tokens with client credentials."""

from typing import Annotated, Any

from fastapi import Depends

from identity.client_tokens import parse_client_id
from identity.principals import ADMINISTER, Principals
from identity.routes.common import DEFAULT_LIMIT, Cursor, Id, Limit, listed, wrapped
from identity.schemas import NewPrincipal, described
from pentarch.identity.model import Kind
from pentarch.platform import clock
from pentarch.platform.errors import NotFoundError
from pentarch.web.access import SELF, access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router

router = governed_router(prefix="/api/v1/clients", tags=["clients"])


async def _clients(caller: CurrentCaller, correlation_id: CorrelationId) -> Principals:
    return Principals(Kind.CLIENT, caller, correlation_id)


async def _name(client_id: Id, caller: CurrentCaller) -> str:
    """The record's name in a client id of the caller's tenant."""
    place = parse_client_id(client_id)
    if place is None or place[0] != caller.tenant:
        msg = f"there is no client {client_id}"
        raise NotFoundError(msg)
    return place[1]


Clients = Annotated[Principals, Depends(_clients)]
RecordName = Annotated[str, Depends(_name)]


@router.post(
    "", status_code=201, summary="Make an OAuth client; the answer shows its secret, and nothing else ever will"
)
@access(ADMINISTER, idempotent=True, confidential=True)
async def create_client(body: NewPrincipal, clients: Clients) -> dict[str, Any]:
    at = clock.now()
    made = clients.create(
        label=body.name, roles=tuple(body.roles), scopes=tuple(body.scopes), expires_at=body.expiry(at), at=at
    )
    return wrapped(described(made.principal) | {"client_secret": made.shown}, at)


@router.get("", summary="List OAuth clients, newest first")
@access(ADMINISTER)
async def list_clients(clients: Clients, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> dict[str, Any]:
    return listed(clients.page(limit=limit, cursor=cursor), limit, clock.now())


@router.get("/{id}", summary="An OAuth client, without its secret; every client may look at itself")
@access(SELF)
async def get_client(name: RecordName, clients: Clients) -> dict[str, Any]:
    return wrapped(described(clients.get_or_raise(name)), clock.now())


@router.delete("/{id}", summary="Revoke an OAuth client and all of its tokens")
@access(SELF)
async def revoke_client(client_id: Id, name: RecordName, clients: Clients) -> dict[str, Any]:
    at = clock.now()
    clients.revoke(name, at=at)
    return wrapped({"client_id": client_id, "status": "revoked"}, at)

"""Users: people who log in with a name and a password."""

from typing import Annotated, Any

from fastapi import Depends

from identity.principals import ADMINISTER
from identity.routes.common import DEFAULT_LIMIT, Cursor, Limit, Name, listed, wrapped
from identity.schemas import NewUser, UserChange, described
from identity.users import Users
from pentarch.platform import clock
from pentarch.web.access import SELF, access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router

router = governed_router(prefix="/api/v1/users", tags=["users"])


async def _users(caller: CurrentCaller, correlation_id: CorrelationId) -> Users:
    return Users(caller, correlation_id)


UserService = Annotated[Users, Depends(_users)]


@router.post("", status_code=201, summary="Make a user")
@access(ADMINISTER, idempotent=True)
async def create_user(body: NewUser, users: UserService) -> dict[str, Any]:
    at = clock.now()
    return wrapped(described(users.create(body.username, password=body.password, roles=tuple(body.roles), at=at)), at)


@router.get("", summary="List users by name")
@access(ADMINISTER)
async def list_users(users: UserService, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> dict[str, Any]:
    return listed(users.page(limit=limit, cursor=cursor), limit, clock.now())


@router.get("/{username}", summary="A user; everybody may look at themselves")
@access(SELF)
async def get_user(username: Name, users: UserService) -> dict[str, Any]:
    return wrapped(described(users.get_or_raise(username)), clock.now())


@router.put("/{username}", summary="Change a user; everybody may change their own password")
@access(SELF)
async def update_user(username: Name, body: UserChange, users: UserService) -> dict[str, Any]:
    at = clock.now()
    changed = users.update(
        username,
        roles=None if body.roles is None else tuple(body.roles),
        status=body.status,
        password=body.password,
        current_password=body.current_password,
        at=at,
    )
    return wrapped(described(changed), at)


@router.delete("/{username}", summary="Deactivate a user and log it out everywhere")
@access(ADMINISTER)
async def deactivate_user(username: Name, users: UserService) -> dict[str, Any]:
    at = clock.now()
    users.deactivate(username, at=at)
    return wrapped({"username": username, "status": "revoked"}, at)

"""Configurations: made, seen, listed, changed, deleted."""

from typing import Annotated, Any

from fastapi import Path, Query, Response

from configurations import listing
from configurations.changes import Wish
from configurations.routes.common import (
    DEFAULT_LIMIT,
    PREFIX,
    READ,
    WRITE,
    Cursor,
    IfMatch,
    Limit,
    Service,
    accepted,
    reply,
    responses,
)
from configurations.schemas import (
    Label,
    NewConfiguration,
    Update,
    content_of,
    deleted,
    listed,
    shown,
    version_of,
)
from configurations.service import Names
from pentarch.configuration.model import ConfigType
from pentarch.platform import clock
from pentarch.web import preconditions
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller
from pentarch.web.replies import JsonReply
from pentarch.web.routes import governed_router

router = governed_router(prefix=PREFIX, tags=["CAIO: configurations"])


@router.post("", status_code=201, summary="Create a configuration", responses=responses(202, 409))
@access(WRITE, idempotent=True)
async def create_configuration(body: NewConfiguration, caller: CurrentCaller, service: Service) -> Response:
    label = caller.tenant if body.tenant_id is None else body.tenant_id
    return accepted(service.create(label, body.config_type, body.name, content_of(body), clock.now()), 201)


@router.get("", summary="List configurations, of a tenant_id or a type or of all")
@access(READ)
async def list_configurations(
    caller: CurrentCaller,
    tenant_id: Annotated[Label | None, Query()] = None,
    config_type: ConfigType | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> dict[str, Any]:
    page = listing.configurations(caller.tenant, tenant_id, config_type, limit=limit, cursor=cursor)
    return listed("configurations", [shown(one) for one in page.rows], page, limit)


@router.get("/{config_id}", summary="A configuration as it is now", responses=responses(404))
@access(READ)
async def get_configuration(config_id: str, service: Service) -> Response:
    return reply(service.get(config_id))


@router.put("/{config_id}", summary="Give a configuration its next version", responses=responses(202, 404, 409))
@access(WRITE, idempotent=True)
async def update_configuration(config_id: str, body: Update, service: Service, if_match: IfMatch = None) -> Response:
    expected = preconditions.read(if_match, body.expected_version)
    wish = Wish(content_of(body))
    if body.rollout is not None:
        wish = Wish(content_of(body), percentage=body.rollout.percentage, alarm=body.rollout.alarm)
    names = Names(body.tenant_id, body.config_type, body.name)
    return accepted(service.update(config_id, wish, clock.now(), expected, names=names))


@router.delete("/{config_id}", summary="Delete a configuration", responses=responses(202, 404, 409))
@access(WRITE)
async def delete_configuration(config_id: str, service: Service, if_match: IfMatch = None) -> Response:
    change = service.delete(config_id, clock.now(), preconditions.read(if_match))
    return JsonReply(deleted(change)) if change.after is None else accepted(change.after)


@router.get("/{config_id}/history", summary="The versions, newest first", responses=responses(404))
@access(READ)
async def get_history(
    config_id: str, service: Service, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> dict[str, Any]:
    one = service.get(config_id)
    page = listing.versions(one.tenant, one.id, limit=limit, cursor=cursor)
    rows = [version_of(version, one) for version in page.rows]
    return {"config_id": one.id} | listed("versions", rows, page, limit) | {"total": one.latest}


@router.post(
    "/{config_id}/rollback/{version}",
    summary="Make a new version with the value of an earlier one",
    responses=responses(202, 404, 409),
)
@access(WRITE, idempotent=True)
async def roll_back(
    config_id: str, version: Annotated[int, Path(ge=1, le=99_999_999)], service: Service, if_match: IfMatch = None
) -> Response:
    return accepted(service.roll_back(config_id, version, clock.now(), preconditions.read(if_match)))

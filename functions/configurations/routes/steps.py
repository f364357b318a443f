"""Changes that take more than one step: approval by a second person, and roll-outs."""

from typing import Annotated

from fastapi import Path, Response

from configurations.routes.common import PREFIX, WRITE, IfMatch, Service, reply, responses
from configurations.schemas import RolloutMove, deleted, rejected
from pentarch.platform import clock
from pentarch.web import preconditions
from pentarch.web.access import access
from pentarch.web.replies import JsonReply
from pentarch.web.routes import governed_router

router = governed_router(prefix=PREFIX, tags=["configurations: approval and roll-outs"])

Number = Annotated[int, Path(ge=1, le=99_999_999)]


@router.post(
    "/{config_id}/versions/{version}/approve",
    summary="Approve a version that waits for it; nobody approves their own",
    responses=responses(404, 409),
)
@access(WRITE)
async def approve(config_id: str, version: Number, service: Service) -> Response:
    change = service.approve(config_id, version, clock.now())
    return JsonReply(deleted(change)) if change.after is None else reply(change.after)


@router.post(
    "/{config_id}/versions/{version}/reject",
    summary="Reject a version that waits for approval; nobody rejects their own",
    responses=responses(404, 409),
)
@access(WRITE)
async def reject(config_id: str, version: Number, service: Service) -> Response:
    change = service.reject(config_id, version, clock.now())
    return JsonReply(rejected(change)) if change.after is None else reply(change.after)


@router.post(
    "/{config_id}/rollout",
    summary="Show a version that is being rolled out to more callers, to all (100) or to none (0)",
    responses=responses(404, 409),
)
@access(WRITE)
async def move_rollout(config_id: str, body: RolloutMove, service: Service, if_match: IfMatch = None) -> Response:
    expected = preconditions.read(if_match, body.expected_version)
    return reply(service.move_rollout(config_id, body, clock.now(), expected))

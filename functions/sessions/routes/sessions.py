"""Creating, seeing, listing and deleting sessions, and what they propose."""

from typing import Annotated, Any

from fastapi import Query, Response

from pentarch.limits.model import SESSIONS
from pentarch.platform import clock
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router
from sessions import proposals, schemas, service, shown, store
from sessions.errors import ArtifactNotFoundError
from sessions.lifecycle import Status
from sessions.routes.common import MAX_LIMIT, MAX_OFFSET, READ, WRITE, Id

router = governed_router(prefix="/api/v1", tags=["MetaForge: sessions"])


@router.post("/session/create", summary="A session, to be run later")
@access(WRITE, bucket=SESSIONS, idempotent=True)
async def create(body: schemas.CreateRequest, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    return shown.created(service.create(caller, body, correlation_id, clock.now()))


@router.get("/sessions", summary="List sessions, newest first")
@access(READ, bucket=SESSIONS)
async def list_sessions(
    caller: CurrentCaller,
    status: Status | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    offset: Annotated[int, Query(ge=0, le=MAX_OFFSET)] = 0,
    cursor: Annotated[str | None, Query(max_length=64, description="`next_cursor` of the page before")] = None,
) -> dict[str, Any]:
    page = store.page(caller.tenant, status, limit=limit, offset=offset, cursor=cursor)
    now = clock.now()
    rows = [shown.row(one, now) for one in page.sessions]
    return {
        "sessions": rows,
        "total": page.total,
        "limit": limit,
        "offset": offset,
        "next_cursor": page.next_cursor,
    }


@router.get("/session/{id}", summary="A session")
@access(READ, bucket=SESSIONS)
async def get_session(session_id: Id, caller: CurrentCaller) -> dict[str, Any]:
    return shown.detailed(service.get(caller.tenant, session_id), clock.now())


@router.get("/session/{id}/artifacts/{path:path}", summary="What a session proposes: the file, or its diff")
@access(READ, bucket=SESSIONS)
async def get_artifact(
    session_id: Id,
    path: str,
    caller: CurrentCaller,
    diff: Annotated[bool, Query(description="The unified diff against what it was made against")] = False,  # noqa: FBT002
) -> Response:
    session = service.get(caller.tenant, session_id)
    found = next((one for one in session.artifacts if one.path == path), None)
    if found is None:
        raise ArtifactNotFoundError
    if diff:
        return Response(proposals.diff(session, found), media_type="text/x-diff")
    return Response(proposals.content(session, found), media_type=found.content_type)


@router.delete("/session/{id}", summary="Delete a session and what it proposed; the workspace stays")
@access(WRITE, bucket=SESSIONS)
async def delete(session_id: Id, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    service.remove(caller, session_id, correlation_id, clock.now())
    return {"success": True, "deleted": session_id}

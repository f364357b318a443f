"""What waits for a decision, and deciding."""

from typing import Annotated, Any

from fastapi import Query

from pentarch.limits.model import SESSIONS
from pentarch.platform import clock
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router
from sessions import approval, schemas, shown, store
from sessions.lifecycle import Status
from sessions.routes.common import DECIDE, MAX_LIMIT, READ, Id

router = governed_router(prefix="/api/v1", tags=["MetaForge: approval"])


@router.get("/pending", summary="What waits for approval, newest first")
@access(READ, bucket=SESSIONS)
async def list_pending(
    caller: CurrentCaller,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = MAX_LIMIT,
    cursor: Annotated[str | None, Query(max_length=64, description="`next_cursor` of the page before")] = None,
) -> dict[str, Any]:
    page = store.page(caller.tenant, Status.PENDING_APPROVAL, limit=limit, cursor=cursor)
    now = clock.now()
    waiting = [shown.pending(one) for one in page.sessions if one.status_at(now) is Status.PENDING_APPROVAL]
    return {"pending": waiting, "next_cursor": page.next_cursor}


@router.post("/approve/{id}", summary="Apply what a session proposes, all of it or none")
@access(DECIDE, bucket=SESSIONS, idempotent=True)
async def approve(
    session_id: Id,
    caller: CurrentCaller,
    correlation_id: CorrelationId,
    body: schemas.ApproveRequest | None = None,
) -> dict[str, Any]:
    asked = body or schemas.ApproveRequest()
    session, applied = approval.approve(caller, session_id, asked, correlation_id, clock.now())
    return {"session_id": session.id, "status": "approved", "applied": True, "artifacts": list(applied)}


@router.post("/reject/{id}", summary="Turn down what a session proposes")
@access(DECIDE, bucket=SESSIONS, idempotent=True)
async def reject(
    session_id: Id, body: schemas.RejectRequest, caller: CurrentCaller, correlation_id: CorrelationId
) -> dict[str, Any]:
    session = approval.reject(caller, session_id, body.reason, correlation_id, clock.now())
    return {"session_id": session.id, "status": session.status, "reason": session.reason}


@router.post("/revise/{id}", summary="Let the agent do it again, with what is asked for here")
@access(DECIDE, bucket=SESSIONS, spends=True, idempotent=True)
async def revise(
    session_id: Id, body: schemas.ReviseRequest, caller: CurrentCaller, correlation_id: CorrelationId
) -> dict[str, Any]:
    session = approval.revise(caller, session_id, body.instructions, correlation_id, clock.now())
    return shown.started(session) | {"round": session.round}

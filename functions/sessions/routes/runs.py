"""Running a skill's agent, and watching it."""

import time
from typing import Any

from pentarch.limits.model import SESSIONS
from pentarch.platform import clock
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router
from sessions import schemas, service, shown
from sessions.errors import failure
from sessions.lifecycle import Status
from sessions.model import Session
from sessions.routes.common import READ, WRITE, Id

_LOOK_S = 0.25

router = governed_router(prefix="/api/v1/agent", tags=["MetaForge: agent runs"])


@router.post("/run", summary="Run a skill: of the session that is named or waits for just this, else of a new one")
@access(WRITE, bucket=SESSIONS, spends=True, idempotent=True)
async def run(body: schemas.RunRequest, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    """With `options.wait` the answer comes when the run has ended, and a failure is its status."""
    session = service.run(caller, body, correlation_id, clock.now())
    if not body.options.wait:
        return shown.started(session)
    ended = _awaited(session, body.options.wait)
    if ended.status is Status.FAILED and ended.error is not None:
        raise failure(ended.error)
    return shown.run(ended, clock.now())


@router.get("/{id}/status", summary="How far a run is, and what it proposes")
@access(READ, bucket=SESSIONS)
async def get_status(session_id: Id, caller: CurrentCaller) -> dict[str, Any]:
    return shown.run(service.get(caller.tenant, session_id), clock.now())


def _awaited(session: Session, seconds: int) -> Session:
    for _ in range(round(seconds / _LOOK_S)):
        time.sleep(_LOOK_S)
        session = service.get(session.tenant, session.id)
        if session.status is not Status.RUNNING:
            break
    return session

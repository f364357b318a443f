"""HTTP entry point of live events: tickets for the WebSocket, and a session's events as a stream."""

from typing import Annotated, Any

from fastapi import Header, Path, Query
from starlette.responses import StreamingResponse

from live import streaming, tickets
from pentarch.limits.model import SESSIONS
from pentarch.platform import clock
from pentarch.platform.errors import InvalidInputError
from pentarch.web.access import SELF, access, public
from pentarch.web.app import build_app, lambda_handler
from pentarch.web.context import CurrentCaller
from pentarch.web.routes import governed_router

router = governed_router(prefix="/api/v1", tags=["MetaForge: live events"])
_MAX_NUMBER = 10**12

SessionId = Annotated[str, Path(min_length=1, max_length=128)]
LastEventId = Annotated[str | None, Header(max_length=20)]
Last = Annotated[int | None, Query(ge=0, lt=_MAX_NUMBER)]


@router.post("/ws/ticket", status_code=201, summary="A ticket to connect with, for clients that cannot set a header")
@access(SELF, bucket=SESSIONS)
async def make_ticket(caller: CurrentCaller) -> dict[str, Any]:
    ticket = tickets.issue(caller, clock.now())
    return {"ticket": ticket, "expires_in": int(tickets.LIFETIME.total_seconds())}


@router.get("/sessions/{id}/events", summary="A session's events, as Server-Sent Events")
@access("sessions:read", bucket=SESSIONS)
async def stream_events(
    id: SessionId,  # noqa: A002 (the reference's name)
    caller: CurrentCaller,
    last_event_id: LastEventId = None,
    last: Last = None,
) -> StreamingResponse:
    after = _number(last_event_id) if last_event_id else last or 0
    standing = await streaming.find(caller.tenant, id)
    return StreamingResponse(
        streaming.stream(caller.tenant, id, after, standing),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) >= _MAX_NUMBER:
        msg = "Last-Event-ID is the id of an event of this stream"
        raise InvalidInputError(msg, field="Last-Event-ID")
    return int(text)


_ready = governed_router()


@_ready.get("/ready", include_in_schema=False)
@public
async def ready() -> dict[str, str]:
    """What the web adapter asks until the application has started; no route of the API leads here."""
    return {"status": "ready"}


app = build_app("Pentarch live events", router, _ready)
handler = lambda_handler(app)

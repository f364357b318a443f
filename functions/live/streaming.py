"""A session's events as Server-Sent Events: the same feed, for those who prefer HTTP.

A reply ends, and the client comes back with the last id that it saw. Where replies are buffered whole, one ends as soon
as it holds something, or after `HELD_S` without anything; where they stream, it goes on for `STREAMED_S`.
"""

import asyncio
import os
import time
from collections.abc import AsyncGenerator

from live import feed
from live.errors import SessionNotFoundError
from live.feed import Session
from live.model import Told, following
from live.sending import text
from live.telling import resync
from pentarch.platform import clock

HELD_S = 20.0
"""A REST API answers within 29 seconds."""
STREAMED_S = 110.0
"""The function has 120 seconds."""
RETRY_MS = 1_000
APPEARING_S = 2.0
"""From the moment when a session's first event is written until it is in the feed."""
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 1.0


async def find(tenant: str, session: str) -> Session:
    """Where a session stands; SessionNotFoundError if nothing was ever told of it, nor is in a moment."""
    deadline = time.monotonic() + APPEARING_S
    while (found := feed.session(tenant, session)) is None:
        if time.monotonic() > deadline:
            raise SessionNotFoundError
        await asyncio.sleep(_FIRST_PAUSE_S)
    return found


async def stream(tenant: str, session: str, last: int, standing: Session) -> AsyncGenerator[str, None]:
    """The session's events after a number, as they come."""
    streams = os.environ.get("LIVE_STREAMS") == "on"
    deadline = time.monotonic() + (STREAMED_S if streams else HELD_S)
    pause = _FIRST_PAUSE_S
    yield f"retry: {RETRY_MS}\n\n"
    if last < standing.number and not feed.of_session(tenant, session, last, clock.now(), limit=1):
        yield _missing(last, standing.number + 1)
        last = standing.number
    while True:
        at = clock.now()
        found = following(last, feed.of_session(tenant, session, last, at), at)
        if found.lost:
            yield _missing(last, found.events[0].number)
        for event in found.events:
            yield _shown(event)
            last, pause = event.number, _FIRST_PAUSE_S
        if (found.events and not streams) or time.monotonic() + pause > deadline:
            return
        if not found.events:
            yield ": \n\n"  # so that nobody on the way takes the connection for dead
        await asyncio.sleep(pause)
        pause = min(_LONGEST_PAUSE_S, pause * 2)


def _missing(last: int, following_number: int) -> str:
    message = resync(last, following_number)
    return f"event: {message['event']}\ndata: {text(message)}\n\n"


def _shown(event: Told) -> str:
    return f"id: {event.number}\nevent: {event.type}\ndata: {text(event.message())}\n\n"

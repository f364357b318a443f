# Written from _async by unasync.py ("make sdk"): change it there.
"""Events as they happen, by Server-Sent Events of one session or by the WebSocket of all; both are taken up again."""

import json
import time
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

import httpx
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from pentarch_client import errors
from pentarch_client._sync.endpoints import unwrapped
from pentarch_client._sync.streams import EVENTS, events
from pentarch_client._sync.transport import Transport
from pentarch_client.models import LiveEvent
from pentarch_client.records import parsed
from pentarch_client.requests import Request

_PAUSE_S = 1.0
_QUIET_S = 60.0
"""After this a ping is sent: API Gateway ends what is silent for ten minutes, and networks say nothing when they do."""


def follow(transport: Transport, session_id: str, last: int | None) -> Iterator[LiveEvent]:
    """One session's events, each once, after the number `last`."""
    while True:
        headers = EVENTS if last is None else {**EVENTS, "Last-Event-ID": str(last)}
        request = Request("GET", "/api/v1/sessions/{id}/events", places={"id": session_id}, headers=headers)
        try:
            with transport.stream(request) as response:
                for event in events(response):
                    told = parsed(LiveEvent, event.data)
                    last = told.seq or last
                    yield told
        except errors.StreamBrokenError:
            time.sleep(_PAUSE_S)


def listen(
    transport: Transport,
    *,
    sessions: Sequence[str] = (),
    types: Sequence[str] = (),
    last: int | None = None,
) -> Iterator[LiveEvent]:
    """What happens, each event once, over connections that come back with the last number that was seen.

    `types` are types or beginnings of them (`job.*`). `live.resync` comes through: what lies between its `last` and
    `next` is no longer kept.
    """
    while True:
        query = {"sessions": ",".join(sessions), "types": ",".join(types), "last": "" if last is None else str(last)}
        ticket = unwrapped((transport.send(Request("POST", "/api/v1/ws/ticket"))).json())["ticket"]
        told = urlencode({"ticket": ticket} | {name: value for name, value in query.items() if value})
        try:
            with connect(f"{transport.websocket_url}?{told}") as socket:
                for message in _messages(socket):
                    if "seq" in message:
                        last = message["seq"]
                        yield LiveEvent(message)
                    elif message.get("event") == "live.ready" and last is None:
                        last = message["data"]["last"]
                    elif message.get("event") == "live.resync":
                        yield LiveEvent(message)
        except InvalidStatus as error:
            raise _refused(error) from error
        except ConnectionClosed:
            pass
        except OSError as error:
            msg = f"{transport.websocket_url}: {error}"
            raise errors.ConnectionFailedError(msg) from error
        time.sleep(_PAUSE_S)


def _messages(socket: ClientConnection) -> Iterator[dict[str, Any]]:
    """What is said, until the connection ends; one that says nothing and answers no ping has ended."""
    is_asked = False
    while True:
        try:
            text = socket.recv(_QUIET_S)
        except TimeoutError:
            if is_asked:
                return
            socket.send('{"action":"ping"}')
            is_asked = True
            continue
        is_asked = False
        message: dict[str, Any] = json.loads(text)
        yield message


def _refused(error: InvalidStatus) -> errors.ApiError:
    response = error.response
    return errors.of(
        httpx.Response(response.status_code, headers=list(response.headers.raw_items()), content=bytes(response.body))
    )

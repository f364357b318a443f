"""The live part in one process: the log's stream, the queue and its worker, and a gateway that holds connections.

The gateway answers the calls of `@connections` as API Gateway does, keeps what each connection was sent, and calls the
function of the WebSocket API when clients come, speak and go.
"""

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from fanout import stream
from live import sending, websocket, worker
from pentarch.events import store
from pentarch.events.model import Event, happened
from pentarch.platform import clock as clocks
from pentarch.web.admission import Gate
from support import pump
from support.pump import Stack
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant

QUEUE = "LIVE_QUEUE_URL"
GONE = "GoneException"
FUNCTION_MS = 30_000
"""What the template gives the worker."""


@dataclass(slots=True, eq=False)
class Socket:
    """A connection, as the gateway has it."""

    id: str
    texts: list[str] = field(default_factory=list)
    open: bool = True

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(text) for text in self.texts]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [message for message in self.messages if "seq" in message]

    @property
    def numbers(self) -> list[int]:
        return [message["seq"] for message in self.events]

    def named(self, event: str) -> list[dict[str, Any]]:
        return [message["data"] for message in self.messages if message.get("event") == event]


class Gateway:
    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.sockets: dict[str, Socket] = {}
        self.calls: list[str] = []
        """Every call to AWS, in order."""
        self.refuse: Callable[[Socket], str | None] = lambda _: None
        """What to answer a message with instead of delivering it: an error's code, or `lost` after delivering it."""
        self._lock = threading.Lock()
        call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

        def answered(client: Any, operation: str, parameters: Any) -> Any:
            with self._lock:
                self.calls.append(operation)
                if client.meta.service_model.service_name == "apigatewaymanagementapi":
                    return self._answer(operation, parameters)
            return call(client, operation, parameters)

        patch.setattr(botocore.client.BaseClient, "_make_api_call", answered)

    def _answer(self, operation: str, parameters: Any) -> dict[str, Any]:
        socket = self.sockets.get(parameters["ConnectionId"])
        if socket is None or not socket.open:
            raise _error(GONE, 410, operation)
        if operation == "DeleteConnection":
            socket.open = False
            return {}
        refusal = self.refuse(socket)
        if refusal not in (None, "lost"):
            raise _error(str(refusal), 429 if "Limit" in str(refusal) else 500, operation)
        socket.texts.append(parameters["Data"].decode())
        if refusal == "lost":
            raise ReadTimeoutError(endpoint_url="test")
        return {}


def _error(code: str, status: int, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, operation)  # type: ignore[typeddict-item]


class LiveStack(Stack):
    def __init__(self, patch: pytest.MonkeyPatch, clock: StoppedClock) -> None:
        self.gateway = Gateway(patch)
        super().__init__(patch, clock)
        patch.setattr(pump, "_FUNCTION_MS", FUNCTION_MS)
        patch.setattr(sending, "_pause", lambda _: None)
        patch.setenv("LIVE_API_ID", "live")
        patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Pentarch")
        patch.setenv("POWERTOOLS_SERVICE_NAME", "test")
        patch.setattr(websocket, "_GATE", Gate())
        self.reads_stream("fanout", stream.handler)
        self.reads_queue("live", QUEUE, worker.handler, batch=2)
        self._made = 0

    def tenant(self, name: str) -> str:
        return make_tenant(name)

    def connect(self, key: str | None, **query: Any) -> tuple[int, Socket]:
        """The status of the handshake, and the connection, which is open if that is 200."""
        self._made += 1
        socket = Socket(f"Kx{self._made}=", open=False)
        event = {
            "requestContext": {"eventType": "CONNECT", "connectionId": socket.id, "routeKey": "$connect"},
            "headers": {"X-API-Key": key} if key else {},
            "queryStringParameters": {name: str(value) for name, value in query.items()} or None,
        }
        answer = websocket.handler(event, None)
        if answer["statusCode"] == 200:
            socket.open = True
            self.gateway.sockets[socket.id] = socket
        return answer["statusCode"], socket

    def opened(self, key: str, **query: Any) -> Socket:
        status, socket = self.connect(key, **query)
        assert status == 200
        return socket

    def say(self, socket: Socket, **message: Any) -> None:
        self.say_text(socket, json.dumps(message))

    def say_text(self, socket: Socket, text: str) -> None:
        context = {"eventType": "MESSAGE", "connectionId": socket.id, "routeKey": "$default"}
        answer = websocket.handler({"requestContext": context, "body": text}, None)
        assert answer == {"statusCode": 200}

    def drop(self, socket: Socket, *, told: bool = True) -> None:
        """The client is gone; `told`: API Gateway's $disconnect arrives, which it does not always."""
        socket.open = False
        if told:
            context = {"eventType": "DISCONNECT", "connectionId": socket.id, "routeKey": "$disconnect"}
            websocket.handler({"requestContext": context}, None)

    def happen(self, *events: Event) -> list[Event]:
        """Write events to the log; nothing is delivered yet."""
        for event in events:
            store.append(event)
        return list(events)

    def steps(self, tenant: str, session: str, count: int) -> list[Event]:
        """A run of a session: its start, its steps and its end, a tenth of a second between them."""
        self.clock.advance(milliseconds=100)
        made = [started(tenant, session)]
        for number in range(1, count - 1):
            self.clock.advance(milliseconds=100)
            made.append(progress(tenant, session, number / count))
        self.clock.advance(milliseconds=100)
        return [*made, complete(tenant, session)] if count > 1 else made


class Client:
    """A client that keeps what it saw, and comes back with the last of it."""

    def __init__(self, stack: LiveStack, key: str, **query: Any) -> None:
        self.seen: list[dict[str, Any]] = []
        self.last: int | None = None
        self.resyncs = 0
        self._stack, self._key, self._query, self._read = stack, key, query, 0
        self._socket = self._connected()

    @property
    def numbers(self) -> list[int]:
        return [event["seq"] for event in self.seen]

    def read(self, count: int | None = None) -> None:
        """Read what has come, or at most so many messages of it; connect again if the connection was ended."""
        found = self._socket.messages[self._read :][:count]
        self._read += len(found)
        for message in found:
            if message.get("event") == "live.ready" and self.last is None:
                self.last = message["data"]["last"]
            self.resyncs += message.get("event") == "live.resync"
            if "seq" in message:
                self.seen.append(message)
                self.last = message["seq"]
        if not self._socket.open and count is None:
            self._reconnect()

    def drop(self, *, told: bool = True) -> None:
        """Lose the connection, and whatever was on its way; come back."""
        self._stack.drop(self._socket, told=told)
        self._reconnect()

    def catch_up(self) -> None:
        """Be there until there is nothing more to come."""
        for _ in range(50):
            self._stack.run()
            socket, read = self._socket, self._read
            self.read()
            if (socket, read) == (self._socket, self._read):
                return
        msg = "there is always more to come"
        raise AssertionError(msg)

    def _reconnect(self) -> None:
        self._socket, self._read = self._connected(), 0

    def _connected(self) -> Socket:
        query = self._query if self.last is None else self._query | {"last": self.last}
        return self._stack.opened(self._key, **query)


def _happened(tenant: str, kind: str, session: str, **data: Any) -> Event:
    facts = {"session_id": session, **data}
    return happened(clocks.now(), tenant, kind, action="session", actor="key:k", resource=session, data=facts)


def started(tenant: str, session: str) -> Event:
    return _happened(tenant, "session.started", session, skill="spec")


def progress(tenant: str, session: str, share: float) -> Event:
    return _happened(tenant, "agent.progress", session, agent="spec-agent", progress=share, message="at work")


def complete(tenant: str, session: str) -> Event:
    return _happened(tenant, "session.complete", session, status="pending_approval", artifacts=["spec.json"])


def message_of(tenant: str, events: Iterable[Event]) -> str:
    """What the fan-out sends of events."""
    named = [{"id": event.id, "session": event.resource} for event in events]
    return json.dumps({"kind": "feed", "tenant": tenant, "events": named})

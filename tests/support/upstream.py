"""A scriptable server that speaks OpenAI's API, on threads and a port of its own.

    with FakeUpstream() as upstream:
        upstream.script(Status(429, headers={"Retry-After": "1"}), Chat(("Hello", " world")))
        provider = OpenAICompatibleProvider("fake", upstream.base_url, "key")
        ...
        assert upstream.requests[0].body["model"] == "m"

Each request takes the next scripted reply (`support.upstream_replies` has them, and writing another is one class).
When the script is used up, the server answers by itself: `upstream.chat` to chat completions, streamed or not as the
request asks, `embedding` for each input, and `upstream.models`.

`connections`, `requests` and `aborted` tell what the clients did; `aborted` counts the answers in the middle of which
the client went away.
"""

import json
import select
import socket
import ssl
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from types import TracebackType
from typing import Any, Protocol, Self

from support.upstream_replies import Chat, ClientGoneError, Status, embedding


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: dict[str, Any]


class Reply(Protocol):
    def answer(self, exchange: "Exchange") -> None: ...


class Exchange:
    """One request and the means to answer it; what a reply works with."""

    def __init__(self, request: Request, handler: "_Handler") -> None:
        self.request = request
        self._handler = handler

    def whole(
        self,
        status: int,
        body: bytes,
        *,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer at once."""
        self.begin(status, content_type, {"Content-Length": str(len(body)), **(headers or {})})
        self.raw(body)

    def json(self, body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.whole(status, json.dumps(body).encode(), headers=headers)

    def begin(self, status: int, content_type: str, headers: Mapping[str, str] | None = None) -> None:
        """Send the headers; without a Content-Length the body follows by `chunk` and `end`."""
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", content_type)
        for name, value in (headers or {"Transfer-Encoding": "chunked"}).items():
            self._handler.send_header(name, value)
        self._handler.end_headers()

    def chunk(self, data: bytes) -> None:
        self.raw(b"%x\r\n%s\r\n" % (len(data), data))

    def end(self) -> None:
        self.raw(b"0\r\n\r\n")

    def raw(self, data: bytes) -> None:
        self._handler.wfile.write(data)

    def hang_up(self) -> None:
        """Close the connection once the reply is sent."""
        self._handler.close_connection = True

    def wait(self, seconds: float) -> None:
        """Pass the time, or learn that the client is gone: one that waits for an answer sends nothing."""
        readable, _, _ = select.select([self._handler.connection], [], [], seconds)
        if readable:
            raise ClientGoneError


class FakeUpstream:
    """Give it a `tls` server context and it speaks https."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.chat = Chat(("Hello", " from", " upstream"))
        self.models = ["small", "large"]
        self.requests: list[Request] = []
        self.connections = 0
        self.aborted = 0
        self._script: deque[Reply] = deque()
        self._changed = Condition()
        self._server = _Server(self, tls)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def base_url(self) -> str:
        scheme = "https" if self._server.tls else "http"
        return f"{scheme}://localhost:{self._server.server_port}/v1"

    def script(self, *replies: Reply) -> None:
        """Answer the next requests with these, in this order."""
        with self._changed:
            self._script.extend(replies)

    def wait_until_aborted(self, count: int = 1, timeout: float = 2.0) -> bool:
        """Whether `count` answers were aborted by their clients within the time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.aborted >= count, timeout)

    def wait_until_asked(self, count: int = 1, timeout: float = 2.0) -> bool:
        """Whether `count` requests came in within the time."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.requests) >= count, timeout)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.drop_connections()
        self._server.server_close()

    def _serve(self, request: Request, exchange: Exchange) -> None:
        with self._changed:
            self.requests.append(request)
            reply = self._script.popleft() if self._script else None
            self._changed.notify_all()
        if reply is not None:
            reply.answer(exchange)
        elif request.path.endswith("/models"):
            exchange.json({"object": "list", "data": [{"id": name} for name in self.models]})
        elif request.path.endswith("/embeddings"):
            inputs = request.body["input"]
            data = [{"index": place, "embedding": embedding(text)} for place, text in enumerate(inputs)]
            exchange.json({"data": data, "usage": {"prompt_tokens": 5, "total_tokens": 5}})
        elif request.path.endswith("/chat/completions"):
            self.chat.answer(exchange)
        else:
            Status(404).answer(exchange)

    def _count(self, *, connections: int = 0, aborted: int = 0) -> None:
        with self._changed:
            self.connections += connections
            self.aborted += aborted
            self._changed.notify_all()


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, upstream: FakeUpstream, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.tls = tls
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        connection.settimeout(10)
        if self.tls is not None:
            connection = self.tls.wrap_socket(connection, server_side=True)
        self._open.add(connection)
        self.upstream._count(connections=1)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def drop_connections(self) -> None:
        for connection in tuple(self._open):
            with suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        with suppress(ConnectionError, ssl.SSLError):  # a client that drops an idle connection
            super().handle()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the original's name
        """Say nothing on stderr."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        said = {"form": body} if headers.get("content-type", "").startswith("multipart/") else json.loads(body or b"{}")
        request = Request(self.command, self.path, headers, said)
        try:
            self.server.upstream._serve(request, Exchange(request, self))
        except (ClientGoneError, OSError):
            self.close_connection = True
            self.server.upstream._count(aborted=1)


def closed_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""What surrounds every request: its correlation id, the headers of every reply, one log line, no naked error."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers

from pentarch.platform.observability import log_request, logger, traced
from pentarch.web import context as contexts
from pentarch.web.failures import response_for

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

CORRELATION_HEADER = "X-Correlation-ID"


class Frame:
    """The outermost: every reply, a browser's preflight too, has its headers and its log line."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        context = contexts.begin(Headers(scope=scope).get(CORRELATION_HEADER))
        scope["pentarch"] = context
        status = 0

        async def send_framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, context)
            await send(message)

        try:
            with traced("request", context.correlation_id):
                await self._app(scope, receive, send_framed)
        finally:
            caller = context.caller
            log_request(
                correlation_id=context.correlation_id,
                method=scope["method"],
                route=getattr(scope.get("route"), "path", None),
                status=status,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
                tenant=caller.tenant if caller else None,
                subject=caller.subject if caller else None,
            )


class Shelter:
    """Inside CORS, so that browsers may read it: turns what nobody caught into a refusal of the caller's dialect."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def send_noticed(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noticed)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise  # the reply has begun: the connection can only be cut
            context = scope["pentarch"]
            logger().exception("request failed", correlation_id=context.correlation_id)
            await response_for(error, scope["path"], context)(scope, receive, send)


def _add_headers(message: Message, context: contexts.RequestContext) -> None:
    """Written straight into the message: Starlette's headers look through all of them for each that is set."""
    added = {CORRELATION_HEADER: context.correlation_id, "X-Content-Type-Options": "nosniff"}
    if context.standing is not None:
        added |= context.standing.headers(time.time())
    added |= context.headers
    headers = message["headers"]
    if not any(name == b"cache-control" for name, _ in headers):
        added["Cache-Control"] = "no-store"
    message["headers"] = [*headers, *((name.lower().encode(), value.encode()) for name, value in added.items())]

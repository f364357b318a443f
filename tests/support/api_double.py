"""An API that answers as it is told, and keeps what it was asked."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

Reply = httpx.Response | httpx.TransportError | Callable[[httpx.Request], httpx.Response]


@dataclass
class ApiDouble:
    """Gives its replies one after another, the last one for ever."""

    replies: list[Reply]
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        reply = self.replies[min(len(self.asked), len(self.replies)) - 1]
        if isinstance(reply, httpx.TransportError):
            raise reply
        if not isinstance(reply, httpx.Response):
            return reply(request)
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        return self(request)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.content) if request.content else None for request in self.asked]

    def headers(self, name: str) -> list[str | None]:
        return [request.headers.get(name) for request in self.asked]

    def http(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self))

    def async_http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self.answer))


def told(body: Any, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def streamed(*texts: str) -> httpx.Response:
    body = "".join(f"data: {text}\n\n" for text in texts)
    return httpx.Response(200, text=body, headers={"Content-Type": "text/event-stream"})

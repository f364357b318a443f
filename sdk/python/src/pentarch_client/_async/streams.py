"""Server-Sent Events: tokens as a model makes them."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import httpx
from httpx_sse import EventSource, ServerSentEvent

from pentarch_client._async.transport import AsyncTransport
from pentarch_client.errors import StreamBrokenError
from pentarch_client.models import Chunk, Completion
from pentarch_client.records import Record, parsed
from pentarch_client.requests import Request

T = TypeVar("T")
EVENTS = {"Accept": "text/event-stream"}


async def events(response: httpx.Response) -> AsyncIterator[ServerSentEvent]:
    async for event in EventSource(response).aiter_sse():
        if event.data:
            yield event


class _AsyncStream(Generic[T]):
    """A reply that is read as it comes. Use it in a `with`, so that leaving early ends the model's work too."""

    def __init__(self, transport: AsyncTransport, request: Request) -> None:
        self._opened: AbstractAsyncContextManager[httpx.Response] = transport.stream(request)
        self._response: httpx.Response | None = None

    async def __aenter__(self) -> Self:
        self._response = await self._opened.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._opened.__aexit__(kind, error, trace)

    async def __aiter__(self) -> AsyncIterator[T]:
        if self._response is None:
            async with self:
                async for one in self._read():
                    yield one
        else:
            async for one in self._read():
                yield one

    async def _data(self) -> AsyncIterator[str]:
        if self._response is None:
            msg = "the stream is not open"
            raise StreamBrokenError(msg)
        async for event in events(self._response):
            yield event.data

    def _read(self) -> AsyncIterator[T]:
        raise NotImplementedError


class AsyncTextStream(_AsyncStream[str]):
    """A response, piece by piece; `completion` is there when the last piece has come."""

    completion: Completion | None = None

    async def _read(self) -> AsyncIterator[str]:
        async for text in self._data():
            told: dict[str, Any] = parsed(Record, text)
            match told.get("event"):
                case "token":
                    yield told["data"]
                case "complete":
                    self.completion = Completion(told["data"])
                case "error":
                    raise StreamBrokenError(told["data"]["message"], told["data"].get("code"))
        if self.completion is None:
            msg = "the stream ended before the response did"
            raise StreamBrokenError(msg)


class AsyncChunkStream(_AsyncStream[Chunk]):
    """OpenAI's chunks."""

    async def _read(self) -> AsyncIterator[Chunk]:
        async for text in self._data():
            if text == "[DONE]":
                return
            chunk = parsed(Chunk, text)
            if "error" in chunk:
                raise StreamBrokenError(chunk["error"]["message"], chunk["error"].get("code"))
            yield chunk

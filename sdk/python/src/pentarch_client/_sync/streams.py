# Written from _async by unasync.py ("make sdk"): change it there.
"""Server-Sent Events: tokens as a model makes them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import httpx
from httpx_sse import EventSource, ServerSentEvent

from pentarch_client._sync.transport import Transport
from pentarch_client.errors import StreamBrokenError
from pentarch_client.models import Chunk, Completion
from pentarch_client.records import Record, parsed
from pentarch_client.requests import Request

T = TypeVar("T")
EVENTS = {"Accept": "text/event-stream"}


def events(response: httpx.Response) -> Iterator[ServerSentEvent]:
    for event in EventSource(response).iter_sse():
        if event.data:
            yield event


class _Stream(Generic[T]):
    """A reply that is read as it comes. Use it in a `with`, so that leaving early ends the model's work too."""

    def __init__(self, transport: Transport, request: Request) -> None:
        self._opened: AbstractContextManager[httpx.Response] = transport.stream(request)
        self._response: httpx.Response | None = None

    def __enter__(self) -> Self:
        self._response = self._opened.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.__exit__(kind, error, trace)

    def __iter__(self) -> Iterator[T]:
        if self._response is None:
            with self:
                for one in self._read():
                    yield one
        else:
            for one in self._read():
                yield one

    def _data(self) -> Iterator[str]:
        if self._response is None:
            msg = "the stream is not open"
            raise StreamBrokenError(msg)
        for event in events(self._response):
            yield event.data

    def _read(self) -> Iterator[T]:
        raise NotImplementedError


class TextStream(_Stream[str]):
    """A response, piece by piece; `completion` is there when the last piece has come."""

    completion: Completion | None = None

    def _read(self) -> Iterator[str]:
        for text in self._data():
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


class ChunkStream(_Stream[Chunk]):
    """OpenAI's chunks."""

    def _read(self) -> Iterator[Chunk]:
        for text in self._data():
            if text == "[DONE]":
                return
            chunk = parsed(Chunk, text)
            if "error" in chunk:
                raise StreamBrokenError(chunk["error"]["message"], chunk["error"].get("code"))
            yield chunk

"""An answer that an OpenAI-compatible server streams."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from threading import Lock
from typing import Protocol

from pentarch.llm.errors import UpstreamError, UpstreamGarbageError
from pentarch.llm.model import Prompt, ToolCall
from pentarch.llm.providers.calls import Call, CallStoppedError
from pentarch.llm.providers.estimate import estimate_usage
from pentarch.llm.providers.openai_wire import CallPiece, characters_of, chunk, joined
from pentarch.llm.providers.sse import BrokenEventStreamError, events

DRAIN_SECONDS = 0.2
"""To read the few bytes after the last event, without which the connection cannot serve another call."""

_DONE = "[DONE]"


class Answer(Protocol):
    """An open response, `OpenAIAnswer` for one; named here so that this module does without httpx."""

    def chunks(self) -> Iterator[bytes]: ...

    def close(self) -> None: ...


class OpenAIStream:
    """Sends its request when the first piece is asked for, so that `close` can stop the wait for that piece too.

    After `close` iteration just ends, in whatever thread it is: whoever closed the stream wants no more of it.
    """

    def __init__(self, send: Callable[[Call], Answer], prompt: Prompt, timeout: float) -> None:
        self.finish_reason = "stop"
        self.usage = estimate_usage(prompt)
        self.tool_calls: tuple[ToolCall, ...] = ()
        self._send = send
        self._prompt = prompt
        self._timeout = timeout
        self._call = Call(timeout)
        self._pieces = self._read()
        self._reading = Lock()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            with self._reading:
                self._call.restart(self._timeout)
                return next(self._pieces)
        except (CallStoppedError, UpstreamError):
            if not self._call.stopped:
                raise
            raise StopIteration from None
        finally:
            if self._call.stopped:
                self._release()

    def close(self) -> None:
        self._call.stop()
        self._release()

    def _release(self) -> None:
        """Close the response, unless a reader is at work: `Call.stop` has woken it, and it comes here itself.

        The reader looks whether the call is stopped after it has let go of the lock, and `close` stops the call
        before it tries the lock, so at least one of the two gets through.
        """
        if self._reading.acquire(blocking=False):
            try:
                self._pieces.close()
            finally:
                self._reading.release()

    def _read(self) -> Generator[str]:
        answer = self._send(self._call)
        try:
            chunks = answer.chunks()
            yield from self._texts(chunks)
            self._call.settle()
            self._call.restart(DRAIN_SECONDS)
            with suppress(UpstreamError):
                for _ in chunks:
                    pass
        finally:
            answer.close()

    def _texts(self, chunks: Iterable[bytes]) -> Iterator[str]:
        characters = 0
        finished = counted = False
        pieces: list[CallPiece] = []
        for data in _events(chunks):
            if data == _DONE:
                break
            event = chunk(data)
            pieces += event.tool_calls
            if event.finish_reason is not None:
                self.finish_reason = event.finish_reason
                finished = True
            if event.usage is not None:
                self.usage = event.usage
                counted = True
            if event.text:
                characters += len(event.text)
                if not counted:
                    self.usage = estimate_usage(self._prompt, characters)
                yield event.text
        else:
            if not finished:
                message = "The backend's answer ends in the middle."
                raise UpstreamGarbageError(message)
        self.tool_calls = joined(pieces)
        if self.tool_calls:
            self.finish_reason = "tool_calls"
            if not counted:
                self.usage = estimate_usage(self._prompt, characters + characters_of(self.tool_calls))


def _events(chunks: Iterable[bytes]) -> Iterator[str]:
    """The events; a broken stream becomes our error outside the handler, so that it chains no text of the answer."""
    try:
        yield from events(chunks)
    except BrokenEventStreamError as error:
        message = f"The backend's answer is not an event stream: {error}."
    else:
        return
    raise UpstreamGarbageError(message)

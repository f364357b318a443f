"""What a `support.upstream.FakeUpstream` can be scripted to answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.upstream import Exchange

_FOR_EVER = 30.0


class ClientGoneError(Exception):
    """The client went away in the middle of an answer."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat completion, streamed piece by piece or sent whole, as the request asks."""

    pieces: tuple[str, ...]
    delay: float = 0.0
    """Seconds before each piece, or before the whole."""
    finish_reason: str | None = "stop"
    usage: tuple[int, int] | None = (7, 3)
    """Tokens of prompt and answer; None: the server does not count."""
    done: bool = True
    """Whether a stream ends with [DONE]."""

    def answer(self, exchange: "Exchange") -> None:
        if exchange.request.body.get("stream"):
            self._stream(exchange)
        else:
            exchange.wait(self.delay)
            message = {"role": "assistant", "content": "".join(self.pieces)}
            choice = {"index": 0, "message": message, "finish_reason": self.finish_reason}
            exchange.json(self._envelope(exchange, "chat.completion", [choice]) | self._usage())

    def _stream(self, exchange: "Exchange") -> None:
        exchange.begin(200, "text/event-stream")
        self._event(exchange, {"role": "assistant", "content": ""})
        for piece in self.pieces:
            exchange.wait(self.delay)
            self._event(exchange, {"content": piece})
        if self.finish_reason:
            self._event(exchange, {}, self.finish_reason)
        if self.usage and exchange.request.body.get("stream_options", {}).get("include_usage"):
            event = self._envelope(exchange, "chat.completion.chunk", []) | self._usage()
            exchange.chunk(b"data: %s\n\n" % json.dumps(event).encode())
        if self.done:
            exchange.chunk(b"data: [DONE]\n\n")
        exchange.end()

    def _event(self, exchange: "Exchange", delta: Mapping[str, str], finish_reason: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        event = self._envelope(exchange, "chat.completion.chunk", [choice])
        exchange.chunk(b"data: %s\n\n" % json.dumps(event).encode())

    def _envelope(self, exchange: "Exchange", kind: str, choices: list[Any]) -> dict[str, Any]:
        model = exchange.request.body.get("model")
        return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": model, "choices": choices}

    def _usage(self) -> dict[str, Any]:
        if self.usage is None:
            return {}
        prompt, answer = self.usage
        total = prompt + answer
        return {"usage": {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": total}}


@dataclass(frozen=True, slots=True)
class ToolCalls:
    """Calls of functions, each (id, name, arguments); a stream cuts the arguments in two."""

    calls: tuple[tuple[str, str, str], ...]

    def answer(self, exchange: "Exchange") -> None:
        envelope = {"id": "chatcmpl-1", "created": 1, "model": exchange.request.body.get("model")}
        usage = {"usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}}
        whole = [
            {"id": one, "type": "function", "function": {"name": name, "arguments": given}}
            for one, name, given in self.calls
        ]
        if not exchange.request.body.get("stream"):
            message = {"role": "assistant", "content": None, "tool_calls": whole}
            choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
            exchange.json(envelope | {"object": "chat.completion", "choices": [choice]} | usage)
            return
        exchange.begin(200, "text/event-stream")
        deltas: list[dict[str, Any]] = []
        for place, (one, name, given) in enumerate(self.calls):
            half = len(given) // 2
            first = {"index": place, "id": one, "function": {"name": name, "arguments": given[:half]}}
            deltas += [first, {"index": place, "function": {"arguments": given[half:]}}]
        choices: list[dict[str, Any]] = [{"index": 0, "delta": {"tool_calls": [delta]}} for delta in deltas]
        choices.append({"index": 0, "delta": {}, "finish_reason": "tool_calls"})
        for choice in choices:
            exchange.chunk(b"data: %s\n\n" % json.dumps(envelope | {"choices": [choice]}).encode())
        exchange.chunk(b"data: %s\n\n" % json.dumps(envelope | {"choices": []} | usage).encode())
        exchange.chunk(b"data: [DONE]\n\n")
        exchange.end()


@dataclass(frozen=True, slots=True)
class Status:
    """A refusal, with an error in OpenAI's form."""

    status: int
    code: str | None = None
    message: str = "refused"
    param: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, exchange: "Exchange") -> None:
        error = {"message": self.message, "type": "some_error", "param": self.param, "code": self.code}
        exchange.json({"error": error}, self.status, self.headers)


@dataclass(frozen=True, slots=True)
class Body:
    """Any body; `length` claims another length than it has, and the connection ends after it."""

    content: bytes
    content_type: str = "application/json"
    status: int = 200
    length: int | None = None

    def answer(self, exchange: "Exchange") -> None:
        length = len(self.content) if self.length is None else self.length
        exchange.begin(self.status, self.content_type, {"Content-Length": str(length)})
        exchange.raw(self.content)
        if self.length is not None:
            exchange.hang_up()


@dataclass(frozen=True, slots=True)
class Events:
    """A stream of literal bytes, each part sent on its own; `cut` ends the connection where the last part ends."""

    parts: tuple[bytes, ...]
    cut: bool = False

    def answer(self, exchange: "Exchange") -> None:
        exchange.begin(200, "text/event-stream")
        for part in self.parts:
            exchange.chunk(part)
        if self.cut:
            exchange.hang_up()
        else:
            exchange.end()


@dataclass(frozen=True, slots=True)
class Hang:
    """No answer, until the client gives up."""

    seconds: float = _FOR_EVER

    def answer(self, exchange: "Exchange") -> None:
        exchange.wait(self.seconds)
        exchange.hang_up()


@dataclass(frozen=True, slots=True)
class Drip:
    """A byte now and then, for ever: of the body, or already of the headers."""

    interval: float = 0.02
    in_headers: bool = False

    def answer(self, exchange: "Exchange") -> None:
        if self.in_headers:
            exchange.raw(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        else:
            exchange.begin(200, "application/json", {"Content-Length": "1000000"})
        for _ in range(int(_FOR_EVER / self.interval)):
            exchange.wait(self.interval)
            exchange.raw(b" ")


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection closes, with no answer or after `first` bytes that need not be HTTP."""

    first: bytes = b""

    def answer(self, exchange: "Exchange") -> None:
        exchange.raw(self.first)
        exchange.hang_up()


def embedding(text: str) -> list[float]:
    """A vector that depends on the text alone."""
    return [float(len(text)), float(text.count(" ")), 1.0]

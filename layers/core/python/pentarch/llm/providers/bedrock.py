"""Amazon Bedrock, by the Converse API."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from threading import Event
from time import monotonic
from typing import Any, Protocol, TypeVar

from pentarch.llm.errors import EmbeddingsUnsupportedError, PromptRefusedError, UpstreamError, UpstreamGarbageError
from pentarch.llm.model import Completion, Embeddings, Prompt, ToolCall, Usage
from pentarch.llm.providers import bedrock_wire
from pentarch.llm.providers.bedrock_failures import EXPECTED, Failure, failure
from pentarch.llm.providers.estimate import estimate_usage
from pentarch.llm.providers.relay import Relay, RelayEndedError, within

T = TypeVar("T")


class BedrockClient(Protocol):
    """boto3's `bedrock-runtime` client, as far as it is used."""

    def converse(self, **request: Any) -> Mapping[str, Any]: ...  # noqa: ANN401 - boto3's signature

    def converse_stream(self, **request: Any) -> Mapping[str, Any]: ...  # noqa: ANN401

    def invoke_model(self, **request: Any) -> Mapping[str, Any]: ...  # noqa: ANN401


class BedrockProvider:
    """Models that Bedrock serves; a model's name is its id, that of its inference profile, or an ARN.

    botocore cannot be given a time-out for one call, so each call runs on a thread of its own that is left behind
    when its time is over; the client's `read_timeout` then ends it. Retries are the client's too.
    """

    def __init__(self, name: str, client: BedrockClient) -> None:
        self.name = name
        self._client = client

    def complete(self, model: str, prompt: Prompt, *, timeout: float) -> Completion:
        request = bedrock_wire.converse_request(model, prompt)
        response = _translated(lambda: within(timeout, lambda: self._client.converse(**request)))
        return bedrock_wire.completion(response, prompt)

    def stream(self, model: str, prompt: Prompt, *, timeout: float) -> "BedrockStream":
        """Returns at once; the request goes out when the first piece is asked for."""
        request = bedrock_wire.converse_request(model, prompt)
        return BedrockStream(lambda: self._client.converse_stream(**request)["stream"], prompt, timeout)

    def embed(self, model: str, texts: Sequence[str], *, timeout: float) -> Embeddings:
        batches = bedrock_wire.embedding_batches(model, texts)
        if texts and not batches:
            message = "This model does not make embeddings."
            raise EmbeddingsUnsupportedError(message)
        deadline = monotonic() + timeout
        vectors: list[tuple[float, ...]] = []
        tokens, estimated = 0, False
        for body, batch in batches:
            answer, headers = self._invoke(model, body, deadline - monotonic())
            batch_vectors, usage = bedrock_wire.embeddings(answer, headers, batch)
            vectors.extend(batch_vectors)
            tokens += usage.prompt_tokens
            estimated |= usage.estimated
        return Embeddings(tuple(vectors), Usage(tokens, 0, estimated=estimated))

    def _invoke(self, model: str, body: bytes, timeout: float) -> tuple[bytes, Mapping[str, str]]:
        def work() -> tuple[bytes, Mapping[str, str]]:
            response = self._client.invoke_model(
                modelId=model, body=body, contentType="application/json", accept="application/json"
            )
            return response["body"].read(), response["ResponseMetadata"]["HTTPHeaders"]

        return _translated(lambda: within(timeout, work))


class BedrockStream:
    """Sends its request when the first piece is asked for. After `close` iteration just ends."""

    def __init__(self, send: Callable[[], Any], prompt: Prompt, timeout: float) -> None:
        self.finish_reason = "stop"
        self.usage = estimate_usage(prompt)
        self.tool_calls: tuple[ToolCall, ...] = ()
        self._send = send
        self._prompt = prompt
        self._timeout = timeout
        self._deadline = 0.0
        self._events: Relay[Mapping[str, Any]] = Relay(self._receive)
        self._source: Any = None
        self._closed = Event()
        self._pieces = self._read()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self._deadline = monotonic() + self._timeout
        try:
            return next(self._pieces)
        except (UpstreamError, PromptRefusedError):
            self.close()
            raise

    def close(self) -> None:
        self._closed.set()
        self._events.end()
        _hang_up(self._source)

    def _read(self) -> Iterator[str]:
        characters = 0
        finished = counted = False
        uses = bedrock_wire.ToolUses()
        while (event := self._next_event()) is not None:
            uses.take(event)
            if "messageStop" in event:
                self.finish_reason = bedrock_wire.finish_reason(event["messageStop"].get("stopReason"))
                finished = True
            usage = bedrock_wire.usage(event.get("metadata", {}).get("usage"))
            if usage is not None:
                self.usage, counted = usage, True
            if text := bedrock_wire.text_of(event):
                characters += len(text)
                if not counted:
                    self.usage = estimate_usage(self._prompt, characters)
                yield text
        if finished:
            self.tool_calls = uses.calls()
            self.finish_reason = "tool_calls" if self.tool_calls else self.finish_reason
        elif not self._closed.is_set():
            message = "The backend's answer ends in the middle."
            raise UpstreamGarbageError(message)

    def _next_event(self) -> Mapping[str, Any] | None:
        if self._closed.is_set():
            return None
        try:
            return _translated(lambda: self._events.receive(self._deadline - monotonic()))
        except RelayEndedError:
            return None

    def _receive(self) -> Iterator[Mapping[str, Any]]:
        """Runs on the relay's thread.

        The source is published before the look whether the stream is closed, and `close` does it the other way
        round, so no connection is overlooked.
        """
        self._source = self._send()
        with closing(self._source):
            if self._closed.is_set():
                return
            for event in self._source:
                yield event
                if self._closed.is_set():
                    return


def _translated(work: Callable[[], T]) -> T:
    """The result of `work`, or our error, raised outside the handler so that it chains no text (see the failures)."""
    error: Failure
    try:
        return work()
    except EXPECTED as cause:
        error = failure(cause)
    raise error


def _hang_up(stream: object) -> None:
    """Wake the thread that reads `stream`, so that it closes the connection, which tells Bedrock to stop.

    Closing alone would leave it waiting (see `Call.stop`). urllib3's response can shut its socket down; botocore
    keeps that response to itself, and should it move, the thread waits for its time-out instead.
    """
    shut_down = getattr(getattr(stream, "_raw_stream", None), "shutdown", None)
    if shut_down is not None:
        with suppress(OSError, RuntimeError, ValueError):  # the connection is closed or released already
            shut_down()

"""The OpenAI API's bodies: ours into its requests, its answers into ours. Nothing here does I/O."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from pentarch.llm.errors import UpstreamUnavailableError
from pentarch.llm.model import Completion, Embeddings, Message, Prompt, Role, Tool, ToolCall, Usage
from pentarch.llm.providers.estimate import estimate_inputs, estimate_usage
from pentarch.llm.providers.shapes import as_count, as_list, as_object, as_text, as_vectors, parsed, reject
from pentarch.llm.toolless import without_tools

DISPENSABLE_PARAMETERS = frozenset(
    {"max_tokens", "temperature", "top_p", "frequency_penalty", "presence_penalty", "seed", "stream_options", "tools"}
)
"""What reasoning models and small servers refuse by name, and an answer can do without (`max_tokens` has another
name, which is used then; without `tools` their results go as text). `stop` is not among them: without it the answer
would be another one.
"""

_FINISH_REASONS = {"length": "length", "content_filter": "content_filter"}


@dataclass(frozen=True, slots=True)
class Chunk:
    """One event of a streamed answer."""

    text: str = ""
    finish_reason: str | None = None
    usage: Usage | None = None
    tool_calls: tuple["CallPiece", ...] = ()


@dataclass(frozen=True, slots=True)
class CallPiece:
    """A piece of a streamed tool call: the first one of a place has the name, all have some of the arguments."""

    place: int
    id: str = ""
    name: str = ""
    arguments: str = ""


def chat_request(model: str, prompt: Prompt, *, stream: bool, left_out: frozenset[str] = frozenset()) -> bytes:
    """The body of a chat completion, without the parameters in `left_out`.

    Newer models of OpenAI refuse `max_tokens` and want `max_completion_tokens`, which most other servers do not
    know: the old name is used until it is refused.
    """
    if "tools" in left_out:
        prompt = without_tools(prompt)
    sampling = prompt.sampling
    limit = "max_completion_tokens" if "max_tokens" in left_out else "max_tokens"
    optional = {
        limit: sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "frequency_penalty": sampling.frequency_penalty,
        "presence_penalty": sampling.presence_penalty,
        "stop": list(sampling.stop) or None,
        "seed": sampling.seed,
        "logprobs": sampling.logprobs or None,
        "stream_options": {"include_usage": True} if stream else None,
        "tools": [_tool(tool) for tool in prompt.tools] or None,
        "tool_choice": prompt.tool_choice if prompt.tools and prompt.tool_choice != "auto" else None,
    }
    return _encoded(
        {
            "model": model,
            "messages": [_message(message) for message in prompt.messages],
            "stream": stream,
        }
        | {name: value for name, value in optional.items() if value is not None and name not in left_out}
    )


def embeddings_request(model: str, texts: Sequence[str]) -> bytes:
    return _encoded({"model": model, "input": list(texts), "encoding_format": "float"})


def completion(body: bytes, prompt: Prompt) -> Completion:
    answer = as_object(parsed(body), "the answer")
    choice = as_object(_first(answer.get("choices"), "choices"), "choices[0]")
    message = as_object(choice.get("message"), "choices[0].message")
    reason = _finish_reason(choice.get("finish_reason")) or "stop"
    text = message.get("content")
    calls = _calls(message.get("tool_calls"))
    if calls:
        text, reason = text or "", "tool_calls"
    if text is None and isinstance(message.get("refusal"), str):
        text, reason = message["refusal"], "content_filter"
    if text is None and reason != "stop":
        text = ""  # a reasoning model that was cut off before its answer began
    text = as_text(text, "choices[0].message.content")
    usage = _usage(answer.get("usage")) or estimate_usage(prompt, len(text) + characters_of(calls))
    logprob = _logprob(choice.get("logprobs")) if prompt.sampling.logprobs else None
    return Completion(text, reason, usage, calls, logprob)


def characters_of(calls: Sequence[ToolCall]) -> int:
    return sum(len(call.name) + len(call.arguments) for call in calls)


def joined(pieces: Sequence[CallPiece]) -> tuple[ToolCall, ...]:
    """The calls of a streamed answer, once all of it is there."""
    calls: dict[int, CallPiece] = {}
    for piece in pieces:
        begun = calls.get(piece.place, CallPiece(piece.place))
        calls[piece.place] = CallPiece(
            piece.place, begun.id or piece.id, begun.name or piece.name, begun.arguments + piece.arguments
        )
    return tuple(_named(call.id, call.name, call.arguments, place) for place, call in sorted(calls.items()))


def _logprob(value: object) -> float | None:
    """Of all tokens together; None unless each has one. Nothing that is told oddly costs a good answer."""
    tokens = _field(value, "content")
    told = [_field(token, "logprob") for token in tokens] if isinstance(tokens, list) else []
    numbers = [float(one) for one in told if isinstance(one, int | float) and not isinstance(one, bool)]
    total = sum(numbers)
    return total if told and len(numbers) == len(told) and isfinite(total) and total <= 0 else None


def chunk(data: str) -> Chunk:
    event = as_object(parsed(data), "an event")
    if event.get("error"):
        message = "The backend reports an error in the middle of its answer."
        raise UpstreamUnavailableError(message)
    usage = _usage(event.get("usage"))
    choices = event.get("choices")
    if choices == [] or (choices is None and usage):
        return Chunk(usage=usage)  # the last event, which `stream_options` asks for
    choice = as_object(_first(choices, "choices"), "choices[0]")
    delta = as_object(choice.get("delta", {}), "choices[0].delta")
    text = delta.get("refusal") if delta.get("content") is None else delta["content"]
    return Chunk(
        text="" if text is None else as_text(text, "choices[0].delta.content"),
        finish_reason=_finish_reason(choice.get("finish_reason")),
        usage=usage,
        tool_calls=tuple(_pieces(delta.get("tool_calls"))),
    )


def _tool(tool: Tool) -> dict[str, Any]:
    told = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": told}


def _message(message: Message) -> dict[str, Any]:
    told: dict[str, Any] = {"role": message.role.value, "content": message.content}
    if message.role is Role.TOOL:
        told["tool_call_id"] = message.tool_call_id
    if message.tool_calls:
        told["content"] = message.content or None
        told["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
    return told


def _calls(value: object) -> tuple[ToolCall, ...]:
    return () if value is None else joined(list(_pieces(value)))


def _pieces(value: object) -> Iterator[CallPiece]:
    """Small servers leave out the place, the id, or the text around the arguments."""
    for number, one in enumerate([] if value is None else as_list(value, "tool_calls")):
        call = as_object(one, "tool_calls[]")
        function = as_object(call.get("function") or {}, "tool_calls[].function")
        place = as_count(call.get("index"))
        arguments = function.get("arguments")
        if isinstance(arguments, dict):
            arguments = json.dumps(arguments)
        yield CallPiece(
            number if place is None else place,
            as_text(call.get("id") or "", "tool_calls[].id"),
            as_text(function.get("name") or "", "tool_calls[].function.name"),
            as_text(arguments or "", "tool_calls[].function.arguments"),
        )


def _named(call_id: str, name: str, arguments: str, place: int) -> ToolCall:
    if not name:
        reject("a tool call has no name")
    return ToolCall(call_id or f"call_{place}", name, arguments)


def embeddings(body: bytes, texts: Sequence[str]) -> Embeddings:
    answer = as_object(parsed(body), "the answer")
    items = [as_object(item, "data[]") for item in as_list(answer.get("data"), "data")]
    places = [item.get("index", place) for place, item in enumerate(items)]
    if not all(isinstance(place, int) for place in places) or sorted(places) != list(range(len(texts))):
        reject("data does not hold one embedding for each input")
    in_order = sorted(zip(places, items, strict=True), key=lambda placed: placed[0])
    vectors = as_vectors([item.get("embedding") for _, item in in_order], len(texts))
    counted = as_count(_field(answer.get("usage"), "prompt_tokens"))
    return Embeddings(vectors, estimate_inputs(texts) if counted is None else Usage(counted, 0))


def model_names(body: bytes) -> list[str]:
    data = as_object(parsed(body), "the answer").get("data")
    items = as_list([] if data is None else data, "data")  # Ollama says null while it has no model
    return [as_text(as_object(item, "data[]").get("id"), "data[].id") for item in items]


def _usage(value: object) -> Usage | None:
    prompt_tokens = as_count(_field(value, "prompt_tokens"))
    completion_tokens = as_count(_field(value, "completion_tokens"))
    if prompt_tokens is None or completion_tokens is None:
        return None
    return Usage(prompt_tokens, completion_tokens)


def _field(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _finish_reason(value: object) -> str | None:
    if value is None:
        return None
    return _FINISH_REASONS.get(as_text(value, "finish_reason"), "stop")


def _encoded(body: dict[str, Any]) -> bytes:
    """Escaped to ASCII, so that a lone surrogate in a prompt is sent as it is and fails nowhere on the way."""
    return json.dumps(body, allow_nan=False).encode("ascii")


def _first(value: object, what: str) -> object:
    items = as_list(value, what)
    if not items:
        reject(f"{what} is empty")
    return items[0]

"""The OpenAI API's bodies: ours into its requests, its answers into ours. Nothing here does I/O."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pentarch.llm.errors import UpstreamUnavailableError
from pentarch.llm.model import Completion, Embeddings, Prompt, Usage
from pentarch.llm.providers.estimate import estimate_inputs, estimate_usage
from pentarch.llm.providers.shapes import as_count, as_list, as_object, as_text, as_vectors, parsed, reject

DISPENSABLE_PARAMETERS = frozenset(
    {"max_tokens", "temperature", "top_p", "frequency_penalty", "presence_penalty", "seed", "stream_options"}
)
"""What reasoning models and small servers refuse by name, and an answer can do without (`max_tokens` has another
name, which is used then). `stop` is not among them: without it the answer would be another one.
"""

_FINISH_REASONS = {"length": "length", "content_filter": "content_filter"}


@dataclass(frozen=True, slots=True)
class Chunk:
    """One event of a streamed answer."""

    text: str = ""
    finish_reason: str | None = None
    usage: Usage | None = None


def chat_request(model: str, prompt: Prompt, *, stream: bool, left_out: frozenset[str] = frozenset()) -> bytes:
    """The body of a chat completion, without the parameters in `left_out`.

    Newer models of OpenAI refuse `max_tokens` and want `max_completion_tokens`, which most other servers do not
    know: the old name is used until it is refused.
    """
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
        "stream_options": {"include_usage": True} if stream else None,
    }
    return _encoded(
        {
            "model": model,
            "messages": [{"role": message.role.value, "content": message.content} for message in prompt.messages],
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
    if text is None and isinstance(message.get("refusal"), str):
        text, reason = message["refusal"], "content_filter"
    if text is None and reason != "stop":
        text = ""  # a reasoning model that was cut off before its answer began
    text = as_text(text, "choices[0].message.content")
    return Completion(text, reason, _usage(answer.get("usage")) or estimate_usage(prompt, len(text)))


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
    )


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

"""Bedrock's bodies: ours into its requests, its answers into ours. Nothing here does I/O."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pentarch.llm.model import Completion, Message, Prompt, Role, Usage
from pentarch.llm.providers.estimate import estimate_tokens, estimate_usage
from pentarch.llm.providers.shapes import as_count, as_list, as_object, as_text, as_vectors, parsed, reject

TITAN = "amazon.titan-embed"
COHERE = "cohere.embed"
COHERE_TEXTS_PER_CALL = 96
"""https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v3.html"""
MAX_TEMPERATURE = 1.0
"""The end of Converse's scale, whatever the model; OpenAI's goes to 2."""

_INPUT_COUNT_HEADER = "x-amzn-bedrock-input-token-count"

_FINISH_REASONS = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "content_filtered": "content_filter",
    "guardrail_intervened": "content_filter",
}
_MALFORMED = "malformed_"


def converse_request(model: str, prompt: Prompt) -> dict[str, Any]:
    """The arguments of Converse and ConverseStream, which have no seed and no penalties: those are left out."""
    sampling = prompt.sampling
    config: dict[str, Any] = {
        "maxTokens": sampling.max_tokens,
        "temperature": min(sampling.temperature, MAX_TEMPERATURE),
    }
    if sampling.top_p is not None:
        config["topP"] = sampling.top_p
    if sampling.stop:
        config["stopSequences"] = list(sampling.stop)
    request: dict[str, Any] = {
        "modelId": model,
        "messages": _turns(message for message in prompt.messages if message.role is not Role.SYSTEM),
        "inferenceConfig": config,
    }
    system = [{"text": message.content} for message in prompt.messages if message.role is Role.SYSTEM]
    return request | ({"system": system} if system else {})


def completion(response: Mapping[str, Any], prompt: Prompt) -> Completion:
    output = as_object(response.get("output"), "output")
    message = as_object(output.get("message"), "output.message")
    # Blocks of other kinds, such as a model's reasoning, are no part of the answer.
    blocks = [as_object(block, "content[]") for block in as_list(message.get("content"), "content")]
    text = "".join(as_text(block["text"], "content[].text") for block in blocks if "text" in block)
    counted = usage(response.get("usage"))
    return Completion(text, finish_reason(response.get("stopReason")), counted or estimate_usage(prompt, len(text)))


def finish_reason(value: object) -> str:
    reason = as_text(value, "stopReason")
    if reason.startswith(_MALFORMED):
        reject("the model's output is malformed")
    return _FINISH_REASONS.get(reason, "stop")


def usage(value: object) -> Usage | None:
    """The tokens counted by Bedrock, or None if it does not tell."""
    if not isinstance(value, dict):
        return None
    prompt_tokens, completion_tokens = as_count(value.get("inputTokens")), as_count(value.get("outputTokens"))
    if prompt_tokens is None or completion_tokens is None:
        return None
    return Usage(prompt_tokens, completion_tokens)


def text_of(event: Mapping[str, Any]) -> str:
    """The piece of text in an event of ConverseStream; empty for an event of another kind."""
    if "contentBlockDelta" not in event:
        return ""
    delta = as_object(event["contentBlockDelta"], "contentBlockDelta").get("delta")
    return as_text(as_object(delta, "delta").get("text", ""), "delta.text")


def embedding_batches(model: str, texts: Sequence[str]) -> list[tuple[bytes, Sequence[str]]]:
    """The bodies to send, each with the texts that it holds; none at all for a model that is not known here.

    Cohere wants to know what a text is for. The interface does not say, so every text is a document.
    """
    if TITAN in model:
        return [(_encoded({"inputText": text}), [text]) for text in texts]
    if COHERE in model:
        starts = range(0, len(texts), COHERE_TEXTS_PER_CALL)
        batches = [texts[start : start + COHERE_TEXTS_PER_CALL] for start in starts]
        return [(_encoded({"texts": list(batch), "input_type": "search_document"}), batch) for batch in batches]
    return []


def embeddings(
    body: bytes, headers: Mapping[str, str], texts: Sequence[str]
) -> tuple[tuple[tuple[float, ...], ...], Usage]:
    """The vectors of one batch, and its tokens, which Titan tells in the body and Bedrock in a header."""
    answer = as_object(parsed(body), "the answer")
    values = [answer["embedding"]] if "embedding" in answer else answer.get("embeddings")
    if isinstance(values, dict):  # Cohere's form by type of number
        values = values.get("float")
    header = headers.get(_INPUT_COUNT_HEADER, "")
    counted = as_count(answer.get("inputTextTokenCount"))
    if counted is None and header.isascii() and header.isdigit():
        counted = as_count(int(header[:10]))
    estimated = sum(map(estimate_tokens, texts))
    vectors = as_vectors(as_list(values, "embeddings"), len(texts))
    return vectors, Usage(estimated if counted is None else counted, 0, estimated=counted is None)


def _turns(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Bedrock wants the roles to alternate: neighbours of one role become one message of several blocks."""
    turns: list[dict[str, Any]] = []
    for message in messages:
        if not turns or turns[-1]["role"] != message.role.value:
            turns.append({"role": message.role.value, "content": []})
        turns[-1]["content"].append({"text": message.content})
    return turns


def _encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode("ascii")

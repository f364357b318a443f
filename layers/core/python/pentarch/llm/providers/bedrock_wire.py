"""Bedrock's bodies: ours into its requests, its answers into ours. Nothing here does I/O."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pentarch.llm.model import Completion, Message, Prompt, Role, Tool, ToolCall, Usage
from pentarch.llm.providers.estimate import estimate_tokens, estimate_usage
from pentarch.llm.providers.shapes import as_count, as_list, as_object, as_text, as_vectors, parsed, reject
from pentarch.llm.toolless import without_tools

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
    if prompt.tool_choice == "none" or not prompt.tools:
        prompt = without_tools(prompt)  # Converse has no choice "none", and takes no calls without their tools
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
    if prompt.tools:
        choice: dict[str, Any] = {"any": {}} if prompt.tool_choice == "required" else {"auto": {}}
        request["toolConfig"] = {"tools": [_tool(tool) for tool in prompt.tools], "toolChoice": choice}
    return request | ({"system": system} if system else {})


def completion(response: Mapping[str, Any], prompt: Prompt) -> Completion:
    output = as_object(response.get("output"), "output")
    message = as_object(output.get("message"), "output.message")
    # Blocks of other kinds, such as a model's reasoning, are no part of the answer.
    blocks = [as_object(block, "content[]") for block in as_list(message.get("content"), "content")]
    text = "".join(as_text(block["text"], "content[].text") for block in blocks if "text" in block)
    counted = usage(response.get("usage"))
    calls = tuple(_call(block["toolUse"]) for block in blocks if "toolUse" in block)
    written = len(text) + sum(len(call.arguments) for call in calls)
    reason = finish_reason(response.get("stopReason"))
    return Completion(text, "tool_calls" if calls else reason, counted or estimate_usage(prompt, written), calls)


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "toolSpec": {
            "name": tool.name,
            "description": tool.description or tool.name,
            "inputSchema": {"json": dict(tool.parameters)},
        }
    }


def _call(value: object) -> ToolCall:
    use = as_object(value, "toolUse")
    arguments = use.get("input", {})
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return ToolCall(as_text(use.get("toolUseId"), "toolUseId"), as_text(use.get("name"), "toolUse.name"), text)


class ToolUses:
    """The tool calls of a streamed answer: a block begins with a name, and its arguments come in pieces."""

    def __init__(self) -> None:
        self._begun: dict[object, dict[str, Any]] = {}

    def take(self, event: Mapping[str, Any]) -> None:
        """Look for a call, or a piece of one, in an event of ConverseStream."""
        start = _inner(event, "contentBlockStart", "start")
        if "toolUse" in start:
            begun = dict(as_object(start["toolUse"], "start.toolUse"))
            self._begun[event["contentBlockStart"].get("contentBlockIndex")] = begun | {"input": ""}
        delta = _inner(event, "contentBlockDelta", "delta")
        if "toolUse" in delta:
            piece = as_object(delta["toolUse"], "delta.toolUse").get("input", "")
            begun = self._begun.get(event["contentBlockDelta"].get("contentBlockIndex"), {})
            begun["input"] = begun.get("input", "") + as_text(piece, "delta.toolUse.input")

    def calls(self) -> tuple[ToolCall, ...]:
        return tuple(map(_call, self._begun.values()))


def _inner(event: Mapping[str, Any], name: str, within: str) -> Mapping[str, Any]:
    if name not in event:
        return {}
    return as_object(as_object(event[name], name).get(within) or {}, within)


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
        role = Role.USER.value if message.role is Role.TOOL else message.role.value
        if not turns or turns[-1]["role"] != role:
            turns.append({"role": role, "content": []})
        turns[-1]["content"] += _blocks(message)
    return turns


def _blocks(message: Message) -> list[dict[str, Any]]:
    if message.role is Role.TOOL:
        return [{"toolResult": {"toolUseId": message.tool_call_id, "content": [{"text": message.content}]}}]
    text = [{"text": message.content}] if message.content or not message.tool_calls else []
    uses = [
        {"toolUse": {"toolUseId": call.id, "name": call.name, "input": _input(call)}} for call in message.tool_calls
    ]
    return [*text, *uses]


def _input(call: ToolCall) -> dict[str, Any]:
    """Converse takes an object only; what was none has been answered as such by the tool's message."""
    given = parsed(call.arguments)
    return given if isinstance(given, dict) else {}


def _encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode("ascii")

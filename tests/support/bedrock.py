"""A client for Bedrock that answers by a function, and answers in the shapes that Bedrock's API has."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from pentarch.llm.model import Message, Prompt, Role
from pentarch.llm.providers.bedrock import BedrockProvider

PROMPT = Prompt((Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Who are you?")))
MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
TITAN = "amazon.titan-embed-text-v2:0"
COHERE = "us.cohere.embed-multilingual-v3"

RESPONSE: dict[str, Any] = {
    "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}},
    "output": {"message": {"role": "assistant", "content": [{"text": "A "}, {"text": "model."}]}},
    "stopReason": "end_turn",
    "usage": {"inputTokens": 9, "outputTokens": 3, "totalTokens": 12},
    "metrics": {"latencyMs": 300},
}
EVENTS: list[dict[str, Any]] = [
    {"messageStart": {"role": "assistant"}},
    {"contentBlockDelta": {"delta": {"reasoningContent": {"text": "hm"}}, "contentBlockIndex": 0}},
    {"contentBlockDelta": {"delta": {"text": "A "}, "contentBlockIndex": 1}},
    {"contentBlockDelta": {"delta": {"text": "model."}, "contentBlockIndex": 1}},
    {"contentBlockStop": {"contentBlockIndex": 1}},
    {"messageStop": {"stopReason": "max_tokens"}},
    {"metadata": {"usage": {"inputTokens": 9, "outputTokens": 3, "totalTokens": 12}, "metrics": {"latencyMs": 3}}},
]


class EventSource:
    """What the client gives as a stream: an iterable that can be closed."""

    def __init__(self, events: list[dict[str, Any]], error: Exception | None = None) -> None:
        self.events = events
        self.error = error
        self.closed = False

    def __iter__(self) -> Iterator[dict[str, Any]]:
        yield from self.events
        if self.error is not None:
            raise self.error

    def close(self) -> None:
        self.closed = True


class FakeClient:
    """Answers every operation by one function of the request."""

    def __init__(self, answer: Callable[[dict[str, Any]], Mapping[str, Any]]) -> None:
        self.requests: list[dict[str, Any]] = []
        self._answer = answer

    def converse(self, **request: Any) -> Mapping[str, Any]:
        self.requests.append(request)
        return self._answer(request)

    converse_stream = invoke_model = converse


def answering(answer: Callable[[dict[str, Any]], Mapping[str, Any]]) -> BedrockProvider:
    return BedrockProvider("bedrock", FakeClient(answer))


def failing(error: Exception) -> BedrockProvider:
    def fail(_: object) -> Mapping[str, Any]:
        raise error

    return answering(fail)


def streaming(events: list[dict[str, Any]], error: Exception | None = None) -> BedrockProvider:
    return answering(lambda _: {"stream": EventSource(events, error)})


def refused(code: str, message: str = "the secret prompt", headers: dict[str, str] | None = None) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPHeaders": headers or {}},
    }
    return ClientError(response, "Converse")


def embedded(body: object, headers: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "body": io.BytesIO(json.dumps(body).encode()),
        "ResponseMetadata": {"HTTPHeaders": headers or {}},
    }

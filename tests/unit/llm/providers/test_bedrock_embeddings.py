import json
import time
from typing import Any

import pytest

from pentarch.llm.errors import (
    EmbeddingsUnsupportedError,
    UpstreamGarbageError,
    UpstreamTimeoutError,
)
from pentarch.llm.model import Usage
from pentarch.llm.providers.bedrock import BedrockProvider
from support.bedrock import (
    COHERE,
    MODEL,
    TITAN,
    FakeClient,
    answering,
    embedded,
)


def test_titan_takes_one_text_at_a_time() -> None:
    client = FakeClient(lambda request: embedded(titan(json.loads(request["body"])["inputText"])))

    answer = BedrockProvider("bedrock", client).embed(TITAN, ["a", "bcd"], timeout=1)

    assert (answer.vectors, answer.usage) == (((1.0, 0.5), (3.0, 0.5)), Usage(4, 0))
    assert client.requests[0]["modelId"] == TITAN


def titan(text: str) -> dict[str, Any]:
    return {"embedding": [len(text), 0.5], "inputTextTokenCount": len(text)}


@pytest.mark.parametrize("by_type", [False, True])
def test_cohere_takes_many_texts_at_a_time(by_type: bool) -> None:  # noqa: FBT001
    def cohere(request: dict[str, Any]) -> dict[str, Any]:
        vectors = [[len(text)] for text in json.loads(request["body"])["texts"]]
        body = {"embeddings": {"float": vectors} if by_type else vectors}
        return embedded(body, {"x-amzn-bedrock-input-token-count": "100"})

    client = FakeClient(cohere)
    answer = BedrockProvider("bedrock", client).embed(COHERE, ["a"] * 96 + ["bc"], timeout=1)

    assert (len(answer.vectors), answer.vectors[96]) == (97, (2.0,))
    assert (len(client.requests), answer.usage) == (2, Usage(200, 0))


@pytest.mark.parametrize("body", [{}, {"embedding": "x"}, {"embedding": []}, {"results": []}, [1], None])
def test_embeddings_of_another_shape_are_garbage(body: object) -> None:
    with pytest.raises(UpstreamGarbageError):
        answering(lambda _: embedded(body)).embed(TITAN, ["a"], timeout=1)


def test_other_models_make_no_embeddings() -> None:
    with pytest.raises(EmbeddingsUnsupportedError):
        answering(lambda _: {}).embed(MODEL, ["a"], timeout=1)


def test_the_time_of_an_embedding_covers_all_its_calls() -> None:
    def slow(request: dict[str, Any]) -> dict[str, Any]:
        time.sleep(0.06)
        return embedded(titan(json.loads(request["body"])["inputText"]))

    client = FakeClient(slow)
    with pytest.raises(UpstreamTimeoutError):
        BedrockProvider("bedrock", client).embed(TITAN, ["a"] * 20, timeout=0.2)
    assert len(client.requests) < 6

from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from pentarch.llm.errors import (
    UpstreamGarbageError,
    UpstreamRateLimitedError,
)
from pentarch.llm.model import Completion, Message, Prompt, Provider, Role, Sampling, Usage
from pentarch.llm.providers import bedrock_wire
from pentarch.llm.providers.bedrock import BedrockProvider
from support.bedrock import EVENTS, MODEL, PROMPT, RESPONSE, EventSource, answering, streaming


def test_a_completion_through_the_real_client_library() -> None:
    client: Any = botocore.session.get_session().create_client(
        "bedrock-runtime",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(retries={"total_max_attempts": 1}),
    )
    expected = {
        "modelId": MODEL,
        "system": [{"text": "Be brief."}],
        "messages": [{"role": "user", "content": [{"text": "Who are you?"}]}],
        "inferenceConfig": {"maxTokens": 1000, "temperature": 0.7},
    }
    with Stubber(client) as stubber:
        stubber.add_response("converse", RESPONSE, expected)
        stubber.add_client_error("converse", "ThrottlingException", http_status_code=429)
        provider: Provider = BedrockProvider("bedrock", client)

        assert provider.complete(MODEL, PROMPT, timeout=5) == Completion("A model.", "stop", Usage(9, 3))
        with pytest.raises(UpstreamRateLimitedError):
            provider.complete(MODEL, PROMPT, timeout=5)
    client.close()


def test_a_request_carries_what_converse_knows_of_the_sampling() -> None:
    sampling = Sampling(5, 1.6, 0.9, 0.1, 0.2, ("END",), 42)

    request = bedrock_wire.converse_request(MODEL, Prompt(PROMPT.messages, sampling))

    assert request["inferenceConfig"] == {
        "maxTokens": 5,
        "temperature": 1.0,
        "topP": 0.9,
        "stopSequences": ["END"],
    }
    assert request.keys() == {"modelId", "messages", "system", "inferenceConfig"}


def test_roles_alternate() -> None:
    said = [(Role.USER, "a"), (Role.USER, "b"), (Role.SYSTEM, "s"), (Role.ASSISTANT, "c"), (Role.USER, "d")]

    request = bedrock_wire.converse_request(MODEL, Prompt(tuple(Message(*each) for each in said)))

    assert [(turn["role"], len(turn["content"])) for turn in request["messages"]] == [
        ("user", 2),
        ("assistant", 1),
        ("user", 1),
    ]


@pytest.mark.parametrize(
    ("reason", "ours"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("guardrail_intervened", "content_filter"),
        ("content_filtered", "content_filter"),
        ("something_new", "stop"),
    ],
)
def test_stop_reasons_are_ours(reason: str, ours: str) -> None:
    assert bedrock_wire.completion(RESPONSE | {"stopReason": reason}, PROMPT).finish_reason == ours


@pytest.mark.parametrize(
    "changes",
    [
        {"output": None},
        {"output": {}},
        {"output": {"message": {"content": None}}},
        {"output": {"message": {"content": ["x"]}}},
        {"output": {"message": {"content": [{"text": 7}]}}},
        {"stopReason": None},
        {"stopReason": "malformed_model_output"},
    ],
)
def test_an_answer_of_another_shape_is_garbage(changes: dict[str, Any]) -> None:
    with pytest.raises(UpstreamGarbageError):
        answering(lambda _: RESPONSE | changes).complete(MODEL, PROMPT, timeout=1)


def test_tokens_that_nobody_counted_are_estimated() -> None:
    assert bedrock_wire.completion(RESPONSE | {"usage": None}, PROMPT).usage == Usage(3 + 3, 2, estimated=True)


def test_a_stream_gives_its_text_and_ends_with_reason_and_usage() -> None:
    source = EventSource(EVENTS)
    answer = answering(lambda _: {"stream": source}).stream(MODEL, PROMPT, timeout=1)

    assert list(answer) == ["A ", "model."]
    assert (answer.finish_reason, answer.usage) == ("length", Usage(9, 3))
    assert source.closed


def test_a_stream_without_usage_is_estimated() -> None:
    answer = streaming(EVENTS[:-1]).stream(MODEL, PROMPT, timeout=1)

    assert list(answer) == ["A ", "model."]
    assert answer.usage == Usage(6, 2, estimated=True)

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.llm.errors import UpstreamError, UpstreamGarbageError, UpstreamUnavailableError
from pentarch.llm.model import Completion, Embeddings, Message, Prompt, Role, Sampling, Usage
from pentarch.llm.providers import openai_wire

PROMPT = Prompt((Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Who are you?")))
ANSWER: dict[str, Any] = {
    "choices": [{"message": {"role": "assistant", "content": "A model."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
}
KEYS = st.sampled_from(
    ["choices", "message", "delta", "content", "finish_reason", "usage", "prompt_tokens", "data", "embedding", "id"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def request(prompt: Prompt, *, stream: bool = False, left_out: frozenset[str] = frozenset()) -> dict[str, Any]:
    body = json.loads(openai_wire.chat_request("m", prompt, stream=stream, left_out=left_out))
    assert isinstance(body, dict)
    return body


def completion(answer: object) -> Completion:
    return openai_wire.completion(json.dumps(answer).encode(), PROMPT)


def with_choice(**changes: Any) -> dict[str, Any]:
    return ANSWER | {"choices": [ANSWER["choices"][0] | changes]}


def embeddings(answer: object, texts: list[str]) -> Embeddings:
    return openai_wire.embeddings(json.dumps(answer).encode(), texts)


def test_a_request_leaves_unsaid_what_nobody_asked_for() -> None:
    assert request(PROMPT) == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who are you?"}],
        "stream": False,
        "max_tokens": 1000,
        "temperature": 0.7,
    }


def test_a_request_carries_all_of_the_sampling() -> None:
    sampling = Sampling(5, 0.0, 0.9, 0.1, -0.2, ("END",), 42)

    body = request(Prompt(PROMPT.messages, sampling), stream=True)

    assert (
        body.items()
        >= {
            "max_tokens": 5,
            "temperature": 0.0,
            "top_p": 0.9,
            "frequency_penalty": 0.1,
            "presence_penalty": -0.2,
            "stop": ["END"],
            "seed": 42,
            "stream_options": {"include_usage": True},
        }.items()
    )


def test_what_a_model_refuses_is_left_out_and_its_limit_has_another_name() -> None:
    body = request(PROMPT, left_out=frozenset({"max_tokens", "temperature"}))

    assert body["max_completion_tokens"] == 1000
    assert not {"max_tokens", "temperature"} & body.keys()


def test_a_prompt_with_a_lone_surrogate_can_be_sent() -> None:
    assert request(Prompt((Message(Role.USER, "\ud800"),)))["messages"][0]["content"] == "\ud800"


def test_an_answer_is_read() -> None:
    assert completion(ANSWER) == Completion("A model.", "stop", Usage(9, 3))


@pytest.mark.parametrize(
    ("reason", "ours"),
    [("length", "length"), ("content_filter", "content_filter"), ("eos", "stop"), (None, "stop")],
)
def test_finish_reasons_are_ours(reason: str | None, ours: str) -> None:
    assert completion(with_choice(finish_reason=reason)).finish_reason == ours


def test_a_refusal_is_the_answer_where_there_is_no_other() -> None:
    answer = completion(with_choice(message={"content": None, "refusal": "I will not."}))

    assert (answer.text, answer.finish_reason) == ("I will not.", "content_filter")


def test_an_answer_cut_off_before_it_began_is_empty() -> None:
    assert completion(with_choice(message={"content": None}, finish_reason="length")).text == ""


@pytest.mark.parametrize(
    "usage",
    [None, {}, {"prompt_tokens": 9}, {"prompt_tokens": -1, "completion_tokens": 2}, "12", [1],
     {"prompt_tokens": 10**12, "completion_tokens": 2}, {"prompt_tokens": True, "completion_tokens": 2}],
)  # fmt: skip
def test_tokens_that_nobody_counted_well_are_estimated(usage: object) -> None:
    assert completion(ANSWER | {"usage": usage}).usage == Usage(3 + 3, 2, estimated=True)


def test_an_answer_can_always_be_encoded() -> None:
    assert completion(with_choice(message={"content": "a\ud800b"})).text == "a\ufffdb"


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"choices": None},
        {"choices": []},
        {"choices": ["x"]},
        {"choices": [{}]},
        with_choice(message=None),
        with_choice(message={}),
        with_choice(message={"content": 7}),
        with_choice(finish_reason=7),
    ],
)
def test_an_answer_of_another_shape_is_garbage(answer: object) -> None:
    with pytest.raises(UpstreamGarbageError):
        completion(answer)


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b"[" * 100_000, b"1" * 5000])
def test_what_is_no_json_is_garbage_and_is_not_quoted(body: bytes) -> None:
    with pytest.raises(UpstreamGarbageError) as raised:
        openai_wire.completion(body, PROMPT)

    assert raised.value.__context__ is None


@given(answer=JSON)
def test_no_json_at_all_breaks_the_readers(answer: object) -> None:
    body = json.dumps(answer).encode()
    readers: list[Any] = [
        lambda: openai_wire.completion(body, PROMPT),
        lambda: openai_wire.chunk(body.decode()),
        lambda: openai_wire.embeddings(body, ["a", "b"]),
        lambda: openai_wire.model_names(body),
    ]
    for read in readers:
        try:
            read()
        except UpstreamError as error:
            assert error.message  # noqa: PT017 - any outcome but another exception is right


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"choices": [{"delta": {"role": "assistant"}}]}, openai_wire.Chunk()),
        ({"choices": [{"delta": {"content": "a"}}]}, openai_wire.Chunk("a")),
        ({"choices": [{"delta": {"content": None, "refusal": "no"}}]}, openai_wire.Chunk("no")),
        ({"choices": [{"delta": {}, "finish_reason": "length"}]}, openai_wire.Chunk("", "length")),
        ({"choices": [], "usage": ANSWER["usage"]}, openai_wire.Chunk(usage=Usage(9, 3))),
        ({"usage": ANSWER["usage"]}, openai_wire.Chunk(usage=Usage(9, 3))),
        ({"choices": []}, openai_wire.Chunk()),
    ],
)
def test_events_are_read(event: object, expected: openai_wire.Chunk) -> None:
    assert openai_wire.chunk(json.dumps(event)) == expected


def test_an_error_in_the_middle_of_a_stream_is_not_quoted() -> None:
    with pytest.raises(UpstreamUnavailableError) as raised:
        openai_wire.chunk('{"error": {"message": "secret"}}')

    assert "secret" not in str(raised.value)


def test_embeddings_come_in_the_order_of_the_inputs() -> None:
    data = [{"index": 1, "embedding": [2, 0.5]}, {"index": 0, "embedding": [1, 0.5]}]

    answer = embeddings({"data": data, "usage": {"prompt_tokens": 4}}, ["a", "b"])

    assert answer == Embeddings(((1.0, 0.5), (2.0, 0.5)), Usage(4, 0))


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        [{"index": 0, "embedding": [1]}],
        [{"index": 0, "embedding": [1]}, {"index": 0, "embedding": [1]}],
        [{"index": 0, "embedding": [1]}, {"index": [], "embedding": [1]}],
        [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [1, 2]}],
        [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": []}],
        [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": "AAAA"}],
        [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [float("nan")]}],
        [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [10**400]}],
        [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [True]}],
    ],
)
def test_embeddings_of_another_shape_are_garbage(data: object) -> None:
    with pytest.raises(UpstreamGarbageError):
        embeddings({"data": data}, ["a", "b"])


def test_model_names_keep_their_order() -> None:
    assert openai_wire.model_names(b'{"data": [{"id": "b"}, {"id": "a"}]}') == ["b", "a"]
    assert openai_wire.model_names(b'{"data": null}') == []

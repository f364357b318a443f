"""The provider against a real server on this machine: what only sockets can show."""

import time
from typing import Any

import pytest

from pentarch.llm.errors import (
    UpstreamError,
    UpstreamGarbageError,
    UpstreamRateLimitedError,
    UpstreamTimeoutError,
    UpstreamUnavailableError,
)
from pentarch.llm.model import Message, Prompt, Provider, Role, Usage
from pentarch.llm.providers.openai_compatible import OpenAICompatibleProvider
from support.upstream import FakeUpstream, closed_port
from support.upstream_replies import Body, Chat, Drip, Drop, Events, Hang, Status

PROMPT = Prompt((Message(Role.USER, "a secret question"),))
SHORT = 0.3
LONG = 10.0


def complete(provider: Provider, timeout: float = LONG) -> str:
    return provider.complete("small", PROMPT, timeout=timeout).text


def stream(provider: Provider, timeout: float = LONG) -> list[str]:
    return list(provider.stream("small", PROMPT, timeout=timeout))


def test_a_completion_carries_text_and_usage(upstream: FakeUpstream, provider: OpenAICompatibleProvider) -> None:
    answer = provider.complete("small", PROMPT, timeout=LONG)

    assert (answer.text, answer.finish_reason) == ("Hello from upstream", "stop")
    assert answer.usage == Usage(7, 3)
    assert upstream.requests[0].headers["authorization"] == "Bearer sk-1"


def test_calls_one_after_the_other_use_one_connection(
    upstream: FakeUpstream, provider: OpenAICompatibleProvider
) -> None:
    complete(provider)
    stream(provider)
    provider.embed("small", ["a", "b c"], timeout=LONG)
    provider.list_models(LONG)
    upstream.script(Status(500), Status(400))
    with pytest.raises(Exception, match="invalid"):
        complete(provider)
    complete(provider)

    assert (len(upstream.requests), upstream.connections) == (7, 1)


def test_a_stream_arrives_as_it_is_written(upstream: FakeUpstream, provider: OpenAICompatibleProvider) -> None:
    upstream.script(Chat(("one", "two", "three"), delay=0.1))
    answer = provider.stream("small", PROMPT, timeout=LONG)

    arrivals = [(piece, time.monotonic()) for piece in answer]

    assert [piece for piece, _ in arrivals] == ["one", "two", "three"]
    assert arrivals[2][1] - arrivals[0][1] > 0.15
    assert (answer.finish_reason, answer.usage) == ("stop", Usage(7, 3))


def test_the_time_of_a_stream_counts_from_piece_to_piece(
    upstream: FakeUpstream, provider: OpenAICompatibleProvider
) -> None:
    upstream.script(Chat(("a", "b", "c", "d"), delay=0.2))

    assert stream(provider, timeout=0.6) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("call", [complete, stream])
@pytest.mark.parametrize("reply", [Hang(), Drip(), Drip(in_headers=True)])
def test_whatever_takes_too_long_is_cut_at_the_deadline(
    upstream: FakeUpstream, provider: OpenAICompatibleProvider, reply: Any, call: Any
) -> None:
    upstream.script(reply)
    begin = time.monotonic()

    with pytest.raises(UpstreamTimeoutError):
        call(provider, timeout=SHORT)

    assert SHORT <= time.monotonic() - begin < SHORT + 1
    assert upstream.wait_until_aborted()


def test_a_stream_that_stalls_between_two_pieces_is_cut(
    upstream: FakeUpstream, provider: OpenAICompatibleProvider
) -> None:
    upstream.script(Chat(("quick",) * 3, delay=SHORT * 3))
    upstream.chat = Chat(("never",))

    with pytest.raises(UpstreamTimeoutError):
        stream(provider, timeout=SHORT)

    assert len(upstream.requests) == 1


@pytest.mark.parametrize("call", [complete, stream])
def test_a_server_that_is_down_is_unavailable(call: Any) -> None:
    provider = OpenAICompatibleProvider("down", f"http://127.0.0.1:{closed_port()}/v1")

    with pytest.raises(UpstreamUnavailableError):
        call(provider)
    provider.close()


@pytest.mark.parametrize("failure", [Status(500), Status(429), Status(429, headers={"Retry-After": "0"}), Drop()])
def test_one_failure_is_tried_again(upstream: FakeUpstream, provider: OpenAICompatibleProvider, failure: Any) -> None:
    upstream.script(failure, Chat(("fine",)), failure, Chat(("fi", "ne")))

    assert complete(provider) == "fine"
    assert stream(provider) == ["fi", "ne"]


def test_the_second_try_waits_as_long_as_the_server_asks(
    upstream: FakeUpstream, provider: OpenAICompatibleProvider
) -> None:
    upstream.script(Status(429, headers={"Retry-After": "1"}), Chat(("fine",)))
    begin = time.monotonic()

    assert complete(provider) == "fine"
    assert time.monotonic() - begin >= 1


def test_a_wait_that_does_not_fit_is_handed_to_the_caller(
    upstream: FakeUpstream, provider: OpenAICompatibleProvider
) -> None:
    upstream.script(Status(429, headers={"Retry-After": "20"}))
    begin = time.monotonic()

    with pytest.raises(UpstreamRateLimitedError) as raised:
        complete(provider)

    assert raised.value.retry_after == 20
    assert time.monotonic() - begin < 1


def test_two_failures_are_enough(upstream: FakeUpstream, provider: OpenAICompatibleProvider) -> None:
    upstream.script(Status(500), Status(503))

    with pytest.raises(UpstreamUnavailableError, match="503"):
        complete(provider)
    assert len(upstream.requests) == 2


def test_nothing_is_tried_again_after_the_first_piece(
    upstream: FakeUpstream, provider: OpenAICompatibleProvider
) -> None:
    upstream.script(Events((b'data: {"choices": [{"delta": {"content": "a"}}]}\n\n',), cut=True))
    answer = iter(provider.stream("small", PROMPT, timeout=LONG))

    assert next(answer) == "a"
    with pytest.raises(UpstreamGarbageError):
        next(answer)
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("call", [complete, stream])
@pytest.mark.parametrize(
    "reply",
    [
        Body(b"<html>answer</html>", "text/html"),
        Body(b'{"choices": []}', length=100),
        Body(b" " * (21 * 1024 * 1024)),
        Events((b"data: answer\n\n",)),
        Body(b"", status=302),
    ],
)
def test_what_is_no_answer_is_garbage(
    upstream: FakeUpstream, provider: OpenAICompatibleProvider, reply: Any, call: Any
) -> None:
    upstream.script(reply)

    with pytest.raises(UpstreamGarbageError) as raised:
        call(provider)

    assert "answer</html>" not in str(raised.value)


def test_no_failure_carries_key_prompt_or_answer(upstream: FakeUpstream, provider: OpenAICompatibleProvider) -> None:
    speaks_no_http = Drop(b"a secret answer\r\n\r\n")
    upstream.script(speaks_no_http, speaks_no_http, Events((b"data: a secret answer\n\n", b"data: \xff\n\n")))
    for call in (complete, stream):
        with pytest.raises(UpstreamError) as raised:
            call(provider)
        assert "secret" not in repr(raised.value)
        assert raised.value.__cause__ is raised.value.__context__ is None

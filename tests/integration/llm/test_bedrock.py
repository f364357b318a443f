"""Bedrock's provider and the real client library against a server that speaks AWS event streams."""

import json
import struct
import time
from binascii import crc32
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Thread
from typing import Any

import botocore.session
import pytest
from botocore.config import Config

from pentarch.llm.errors import UpstreamTimeoutError
from pentarch.llm.model import Message, Prompt, Role, Usage
from pentarch.llm.providers.bedrock import BedrockProvider
from support.upstream import Exchange, FakeUpstream
from support.upstream_replies import Hang

PROMPT = Prompt((Message(Role.USER, "a question"),))
MODEL = "anthropic.claude-3-haiku-20240307-v1:0"


@dataclass(frozen=True, slots=True)
class Converse:
    """A streamed answer; `delay` is waited before each piece."""

    pieces: tuple[str, ...]
    delay: float = 0.0

    def answer(self, exchange: Exchange) -> None:
        exchange.begin(200, "application/vnd.amazon.eventstream")
        exchange.chunk(frame("messageStart", {"role": "assistant"}))
        for piece in self.pieces:
            exchange.wait(self.delay)
            exchange.chunk(frame("contentBlockDelta", {"delta": {"text": piece}, "contentBlockIndex": 0}))
        exchange.chunk(frame("messageStop", {"stopReason": "end_turn"}))
        usage = {"inputTokens": 9, "outputTokens": 3, "totalTokens": 12}
        exchange.chunk(frame("metadata", {"usage": usage, "metrics": {"latencyMs": 1}}))
        exchange.end()


def frame(kind: str, payload: object) -> bytes:
    """A message of AWS's event stream encoding: lengths, checksum, headers, payload, checksum."""
    headers = b"".join(
        struct.pack("!B", len(name)) + name + struct.pack("!BH", 7, len(value)) + value
        for name, value in (
            (b":message-type", b"event"),
            (b":event-type", kind.encode()),
            (b":content-type", b"application/json"),
        )
    )
    body = json.dumps(payload).encode()
    prelude = struct.pack("!II", 16 + len(headers) + len(body), len(headers))
    message = prelude + struct.pack("!I", crc32(prelude)) + headers + body
    return message + struct.pack("!I", crc32(message))


@pytest.fixture
def provider(upstream: FakeUpstream) -> Iterator[BedrockProvider]:
    client: Any = botocore.session.get_session().create_client(
        "bedrock-runtime",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        endpoint_url=upstream.base_url.removesuffix("/v1"),
        config=Config(read_timeout=5, retries={"total_max_attempts": 1}),
    )
    yield BedrockProvider("bedrock", client)
    client.close()


def test_a_stream_arrives_as_it_is_written(upstream: FakeUpstream, provider: BedrockProvider) -> None:
    upstream.script(Converse(("one", "two", "three"), delay=0.1))
    answer = provider.stream(MODEL, PROMPT, timeout=5)

    arrivals = [(piece, time.monotonic()) for piece in answer]

    assert [piece for piece, _ in arrivals] == ["one", "two", "three"]
    assert arrivals[2][1] - arrivals[0][1] > 0.15
    assert (answer.finish_reason, answer.usage) == ("stop", Usage(9, 3))


@pytest.mark.parametrize("reply", [Hang(), Converse(("late",), delay=3)])
def test_a_stream_that_stalls_is_cut(upstream: FakeUpstream, provider: BedrockProvider, reply: Any) -> None:
    upstream.script(reply)
    begin = time.monotonic()

    with pytest.raises(UpstreamTimeoutError):
        list(provider.stream(MODEL, PROMPT, timeout=0.3))

    assert time.monotonic() - begin < 1.5


def test_closing_from_another_thread_ends_the_read_and_the_upstream_call(
    upstream: FakeUpstream, provider: BedrockProvider
) -> None:
    upstream.script(Converse(("one",), delay=3), Converse(("fine",)))
    answer = provider.stream(MODEL, PROMPT, timeout=5)
    pieces: list[str] = []
    reader = Thread(target=lambda: pieces.extend(answer))
    reader.start()
    upstream.wait_until_asked()
    time.sleep(0.1)
    begin = time.monotonic()

    answer.close()
    reader.join(2)

    assert time.monotonic() - begin < 1
    assert pieces == []
    assert upstream.wait_until_aborted(timeout=1)
    assert list(provider.stream(MODEL, PROMPT, timeout=5)) == ["fine"]

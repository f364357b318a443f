"""Closing a stream: the upstream call ends with it, and nothing else does."""

import ssl
import time
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from pentarch.llm.model import CompletionStream, Message, Prompt, Role
from pentarch.llm.providers.openai_compatible import OpenAICompatibleProvider
from support.certificates import self_signed
from support.upstream import FakeUpstream
from support.upstream_replies import Chat, Drip, Hang, Status

PROMPT = Prompt((Message(Role.USER, "a question"),))
LONG = 10.0


class Reader(Thread):
    """Reads a stream to its end."""

    def __init__(self, answer: CompletionStream) -> None:
        super().__init__()
        self.answer = answer
        self.pieces: list[str] = []
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.pieces.extend(self.answer)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self.error = error

    def seconds_to_end(self) -> float:
        begin = time.monotonic()
        self.join(5)
        return time.monotonic() - begin


@pytest.mark.parametrize(
    "reply",
    [
        Chat(("one", "two"), delay=3),
        Hang(),
        Drip(in_headers=True),
        Status(503, headers={"Retry-After": "3"}),
    ],
    ids=["between pieces", "before the headers", "in the headers", "before another try"],
)
def test_closing_from_another_thread_ends_the_read_and_the_upstream_call(
    upstream: FakeUpstream, provider: OpenAICompatibleProvider, reply: Any
) -> None:
    upstream.script(reply)
    answer = provider.stream("small", PROMPT, timeout=LONG)
    reader = Reader(answer)
    upstream.wait_until_asked()
    time.sleep(0.1)

    answer.close()

    assert reader.seconds_to_end() < 1
    assert (reader.pieces, reader.error) == ([], None)
    assert isinstance(reply, Status) or upstream.wait_until_aborted(timeout=1)
    assert provider.complete("small", PROMPT, timeout=LONG).text == "Hello from upstream"


def test_closing_between_two_reads_ends_the_upstream_call(
    upstream: FakeUpstream, provider: OpenAICompatibleProvider
) -> None:
    upstream.script(Chat(("one", "two", "three"), delay=0.1))
    answer = provider.stream("small", PROMPT, timeout=LONG)

    assert next(iter(answer)) == "one"
    answer.close()

    assert upstream.wait_until_aborted(timeout=0.5)
    assert list(answer) == []
    assert answer.usage.estimated


def test_closing_a_finished_stream_leaves_its_connection_to_others(
    upstream: FakeUpstream, provider: OpenAICompatibleProvider
) -> None:
    answer = provider.stream("small", PROMPT, timeout=LONG)
    list(answer)
    upstream.script(Chat(("undisturbed",), delay=0.1))
    reader = Reader(provider.stream("small", PROMPT, timeout=LONG))
    upstream.wait_until_asked(2)

    answer.close()
    reader.join()

    assert (reader.pieces, upstream.connections) == (["undisturbed"], 1)


def test_a_stream_that_nobody_reads_sends_nothing(upstream: FakeUpstream, provider: OpenAICompatibleProvider) -> None:
    provider.stream("small", PROMPT, timeout=LONG).close()

    assert upstream.requests == []


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's context for localhost, which clients trust by `SSL_CERT_FILE`."""
    certificate = self_signed("localhost")
    path = tmp_path / "server.pem"
    path.write_bytes(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_closing_works_through_tls(tls: ssl.SSLContext) -> None:
    with FakeUpstream(tls=tls) as upstream:
        provider = OpenAICompatibleProvider("tls", upstream.base_url)
        assert provider.complete("small", PROMPT, timeout=LONG).text == "Hello from upstream"
        upstream.script(Chat(("one",), delay=3))
        answer = provider.stream("small", PROMPT, timeout=LONG)
        reader = Reader(answer)
        upstream.wait_until_asked(2)
        time.sleep(0.1)

        answer.close()

        assert reader.seconds_to_end() < 1
        assert reader.error is None
        assert upstream.wait_until_aborted(timeout=1)
        provider.close()

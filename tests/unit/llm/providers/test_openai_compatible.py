"""The provider's own rules, without sockets; `tests/integration/llm` has it talk to a server."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import httpx
import pytest
from pydantic import SecretStr

from pentarch.llm.errors import (
    PromptRefusedError,
    UpstreamCredentialsError,
    UpstreamGarbageError,
    UpstreamUnavailableError,
)
from pentarch.llm.model import Message, Prompt, Provider, Role, Usage
from pentarch.llm.providers.openai_compatible import OpenAICompatibleProvider

PROMPT = Prompt((Message(Role.USER, "12345678"),))
ANSWER = {"choices": [{"message": {"content": "fine"}, "finish_reason": "stop"}]}

Handler = Callable[[httpx.Request], httpx.Response]


def provider(handler: Handler, api_key: SecretStr | str | None = "sk-1") -> OpenAICompatibleProvider:
    transport = httpx.MockTransport(handler)
    return OpenAICompatibleProvider("mock", "http://upstream/v1/", api_key, transport=transport)


def events(*contents: str, end: bytes = b"data: [DONE]\n\n") -> httpx.Response:
    lines = [{"choices": [{"delta": {"content": content}}]} for content in contents]
    stream = b"".join(b"data: %s\n\n" % json.dumps(line).encode() for line in lines)
    return httpx.Response(200, content=stream + end)


def test_it_is_a_provider() -> None:
    candidate: Provider = provider(lambda _: httpx.Response(200, json=ANSWER))

    assert candidate.complete("m", PROMPT, timeout=1).text == "fine"


@pytest.mark.parametrize(
    ("api_key", "header"),
    [
        ("sk-1", "Bearer sk-1"),
        (SecretStr("sk-2\n"), "Bearer sk-2"),
        ("", None),
        (None, None),
    ],
)
def test_the_key_is_sent_as_it_is_meant(api_key: SecretStr | str | None, header: str | None) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=ANSWER)

    provider(handler, api_key).complete("m", PROMPT, timeout=1)

    assert seen[0].headers.get("authorization") == header
    assert str(seen[0].url) == "http://upstream/v1/chat/completions"


def test_a_key_that_no_header_can_hold_is_the_operators_fault() -> None:
    with pytest.raises(UpstreamCredentialsError) as raised:
        provider(lambda _: httpx.Response(200), "sk-\u2026").complete("m", PROMPT, timeout=1)

    assert "sk-" not in str(raised.value)


@pytest.mark.parametrize("url", ["ftp://upstream", "upstream", ""])
def test_a_base_url_is_a_web_address(url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        OpenAICompatibleProvider("mock", url)


def test_a_refused_parameter_is_left_out_from_then_on() -> None:
    bodies: list[dict[str, object]] = []

    def reasoning_model(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        bodies.append(body)
        for name in ("max_tokens", "temperature"):
            if name in body:
                error = {"code": "unsupported_parameter", "param": name, "message": "no"}
                return httpx.Response(400, json={"error": error})
        return httpx.Response(200, json=ANSWER)

    thinker = provider(reasoning_model)
    thinker.complete("o9", PROMPT, timeout=5)
    assert len(bodies) == 3

    thinker.complete("o9", PROMPT, timeout=5)
    assert len(bodies) == 4
    assert bodies[-1]["max_completion_tokens"] == 1000


def test_a_server_that_refuses_the_same_parameter_for_ever_is_left_alone() -> None:
    error = {"code": "unsupported_parameter", "param": "seed"}
    calls: list[httpx.Request] = []

    def stubborn(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(400, json={"error": error})

    with pytest.raises(PromptRefusedError):
        provider(stubborn).complete("m", PROMPT, timeout=5)
    assert len(calls) == 2


def test_a_stream_without_usage_is_estimated() -> None:
    answer = provider(lambda _: events("1234", "5")).stream("m", PROMPT, timeout=1)

    assert list(answer) == ["1234", "5"]
    assert answer.usage == Usage(2, 2, estimated=True)


def test_a_stream_may_end_without_done_once_it_is_finished() -> None:
    last = b'data: {"choices": [{"delta": {}, "finish_reason": "length"}]}\n\n'
    answer = provider(lambda _: events("a", end=last)).stream("m", PROMPT, timeout=1)

    assert (list(answer), answer.finish_reason) == (["a"], "length")


@pytest.mark.parametrize(
    ("end", "error"),
    [
        (b"", UpstreamGarbageError),
        (b"data: {not json}\n\n", UpstreamGarbageError),
        (b"data: \xff\n\n", UpstreamGarbageError),
        (b'data: {"error": {"message": "overloaded"}}\n\n', UpstreamUnavailableError),
    ],
)
def test_a_stream_that_breaks_gives_what_came_and_then_fails(end: bytes, error: type[Exception]) -> None:
    answer = iter(provider(lambda _: events("a", end=end)).stream("m", PROMPT, timeout=1))

    assert next(answer) == "a"
    with pytest.raises(error) as raised:
        next(answer)
    assert raised.value.__context__ is None
    assert list(answer) == []


def test_no_texts_need_no_call() -> None:
    def unexpected(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request)

    assert provider(unexpected).embed("m", [], timeout=1).vectors == ()


def test_a_redirect_is_not_followed() -> None:
    calls: list[str] = []

    def elsewhere(request: httpx.Request) -> httpx.Response:
        calls.append(request.url.host)
        return httpx.Response(307, headers={"location": "http://169.254.169.254/"})

    with pytest.raises(UpstreamGarbageError):
        provider(elsewhere).complete("m", PROMPT, timeout=1)
    assert calls == ["upstream"]


def test_an_endless_body_is_cut() -> None:
    read = 0

    def forever() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b" " * 1024 * 1024

    with pytest.raises(UpstreamGarbageError, match="larger"):
        provider(lambda _: httpx.Response(200, content=forever())).complete("m", PROMPT, timeout=5)
    assert read == 21


def test_a_cold_start_that_calls_no_server_does_not_pay_for_httpx() -> None:
    program = """if True:
        import sys
        from pentarch.llm.model import Prompt
        from pentarch.llm.providers.openai_compatible import OpenAICompatibleProvider
        OpenAICompatibleProvider("cold", "http://upstream").stream("m", Prompt(()), timeout=1).close()
        sys.exit("httpx" in sys.modules)
    """
    environment = {"PYTHONPATH": ":".join(sys.path)}

    assert subprocess.run([sys.executable, "-c", program], env=environment, check=False).returncode == 0

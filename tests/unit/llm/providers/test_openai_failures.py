import json

import pytest

from pentarch.llm.errors import (
    PromptRefusedError,
    UpstreamCredentialsError,
    UpstreamGarbageError,
    UpstreamRateLimitedError,
    UpstreamUnavailableError,
)
from pentarch.llm.providers.openai_failures import ParameterRefusedError, refusal
from pentarch.llm.providers.retry_after import seconds_to_wait

NOON = 1_767_268_800.0
"""Thu, 01 Jan 2026 12:00:00 GMT"""


def report(**fields: object) -> bytes:
    return json.dumps({"error": {"message": "the secret prompt", **fields}}).encode()


@pytest.mark.parametrize(
    ("status", "body", "error", "retryable"),
    [
        (429, report(), UpstreamRateLimitedError, True),
        (429, report(code="insufficient_quota"), UpstreamRateLimitedError, False),
        (408, b"", UpstreamUnavailableError, True),
        (500, b"<html>", UpstreamUnavailableError, True),
        (503, report(), UpstreamUnavailableError, True),
        (401, report(code="invalid_api_key"), UpstreamCredentialsError, False),
        (402, report(), UpstreamCredentialsError, False),
        (403, report(), UpstreamCredentialsError, False),
        (404, report(code="model_not_found"), UpstreamUnavailableError, False),
        (404, b"not found", UpstreamUnavailableError, False),
        (400, report(code="model_not_found"), UpstreamUnavailableError, False),
        (400, report(param="model"), UpstreamUnavailableError, False),
        (400, report(), PromptRefusedError, False),
        (400, b'{"error": "bad"}', PromptRefusedError, False),
        (400, b"[1]", PromptRefusedError, False),
        (413, b"", PromptRefusedError, False),
        (422, b'{"detail": []}', PromptRefusedError, False),
        (400, report(code="unsupported_parameter", param="max_tokens"), ParameterRefusedError, False),
        (400, report(code="unsupported_value", param="temperature"), ParameterRefusedError, False),
        (400, report(code="unsupported_parameter", param="stop"), PromptRefusedError, False),
        (302, b"", UpstreamGarbageError, False),
        (201, b"", UpstreamGarbageError, False),
        (418, b"", UpstreamGarbageError, False),
    ],
)
def test_what_a_status_means(status: int, body: bytes, error: type[Exception], retryable: bool) -> None:  # noqa: FBT001
    found = refusal(status, body, retry_after=None)

    assert (type(found.error), found.retryable) == (error, retryable)
    assert "secret" not in str(found.error)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (report(code="context_length_exceeded"), "too long"),
        (report(message="This model's maximum context length is 8192 tokens."), "too long"),
        (report(type="exceed_context_size_error"), "too long"),
        (b'{"object": "error", "message": "prompt is too long", "code": 400}', "too long"),
        (report(code="content_filter"), "content filter"),
        (report(code="invalid_prompt"), "invalid"),
    ],
)
def test_what_is_wrong_with_a_prompt_is_told(body: bytes, words: str) -> None:
    assert words in str(refusal(400, body, retry_after=None).error)


def test_the_advice_to_wait_is_kept() -> None:
    assert refusal(429, b"", retry_after=7).error.retry_after == 7
    assert refusal(503, b"", retry_after=7).error.retry_after == 7


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0),
        (" 3 ", 3),
        ("0.2", 1),
        ("Thu, 01 Jan 2026 12:00:05 GMT", 5),
        ("Thu, 01 Jan 2026 12:00:05 -0000", 5),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("inf", None),
        ("9" * 5000, None),
        ("\u0663", None),
        ("Thu, 01 Jan 99999 12:00:05 GMT", None),
    ],
)
def test_how_long_to_wait(header: str | None, seconds: int | None) -> None:
    assert seconds_to_wait(header, NOON) == seconds

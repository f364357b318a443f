import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.eventstream import ChecksumMismatch
from botocore.exceptions import (
    EndpointConnectionError,
    EventStreamError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import ProtocolError

from pentarch.llm.errors import (
    PromptRefusedError,
    UpstreamCredentialsError,
    UpstreamGarbageError,
    UpstreamRateLimitedError,
    UpstreamTimeoutError,
    UpstreamUnavailableError,
)
from pentarch.llm.providers.bedrock import BedrockProvider
from support.bedrock import EVENTS, MODEL, PROMPT, RESPONSE, TITAN, answering, failing, refused, streaming


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (None, UpstreamGarbageError),
        (ProtocolError("broken"), UpstreamUnavailableError),
        (ChecksumMismatch(1, 2), UpstreamGarbageError),
        (EventStreamError({"Error": {"Code": "throttlingException"}}, "ConverseStream"), UpstreamRateLimitedError),
        (
            EventStreamError({"Error": {"Code": "modelStreamErrorException"}}, "ConverseStream"),
            UpstreamUnavailableError,
        ),
    ],
)
def test_a_stream_that_breaks_gives_what_came_and_then_fails(error: Exception | None, ours: type[Exception]) -> None:
    answer = iter(streaming(EVENTS[:3], error).stream(MODEL, PROMPT, timeout=1))

    assert next(answer) == "A "
    with pytest.raises(ours):
        next(answer)
    assert list(answer) == []


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (refused("ThrottlingException"), UpstreamRateLimitedError),
        (refused("ServiceQuotaExceededException"), UpstreamRateLimitedError),
        (refused("ModelTimeoutException"), UpstreamTimeoutError),
        (refused("ModelErrorException"), UpstreamUnavailableError),
        (refused("ModelNotReadyException"), UpstreamUnavailableError),
        (refused("ServiceUnavailableException"), UpstreamUnavailableError),
        (refused("InternalServerException"), UpstreamUnavailableError),
        (refused("ResourceNotFoundException"), UpstreamUnavailableError),
        (refused("AccessDeniedException"), UpstreamCredentialsError),
        (refused("ExpiredTokenException"), UpstreamCredentialsError),
        (refused("UnrecognizedClientException"), UpstreamCredentialsError),
        (refused("ValidationException"), PromptRefusedError),
        (refused("ValidationException", "The provided model identifier is invalid."), UpstreamUnavailableError),
        (
            refused("ValidationException", "Invocation of model ID x with on-demand throughput isn't supported."),
            UpstreamUnavailableError,
        ),
        (refused("500"), UpstreamUnavailableError),
        (ReadTimeoutError(endpoint_url="https://bedrock"), UpstreamTimeoutError),
        (EndpointConnectionError(endpoint_url="https://bedrock"), UpstreamUnavailableError),
        (NoCredentialsError(), UpstreamCredentialsError),
        (ParamValidationError(report="the secret prompt"), PromptRefusedError),
        (ResponseParserError("the secret answer"), UpstreamGarbageError),
        (ConnectionResetError(), UpstreamUnavailableError),
    ],
)
def test_what_an_error_of_the_client_means(error: Exception, ours: type[Exception]) -> None:
    calls: list[Callable[[BedrockProvider], object]] = [
        lambda provider: provider.complete(MODEL, PROMPT, timeout=1),
        lambda provider: list(provider.stream(MODEL, PROMPT, timeout=1)),
        lambda provider: provider.embed(TITAN, ["a"], timeout=1),
    ]
    for call in calls:
        with pytest.raises(ours) as raised:
            call(failing(error))
        assert "secret" not in str(raised.value)
        assert raised.value.__cause__ is raised.value.__context__ is None


def test_a_prompt_that_is_too_long_is_told() -> None:
    error = refused("ValidationException", "Input is too long for requested model.")

    with pytest.raises(PromptRefusedError, match="too long"):
        failing(error).complete(MODEL, PROMPT, timeout=1)


def test_the_advice_to_wait_is_kept() -> None:
    with pytest.raises(UpstreamRateLimitedError) as raised:
        failing(refused("ThrottlingException", headers={"retry-after": "7"})).complete(MODEL, PROMPT, timeout=1)

    assert raised.value.retry_after == 7


def test_a_fault_of_ours_is_not_called_the_backends() -> None:
    with pytest.raises(ZeroDivisionError):
        failing(ZeroDivisionError()).complete(MODEL, PROMPT, timeout=1)


def test_no_call_outlives_its_time() -> None:
    def slow(_: object) -> Mapping[str, Any]:
        time.sleep(2)
        return RESPONSE

    begin = time.monotonic()
    with pytest.raises(UpstreamTimeoutError):
        answering(slow).complete(MODEL, PROMPT, timeout=0.1)
    assert time.monotonic() - begin < 1

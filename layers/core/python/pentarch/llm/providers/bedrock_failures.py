"""What botocore's exceptions mean.

Their messages are looked at and never passed on, and they are not chained either: a parameter that botocore finds
invalid is quoted in its message, and may be the prompt.
"""

import time

from botocore.eventstream import ParserError
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoAuthTokenError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError
from urllib3.exceptions import ReadTimeoutError as StreamTimeoutError

from pentarch.llm.errors import (
    PromptRefusedError,
    UpstreamCredentialsError,
    UpstreamError,
    UpstreamGarbageError,
    UpstreamRateLimitedError,
    UpstreamTimeoutError,
    UpstreamUnavailableError,
)
from pentarch.llm.providers.retry_after import seconds_to_wait

Failure = UpstreamError | PromptRefusedError

EXPECTED = (BotoCoreError, ClientError, HTTPError, ParserError, ResponseParserError, OSError)
"""What a call to Bedrock can raise. A stream's bytes are read past botocore, so urllib3's errors are among them."""

_RATE_LIMITED = frozenset({"throttlingexception", "toomanyrequestsexception", "servicequotaexceededexception"})
_TIMED_OUT = frozenset({"modeltimeoutexception", "requesttimeout", "requesttimeoutexception"})
_CREDENTIALS = frozenset(
    {
        "accessdeniedexception",
        "expiredtoken",
        "expiredtokenexception",
        "incompletesignature",
        "invalidsignatureexception",
        "missingauthenticationtoken",
        "missingauthenticationtokenexception",
        "optinrequired",
        "unrecognizedclientexception",
    }
)
_NO_SUCH_MODEL = ("model identifier", "on-demand throughput", "end of its life", "doesn't support", "not support")
_TOO_LONG = ("too long", "too many tokens", "maxlength", "exceeds", "context window", "maximum tokens")


def failure(error: Exception) -> Failure:
    """Our error for one of `EXPECTED`."""
    match error:
        case ClientError():
            return _refusal(error)
        case TimeoutError() | ReadTimeoutError() | StreamTimeoutError():
            return UpstreamTimeoutError("The backend did not answer in time.")
        case ParamValidationError():
            return PromptRefusedError("The backend's client refuses the prompt as invalid.")
        case NoCredentialsError() | PartialCredentialsError() | CredentialRetrievalError() | NoAuthTokenError():
            return UpstreamCredentialsError("There are no credentials for the backend.")
        case ParserError() | ResponseParserError():
            return UpstreamGarbageError("The backend's answer is not what its API promises.")
        case _:
            return UpstreamUnavailableError(f"The backend cannot be reached ({type(error).__name__}).")


def _refusal(error: ClientError) -> Failure:
    """An error that Bedrock sent; inside a stream its codes begin with a small letter."""
    report = error.response.get("Error", {})
    code, words = str(report.get("Code", "")), str(report.get("Message", "")).lower()
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    kind = code.lower()
    if kind in _RATE_LIMITED:
        return UpstreamRateLimitedError(
            "The backend's own rate limit is reached.",
            retry_after=seconds_to_wait(headers.get("retry-after"), time.time()),
        )
    if kind in _TIMED_OUT:
        return UpstreamTimeoutError("The backend's model did not answer in time.")
    if kind in _CREDENTIALS:
        return UpstreamCredentialsError("The backend does not accept its credentials.")
    if kind == "validationexception" and not any(phrase in words for phrase in _NO_SUCH_MODEL):
        if any(phrase in words for phrase in _TOO_LONG):
            return PromptRefusedError("Prompt and answer are too long for this model.")
        return PromptRefusedError("The backend refuses the prompt as invalid.")
    return UpstreamUnavailableError(f"The backend cannot answer ({code if code.isalnum() else 'no code'}).")

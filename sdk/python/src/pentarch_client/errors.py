"""What can go wrong, as a hierarchy. Every refusal of the API carries the request's id, which finds it in the logs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

_REQUEST_ID = "X-Correlation-ID"
_OUTAGES = frozenset({502, 503, 504})


class PentarchError(Exception):
    """Whatever this package raises by itself."""


class ConnectionFailedError(PentarchError):
    """No answer came: the address is wrong, nobody listens, or the connection was lost."""


class TimedOutError(ConnectionFailedError):
    """No answer came in time."""


class WaitTimedOutError(PentarchError):
    """What was waited for has not ended in the time that was given for it; it goes on."""

    def __init__(self, what: str, seconds: float, last: Any) -> None:  # noqa: ANN401 (whatever was waited for)
        super().__init__(f"{what} has not ended within {seconds:g} seconds")
        self.last = last
        """As it was when last looked at."""


class NotMadeError(PentarchError):
    """What was waited for has failed, or was cancelled. Asked for again, it is made anew."""

    def __init__(self, what: str, last: Any) -> None:  # noqa: ANN401 (whatever was waited for)
        super().__init__(f"{what} is {last.status}")
        self.last = last


class InvalidSignatureError(PentarchError):
    """A webhook that this secret did not sign, or that was signed too long ago."""


class StreamBrokenError(PentarchError):
    """A streamed reply ended with an error, or before its end."""

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class UploadFailedError(PentarchError):
    """S3 did not take a file."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(f"the file was not taken: {response.status_code} {response.text[:200]}")


class ApiError(PentarchError):
    """The API refused a request."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str | None = None,
        details: Mapping[str, Any] | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.details = details or {}
        self.request_id = request_id
        self.retry_after = retry_after
        """Seconds."""

    def __str__(self) -> str:
        told = f"{self.message} ({' '.join(part for part in (str(self.status), self.code) if part)})"
        return f"{told} [request {self.request_id}]" if self.request_id else told


class InvalidRequestError(ApiError):
    """400, 413, 415, 422: what was sent is not what the endpoint takes. `details` say which field."""


class AuthenticationError(ApiError):
    """401: no credential, or one that does not hold."""


class QuotaExceededError(ApiError):
    """402: the budget or a tier's quota is used up."""


class PermissionDeniedError(ApiError):
    """403: the credential may not do this, or a policy refuses it."""


class NotFoundError(ApiError):
    """404: there is no such thing, or it is another tenant's."""


class ConflictError(ApiError):
    """409, 412: it is in a state, or of a version, with which this cannot be done."""


class RateLimitedError(ApiError):
    """429: too many requests; `retry_after` says when to come again."""


class ServerError(ApiError):
    """5xx: Pentarch, or what it depends on, failed."""


class UnavailableError(ServerError):
    """502, 503, 504: try again later."""


_BY_STATUS: Mapping[int, type[ApiError]] = {
    401: AuthenticationError,
    402: QuotaExceededError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    412: ConflictError,
    429: RateLimitedError,
}


def of(response: httpx.Response) -> ApiError:
    """The error that a refusal is, in whichever reference's words. The response must have been read."""
    status = response.status_code
    code, message, details = _told(response)
    if status in _OUTAGES:
        kind: type[ApiError] = UnavailableError
    else:
        kind = _BY_STATUS.get(status, ServerError if status >= 500 else InvalidRequestError)  # noqa: PLR2004
    return kind(
        message or response.reason_phrase or "refused",
        status=status,
        code=code,
        details=details,
        request_id=response.headers.get(_REQUEST_ID),
        retry_after=retry_after(response),
    )


def retry_after(response: httpx.Response) -> float | None:
    """Seconds to wait, as the response asks for: Pentarch says seconds, what stands before it may say a date."""
    told = response.headers.get("Retry-After", "")
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(told) - datetime.now(tz=UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def _told(response: httpx.Response) -> tuple[str | None, str, Mapping[str, Any]]:
    """Code, message and details, from the five shapes that the references give an error."""
    try:
        body = response.json()
    except ValueError:
        return None, response.text[:200], {}
    if not isinstance(body, dict):
        return None, "", {}
    error = body.get("error")
    if isinstance(error, dict):  # MetaQore, MetaForge, CAIO, Ai-semble, OpenAI
        return error.get("code"), str(error.get("message", "")), error.get("details") or {}
    if isinstance(error, str):  # OAuth
        return error, str(body.get("error_description", "")), {}
    if "title" in body:  # Meta-Agents' problem+json
        return None, str(body.get("detail") or body["title"]), {"errors": body["errors"]} if body.get("errors") else {}
    return None, str(body.get("message", "")), {}

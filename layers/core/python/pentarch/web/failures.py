"""From any exception to the refusal that the caller's dialect words."""

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from fastapi.exceptions import RequestValidationError
from pynamodb.exceptions import PynamoDBException
from starlette.exceptions import HTTPException
from starlette.responses import Response

from pentarch.limits.errors import RateLimitedError
from pentarch.platform import clock
from pentarch.platform.dialects import Failure, dialect_of
from pentarch.platform.errors import InvalidInputError, Meaning, PentarchError
from pentarch.web.context import RequestContext
from pentarch.web.replies import JsonReply

_BY_STATUS = {
    400: Meaning.INVALID,
    404: Meaning.NOT_FOUND,
    405: Meaning.METHOD_NOT_ALLOWED,
    413: Meaning.TOO_LARGE,
    415: Meaning.UNSUPPORTED_MEDIA,
}
_BUSY = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottlingException",
        "InternalServerError",
        "TransactionInProgressException",
    }
)


def response_for(error: BaseException, path: str, context: RequestContext) -> Response:
    """The refusal of a request, in the dialect of its path; headers are added by the middleware."""
    failure = failure_of(error, context.correlation_id)
    if isinstance(error, RateLimitedError):
        context.standing = error.standing
    if failure.retry_after is not None:
        context.headers["Retry-After"] = str(failure.retry_after)
    if isinstance(error, HTTPException) and error.headers:
        context.headers |= error.headers  # Allow, of a wrong method
    dialect = dialect_of(path)
    if failure.meaning is Meaning.UNAUTHENTICATED:
        context.headers["WWW-Authenticate"] = dialect.challenge
    status, body = dialect.render(failure)
    return JsonReply(body, status, media_type=dialect.media_type)


def failure_of(error: BaseException, correlation_id: str) -> Failure:
    timestamp = clock.iso(clock.now())

    def failure(meaning: Meaning, message: str, **more: Any) -> Failure:  # noqa: ANN401 (Failure's fields)
        fields: dict[str, Any] = {"details": {}, "errors": {}} | more
        return Failure(meaning=meaning, message=message, correlation_id=correlation_id, timestamp=timestamp, **fields)

    match error:
        case InvalidInputError():
            told = {"details": error.details, "errors": error.errors, "own_code": error.code}
            return failure(error.meaning, error.message, **told)
        case PentarchError():
            more = {"retry_after": error.retry_after, "own_code": error.code}
            return failure(error.meaning, error.message, details=error.details, **more)
        case RequestValidationError():
            errors = _field_errors(error.errors())
            field, messages = next(iter(errors.items()))
            details = {"field": field, "reason": messages[0], "errors": errors}
            return failure(Meaning.INVALID, f"{field}: {messages[0]}", details=details, errors=errors)
        case HTTPException():
            return failure(_BY_STATUS.get(error.status_code, Meaning.INVALID), str(error.detail))
        case _ if is_outage(error):
            msg = "a store that this needs does not answer at the moment"
            return failure(Meaning.UNAVAILABLE, msg, retry_after=1)
        case _:
            return failure(Meaning.INTERNAL, "an unexpected error; the correlation id finds it in the logs")


def is_outage(error: BaseException) -> bool:
    """Whether an error tells that AWS is out of reach or too busy, and not that Pentarch asked for nonsense."""
    if isinstance(error, PynamoDBException):
        return isinstance(error.cause, BotoCoreError) or error.cause_response_code in _BUSY
    if isinstance(error, ClientError):
        return error.response["Error"].get("Code") in _BUSY
    return isinstance(error, BotoCoreError)


def _field_errors(found: Sequence[Any]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for entry in found:
        if entry["type"] == "json_invalid":
            field, message = "body", "the body is not valid JSON"
        else:
            place = [str(part) for part in entry["loc"][1:]]
            field, message = ".".join(place) or "body", str(entry["msg"])
        errors.setdefault(field, []).append(message)
    return errors

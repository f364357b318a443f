"""Whether a failure is an outage, which ends, or will be the same however often one tries."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from pentarch.platform.errors import UnavailableError

_HOPELESS = frozenset({"ValidationException", "ValidationError", "InvalidMessageContents"})
"""AWS's words for a request that will be refused as often as it is made."""


def is_passing(error: Exception) -> bool:
    """Whether the same call may succeed later: AWS was out of reach or busy, or did not let us."""
    cause = error.cause if isinstance(error, PynamoDBException) and error.cause is not None else error
    if isinstance(cause, ClientError):
        reasons: list[dict[str, Any]] = cause.response.get("CancellationReasons", [])  # type: ignore[assignment]
        codes = {cause.response["Error"].get("Code"), *(reason.get("Code") for reason in reasons)}
        return not codes & _HOPELESS
    return isinstance(cause, BotoCoreError | UnavailableError)

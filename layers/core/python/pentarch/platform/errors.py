"""The meanings an error can have; a dialect gives each its code, status and shape."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar


class Meaning(StrEnum):
    """What went wrong, in no dialect. `pentarch.platform.dialects` maps each to codes and statuses."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    UNSUPPORTED_MEDIA = "unsupported_media"
    RATE_LIMITED = "rate_limited"
    QUOTA_EXCEEDED = "quota_exceeded"
    MODEL_NOT_FOUND = "model_not_found"
    MODEL_NOT_LOADED = "model_not_loaded"
    POLICY_REFUSED = "policy_refused"
    UPSTREAM_FAILED = "upstream_failed"
    UPSTREAM_TIMEOUT = "upstream_timeout"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


class PentarchError(Exception):
    """A broken rule that the caller hears of; subclasses name the rule and set the meaning.

    `message` and `details` reach the caller as they are, so neither may hold a secret or personal data.
    """

    meaning: ClassVar[Meaning] = Meaning.INTERNAL
    code: ClassVar[str | None] = None
    """A code of its own, for references that document one; the others tell the meaning's."""

    def __init__(
        self, message: str, *, details: Mapping[str, Any] | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = dict(details or {})
        self.retry_after = retry_after
        """Seconds after which the same request may succeed, where that is known."""


class InvalidInputError(PentarchError):
    """The request breaks its schema or a documented bound; `field` names where."""

    meaning = Meaning.INVALID

    def __init__(
        self,
        message: str,
        *,
        field: str,
        details: Mapping[str, Any] | None = None,
        errors: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(message, details={"field": field, **(details or {})})
        self.field = field
        self.errors = {one: list(messages) for one, messages in (errors or {field: [message]}).items()}
        """Messages by field: where several are wrong, all of them."""


class NotFoundError(PentarchError):
    """What was named does not exist in the caller's tenant."""

    meaning = Meaning.NOT_FOUND


class ConflictError(PentarchError):
    """The change does not fit the present state."""

    meaning = Meaning.CONFLICT


class ForbiddenError(PentarchError):
    """The caller is known and lacks the permission."""

    meaning = Meaning.FORBIDDEN


class UnavailableError(PentarchError):
    """Something that Pentarch needs does not answer at the moment."""

    meaning = Meaning.UNAVAILABLE

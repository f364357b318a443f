"""What can go wrong with queued work."""

from datetime import datetime

from pentarch.platform.errors import ConflictError, InvalidInputError, Meaning, PentarchError


class JobMovedError(ConflictError):
    """The job is in another state than the change needs."""


class JobExistsError(ConflictError):
    """There is a job of this id."""


class JobQuotaError(PentarchError):
    """The tenant has as much open work as its quota allows."""

    meaning = Meaning.QUOTA_EXCEEDED


class RecurrenceQuotaError(PentarchError):
    """The tenant has as many recurring jobs as it may."""

    meaning = Meaning.QUOTA_EXCEEDED


class LeaseHeldError(Exception):
    """Another worker has the shard, or took it a moment before."""

    def __init__(self, until: datetime) -> None:
        super().__init__("another worker has the shard")
        self.until = until


class LeaseLostError(Exception):
    """Another worker has taken the shard over: nothing that this one does to it counts any more."""


class UnworkableInputError(InvalidInputError):
    """An input that no worker can make sense of."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="input")


class GivenUpError(PentarchError):
    """Every worker that took the input ended without a result for it."""

    meaning = Meaning.INTERNAL


class TenantInactiveError(PentarchError):
    """The tenant that the job belongs to may not use the stack any more."""

    meaning = Meaning.FORBIDDEN

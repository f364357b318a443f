"""What can go wrong in the jobs slice."""

from pentarch.platform.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError


class JobNotFoundError(NotFoundError):
    """The tenant has no such job."""

    def __init__(self) -> None:
        super().__init__("no such job")


class RecurrenceNotFoundError(NotFoundError):
    """The tenant has no such recurring job."""

    def __init__(self) -> None:
        super().__init__("no such recurring job")


class JobEndedError(ConflictError):
    """What has ended cannot be cancelled."""


class NoResultsError(ConflictError):
    """There are no results to read, or not yet."""


class NothingToRetryError(ConflictError):
    """The job has not ended, or none of its inputs has failed."""


class InputSourceError(InvalidInputError):
    """The inputs cannot be had from what `input_source` says."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="parameters.input_source")


class UnplannableError(Exception):
    """The job's inputs, as they are now, make no job; its message goes into the job's log."""


class SourceChangedError(UnavailableError):
    """The source had other inputs when they were cut than when they were counted: it is looked at again."""

    def __init__(self) -> None:
        super().__init__("the source changes while it is read")

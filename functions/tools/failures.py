"""How a run says that it failed."""

from enum import StrEnum


class Code(StrEnum):
    """For programs; the sentence beside it is for people and models."""

    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    TOO_LARGE = "too_large"
    """What was given, fetched or made is larger than is taken."""
    TOO_DEEP = "too_deep"
    INTERNAL = "internal"
    BAD_PARAMETERS = "bad_parameters"
    """What no schema can say: a path that is no JSONPath, a query that is no SQL."""
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    """It may not be done: an address that may not be asked, a statement that writes."""
    UPSTREAM = "upstream_failed"
    """Who was asked did not answer, or not as it should."""
    CREDENTIAL = "credential"
    """The named credential is not there, or not for this."""


class ToolFailedError(Exception):
    """The run failed, for a reason that its caller is told."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

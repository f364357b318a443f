"""What can go wrong with workflows and executions."""

from collections.abc import Mapping, Sequence

from pentarch.platform.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    Meaning,
    NotFoundError,
    PentarchError,
)


class WorkflowNotFoundError(NotFoundError):
    """The tenant has no such workflow."""

    def __init__(self) -> None:
        super().__init__("no such workflow")


class RevisionNotFoundError(NotFoundError):
    """The workflow never had this version."""

    def __init__(self) -> None:
        super().__init__("the workflow has no such version")


class ExecutionNotFoundError(NotFoundError):
    """The tenant has no such execution."""

    def __init__(self) -> None:
        super().__init__("no such execution")


class StepNotFoundError(NotFoundError):
    """The execution has no such step."""

    def __init__(self) -> None:
        super().__init__("the execution has no such step")


class InvalidWorkflowError(InvalidInputError):
    """The workflow cannot be run as it is written."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        field, messages = next(iter(errors.items()))
        super().__init__(f"{field}: {messages[0]}", field=field, details={"errors": dict(errors)}, errors=errors)


class NameTakenError(ConflictError):
    """Another workflow has the name."""

    def __init__(self) -> None:
        super().__init__("there is a workflow of this name", details={"field": "name"})


class TooManyWorkflowsError(ConflictError):
    """A tenant's list of workflows is bounded, so that searching it is."""


class InactiveError(ConflictError):
    """The workflow or the agent is inactive."""


class StateError(ConflictError):
    """The execution or the step is in a state that does not allow this."""


class MovedError(ConflictError):
    """The thing is no longer as it was read."""

    def __init__(self) -> None:
        super().__init__("it is being changed by others; try again", retry_after=1)


class NotAnApproverError(ForbiddenError):
    """The step names who may decide, and the caller is not among them."""


class StepFailedError(PentarchError):
    """What a step asked for was done and ended in a failure of its own."""

    meaning = Meaning.UPSTREAM_FAILED


class StoppedError(Exception):
    """The execution is over: what is under way ends, and nothing that it did is written."""

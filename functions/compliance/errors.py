"""What can go wrong in the compliance auditor."""

from pentarch.platform.errors import ConflictError, NotFoundError


class CheckNotFoundError(NotFoundError):
    """The tenant has no such assessment."""

    def __init__(self) -> None:
        super().__init__("there is no such compliance check")


class NotCompletedError(ConflictError):
    """The assessment has no result, not yet or not ever."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the compliance check is {state}", details={"status": state})


class DocumentChangedError(ConflictError):
    """What is stored of an assessment is not what was stored when it ended."""

    def __init__(self) -> None:
        super().__init__("the stored assessment was changed since it ended; POST .../verify tells what does not follow")


class ScheduleNotFoundError(NotFoundError):
    """The framework is not assessed by a schedule."""

    def __init__(self, framework: str) -> None:
        super().__init__(f"{framework} has no schedule", details={"framework": framework})


class EndedError(ConflictError):
    """The assessment is there, or has ended, already."""

    def __init__(self, check_id: str) -> None:
        super().__init__("the compliance check has ended already", details={"check_id": check_id})


class OvertakenError(ConflictError):
    """Another assessment of the framework came in between."""

    def __init__(self, check_id: str) -> None:
        msg = "other checks of the framework keep coming in between; try again"
        super().__init__(msg, details={"check_id": check_id}, retry_after=1)

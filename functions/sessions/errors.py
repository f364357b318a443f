"""What can go wrong with sessions, and with the runs of their agents."""

from collections.abc import Mapping
from typing import Any

from pentarch.platform.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    Meaning,
    NotFoundError,
    PentarchError,
)


class SessionNotFoundError(NotFoundError):
    """The tenant has no such session."""

    def __init__(self) -> None:
        super().__init__("no such session")


class ArtifactNotFoundError(NotFoundError):
    """The session proposes no such file, or no longer has its content."""

    def __init__(self) -> None:
        super().__init__("the session has no such artifact")


class SkillNotFoundError(NotFoundError):
    """Neither Pentarch nor the tenant has such a skill."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no skill is named {name!r}", details={"field": "skill"})


class SkillError(InvalidInputError):
    """A skill that could not be run as it is written."""


class SkillTakenError(ConflictError):
    """The name is another skill's already."""


class MovedError(ConflictError):
    """The session is no longer as it was read."""

    def __init__(self, message: str = "it is being changed by others; try again") -> None:
        super().__init__(message, retry_after=1)


class StateError(ConflictError):
    """The session's state does not allow this."""


class NotPendingError(StateError):
    """There is nothing to approve: an approval is used once, and not after its time."""


class OtherProposalError(ConflictError):
    """What would be approved is not what was looked at."""


class WorkspaceMovedError(ConflictError):
    """The workspace is no longer what the artifacts were made against; the details hold the fresh diff."""


class SelfApprovalError(ForbiddenError):
    """The tenant's policy asks for a second person."""

    def __init__(self) -> None:
        super().__init__("whoever ran the session may not approve it: the tenant's policy asks for a second person")


class RunError(PentarchError):
    """A run ended without a result; `code` is what the session and a waiting caller are told."""

    code = "AGENT_ERROR"

    def told(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "details": self.details}


class AgentError(RunError):
    """The agent has no usable answer."""


class ToolError(RunError):
    """A tool that the agent needs failed, or is not here."""

    code = "TOOL_ERROR"


class RunTimeoutError(RunError):
    """The run took longer than its skill allows."""

    meaning = Meaning.UPSTREAM_TIMEOUT
    code = "TIMEOUT"


class RefusedRunError(RunError):
    """The model call was refused: by a policy, or because the budget is spent."""

    meaning = Meaning.POLICY_REFUSED


_KINDS: Mapping[str, type[RunError]] = {kind.code: kind for kind in (AgentError, ToolError, RunTimeoutError)}


def failure(told: Mapping[str, Any]) -> RunError:
    """The error that a failed session tells of."""
    kind = _KINDS.get(str(told["code"]), AgentError)
    return kind(str(told["message"]), details=told.get("details"))

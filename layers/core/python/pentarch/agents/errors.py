"""What can go wrong with agents."""

from collections.abc import Sequence

from pentarch.agents.model import User
from pentarch.platform.errors import ConflictError, InvalidInputError, Meaning, NotFoundError, PentarchError


class AgentNotFoundError(NotFoundError):
    """The tenant has no such agent."""

    def __init__(self) -> None:
        super().__init__("no such agent")


class UnknownAgentError(InvalidInputError):
    """Something names an agent that the tenant does not have."""

    def __init__(self, agent_id: str) -> None:
        super().__init__(f"no agent has the id {agent_id!r}", field="agent_id")
        self.agent_id = agent_id


class NameTakenError(ConflictError):
    """Another agent of the tenant has the name, in whatever case."""

    def __init__(self, name: str) -> None:
        super().__init__(f"an agent is named {name!r} already", details={"field": "name"})


class ChangedMeanwhileError(ConflictError):
    """The agent is no longer as it was read."""

    def __init__(self) -> None:
        super().__init__("the agent was changed meanwhile; read it again", retry_after=1)


class AgentInUseError(ConflictError):
    """What uses the agent would miss it."""

    def __init__(self, users: Sequence[User]) -> None:
        shown = ", ".join(f"{user.kind} {user.id}" for user in users)
        super().__init__(
            f"the agent is used by {shown}", details={"used_by": [{"kind": one.kind, "id": one.id} for one in users]}
        )


class TooManyAgentsError(ConflictError):
    """The tenant has as many agents as it may have."""

    def __init__(self, most: int) -> None:
        super().__init__(f"a tenant has at most {most} agents", details={"limit": most})


class TurnTimeoutError(PentarchError):
    """The agent's time is over."""

    meaning = Meaning.UPSTREAM_TIMEOUT

    def __init__(self) -> None:
        super().__init__("the agent did not end within its time")

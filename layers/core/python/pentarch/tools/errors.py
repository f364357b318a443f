"""What can go wrong with tools, beside a run's own failure, which is a result."""

from collections.abc import Mapping, Sequence

from pentarch.platform.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError


class ToolNotFoundError(NotFoundError):
    """The tenant has no such tool."""

    def __init__(self) -> None:
        super().__init__("no such tool")


class UnknownToolsError(InvalidInputError):
    """Names that are no tool of the tenant's."""

    def __init__(self, names: Sequence[str], *, field: str = "tools") -> None:
        super().__init__(f"no such tool: {', '.join(names)}", field=field, details={"unknown": list(names)})
        self.names = tuple(names)


class ParametersError(InvalidInputError):
    """The parameters do not keep the tool's schema."""

    def __init__(self, faults: Mapping[str, Sequence[str]]) -> None:
        field, messages = next(iter(faults.items()))
        super().__init__(f"{field}: {messages[0]}", field=field, errors=faults)


class ToolNameTakenError(ConflictError):
    """Another tool has the name."""

    def __init__(self, tool_id: str) -> None:
        super().__init__(f"there is a tool {tool_id} already", details={"id": tool_id})


class RunInProgressError(ConflictError):
    """The first run with this idempotency key has not ended."""


class KeyReusedError(ConflictError):
    """The idempotency key was used for another run."""


class RunnerUnavailableError(UnavailableError):
    """The function that runs tools does not answer."""

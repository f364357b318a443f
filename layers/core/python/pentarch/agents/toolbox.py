"""The tools that an agent may call in its turn, by the names under which its model knows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from pentarch.agents.model import Agent
from pentarch.identity.model import Caller
from pentarch.llm.model import Tool
from pentarch.tools import client, service
from pentarch.tools.errors import KeyReusedError, ParametersError, ToolNotFoundError, UnknownToolsError

COMPLETED = "completed"
FAILED = "failed"


class ToolOutcome(NamedTuple):
    """What a call came to; a tool's own failure is one too."""

    status: str
    result: Mapping[str, Any] | None = None
    error: str | None = None
    seconds: float = 0.0


class Toolbox(Protocol):
    @property
    def offered(self) -> tuple[Tool, ...]: ...

    @property
    def missing(self) -> tuple[str, ...]:
        """What the agent's configuration names and nobody has."""

    def run(self, name: str, parameters: Mapping[str, Any], *, idempotency_key: str, timeout_s: float) -> ToolOutcome:
        """Call an offered tool; a repetition with the same key has the first one's effect."""


@dataclass(frozen=True)
class Empty:
    """No tool at all."""

    offered: tuple[Tool, ...] = ()
    missing: tuple[str, ...] = field(default=())

    def run(self, name: str, parameters: Mapping[str, Any], *, idempotency_key: str, timeout_s: float) -> ToolOutcome:  # noqa: ARG002 (a toolbox's)
        return ToolOutcome(FAILED, error=f"there is no tool {name!r}")


NONE = Empty()


@dataclass(frozen=True)
class TenantTools:
    """Tools of the tenant's, run by the tools' own function. Their ids are names that models take."""

    caller: Caller
    offered: tuple[Tool, ...]
    missing: tuple[str, ...]
    correlation_id: str

    def run(self, name: str, parameters: Mapping[str, Any], *, idempotency_key: str, timeout_s: float) -> ToolOutcome:
        """Raises what leaves open whether the tool ran: with the same key it is safe to ask again."""
        try:
            result = client.run(
                self.caller.tenant,
                self.caller.subject,
                name,
                parameters,
                idempotency_key=idempotency_key,
                timeout_s=timeout_s,
                correlation_id=self.correlation_id,
            )
        except (ParametersError, ToolNotFoundError, KeyReusedError) as error:
            return ToolOutcome(FAILED, error=error.message)
        failed = None if result.error is None else f"{result.error.code}: {result.error.message}"
        return ToolOutcome(str(result.status), result.result, failed, result.execution_time)


def of(caller: Caller, agent: Agent, *, correlation_id: str = "") -> Toolbox:
    """The tools that the agent's configuration names, without those that nobody has any more."""
    names = agent.tools
    if not names:
        return NONE
    missing: tuple[str, ...] = ()
    try:
        specs = service.of(agent.tenant, names)
    except UnknownToolsError as error:
        missing = error.names
        specs = service.of(agent.tenant, [name for name in names if name not in missing])
    offered = tuple(Tool(spec.id, spec.description, spec.input_schema) for spec in specs)
    return TenantTools(caller, offered, missing, correlation_id)

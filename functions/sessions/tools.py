"""The tools that a skill may name: those of the tenant's catalogue, and the simulation of circuits, which runs here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pentarch.agents import toolbox
from pentarch.agents.model import Agent
from pentarch.agents.toolbox import COMPLETED, FAILED, Toolbox, ToolOutcome
from pentarch.identity.model import Caller
from pentarch.llm.model import Tool
from pentarch.tools import service
from sessions.errors import RunError, ToolError
from sessions.simulation import netlist, ngspice

_SIMULATION = Tool(
    ngspice.TOOL,
    "Simulates a SPICE netlist with ngspice and gives what its .meas cards measured.",
    {
        "type": "object",
        "properties": {"netlist": {"type": "string", "minLength": 1}},
        "required": ["netlist"],
        "additionalProperties": False,
    },
)
_SIMULATION_S = 30.0


@dataclass(frozen=True)
class SkillTools:
    """The catalogue's tools, and the one that is run in this process."""

    others: Toolbox
    simulates: bool
    missing: tuple[str, ...] = ()

    @property
    def offered(self) -> tuple[Tool, ...]:
        return (*self.others.offered, _SIMULATION) if self.simulates else self.others.offered

    def run(self, name: str, parameters: Mapping[str, Any], *, idempotency_key: str, timeout_s: float) -> ToolOutcome:
        if name != ngspice.TOOL or not self.simulates:
            return self.others.run(name, parameters, idempotency_key=idempotency_key, timeout_s=timeout_s)
        try:
            checked = netlist.checked(str(parameters.get("netlist", "")))
            simulated = ngspice.run(checked, timeout_s=min(timeout_s, _SIMULATION_S))
        except RunError as error:
            return ToolOutcome(FAILED, error=f"{error.details.get('status', error.code)}: {error.message}")
        result = {"measurements": dict(simulated.measurements), "log": simulated.log[-4000:]}
        return ToolOutcome(COMPLETED, result, seconds=simulated.seconds)


def of(caller: Caller, agent: Agent, *, correlation_id: str) -> SkillTools:
    """ToolError where the skill names a tool that the tenant has no more."""
    others = toolbox.of(caller, _with(agent, _others(agent.tools)), correlation_id=correlation_id)
    if others.missing:
        msg = f"the tenant has no tool {others.missing[0]}"
        raise ToolError(msg, details={"missing": list(others.missing)})
    return SkillTools(others, ngspice.TOOL in agent.tools)


def check(tenant: str, names: Sequence[str]) -> None:
    """Refuse names of tools that the tenant does not have: UnknownToolsError."""
    others = _others(names)
    if others:
        service.of(tenant, others, field="tools")


def _others(names: Sequence[str]) -> list[str]:
    return [name for name in names if name != ngspice.TOOL]


def _with(agent: Agent, names: list[str]) -> Agent:
    return replace(agent, configuration={**agent.configuration, "tools": names})

"""Which of the stack's functions are a service, by the slice that a function's logical id begins with."""

import re
from collections.abc import Iterable

STACK = "pentarch"
"""The name of all services together: what an update and a restart roll out."""

SLICES: dict[str, tuple[str, ...]] = {
    "ai-gateway": ("Llm",),
    "models": ("Models",),
    "natural-language": ("Nlp",),
    "jobs": ("Jobs",),
    "vision": ("Vision",),
    "specialist-foundry": ("Specialists",),
    "tools": ("Tools",),
    "workflows": ("Workflows",),
    "agents": ("Agents",),
    "sessions": ("Sessions",),
    "mcp-server": ("Mcpserver",),
    "compliance-auditor": ("Compliance",),
    "registry": ("Registry",),
    "webhooks": ("Webhooks",),
    "configurations": ("Configurations",),
    "identity": ("Identity",),
    "events": ("Fanout",),
    "live-events": ("Live",),
    "operations": ("Ops",),
    "edge": ("Edge",),
    "infrastructure": ("Infrastructure",),
}
"""In the order in which an update takes them. What rolls out goes last, so that nothing else waits for a new one."""

STACK_LOCK = "infrastructure"
"""Every roll-out of all services holds this one's lock too."""

_SLICE = re.compile(r"[A-Z][a-z0-9]*")


def covered(service: str) -> tuple[str, ...]:
    """The services that a roll-out of this one changes, and which nobody else may change meanwhile."""
    return tuple(SLICES) if service == STACK else (service,)


def functions_of(service: str, functions: Iterable[str]) -> tuple[str, ...]:
    """The functions of one service, those that answer HTTP last: workers of the new version must be there first."""
    mine = [name for name in functions if slice_of(name) in SLICES[service]]
    return tuple(sorted(mine, key=lambda name: (name.endswith("ApiFunction"), name)))


def slice_of(function: str) -> str:
    found = _SLICE.match(function)
    return found[0] if found else ""

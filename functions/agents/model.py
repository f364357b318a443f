"""What of an agent its versions keep, and what lists know of it."""

from typing import Any

from pentarch.agents.model import Agent
from pentarch.platform.shelves import Entry, Shelves

MAX_AGENTS = 1000
"""Of a tenant: a search reads the names and descriptions of all of them, a megabyte or two."""
LISTS = Shelves("AGENTS_TABLE", MAX_AGENTS)


def body_of(agent: Agent) -> dict[str, Any]:
    """What callers write of an agent, and a version keeps."""
    return {
        "name": agent.name,
        "description": agent.description,
        "type": agent.type,
        "status": agent.status,
        "configuration": dict(agent.configuration),
        "capabilities": list(agent.capabilities),
        "tags": list(agent.tags),
        "metadata": dict(agent.metadata),
    }


def entry_of(agent: Agent) -> Entry:
    return Entry(
        id=agent.id,
        name=agent.name,
        description=agent.description,
        facets={"type": agent.type, "status": agent.status},
        created_at=agent.created_at,
        updated_at=agent.updated_at,
    )


def changes(before: Agent, after: Agent) -> tuple[str, ...]:
    """The fields that differ, those of the configuration one by one."""
    was, now = body_of(before), body_of(after)
    old, new = was.pop("configuration"), now.pop("configuration")
    fields = [name for name in was if was[name] != now[name]]
    fields += [f"configuration.{name}" for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
    return tuple(fields)

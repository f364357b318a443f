"""A tenant's own tools: operations of HTTP APIs, and MCP servers with the tools that they tell of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pentarch.tools.model import ToolSpec

JsonObject = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OwnTool:
    """`target` is how it is run: an operation's address and places of parameters, or a server's id and tool name."""

    tenant: str
    spec: ToolSpec
    target: JsonObject
    created_at: datetime
    updated_at: datetime
    created_by: str
    revision: int = 1

    def shown(self) -> dict[str, Any]:
        from pentarch.platform.clock import iso
        from pentarch.platform.dialects import person

        return self.spec.shown() | {
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at),
            "created_by": person(self.created_by),
        }


class ServerStatus(StrEnum):
    REACHABLE = "reachable"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Server:
    """An MCP server, and how it was found when it was asked last."""

    tenant: str
    id: str
    name: str
    description: str
    url: str
    credential: str | None
    status: ServerStatus
    checked_at: datetime
    created_at: datetime
    updated_at: datetime
    created_by: str
    tools: tuple[str, ...] = ()
    """The ids of the tools that it told of when it answered last."""
    error: str | None = None
    left_out: int = 0
    """Tools that it has beyond those that are taken."""
    facts: JsonObject = field(default_factory=dict)
    """What it says of itself: its protocol's version, its name."""
    revision: int = 1

    def shown(self) -> dict[str, Any]:
        from pentarch.platform.clock import iso
        from pentarch.platform.dialects import person

        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "kind": "mcp",
            "url": self.url,
            "credential": self.credential,
            "status": self.status,
            "error": self.error,
            "checked_at": iso(self.checked_at),
            "tools": list(self.tools),
            "tools_left_out": self.left_out,
            "server": dict(self.facts),
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at),
            "created_by": person(self.created_by),
        }

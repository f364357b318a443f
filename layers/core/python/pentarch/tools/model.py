"""What a tool is, and what comes of running one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

PREFIX = "tool-"
MAX_ID = 64
"""What the makers of models allow a function's name to have: an id is offered to them as it is."""
_NOT_IN_IDS = re.compile(r"[^a-z0-9]+")


class Kind(StrEnum):
    BUILT_IN = "built_in"
    HTTP = "http"
    """A tenant's own: an operation of an HTTP API."""
    MCP = "mcp"
    """A tool of an MCP server that a tenant named."""


class Status(StrEnum):
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a tool's parameters must keep beside its schema.

    Models' makers refuse a function whose schema has `oneOf` and the like at its top, so such rules stand apart.
    """

    schema: Mapping[str, Any]
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as callers and models see it."""

    id: str
    name: str
    description: str
    category: str
    capabilities: tuple[str, ...]
    input_schema: Mapping[str, Any]
    kind: Kind = Kind.BUILT_IN
    acts: bool = False
    """Whether a run may change something outside: such a run is never repeated when its outcome is unknown."""
    rules: tuple[Rule, ...] = ()
    server: str | None = None
    """Of a tool of an MCP server: the server's id."""

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "category": self.category,
            "capabilities": list(self.capabilities),
            "input_schema": dict(self.input_schema),
            "kind": self.kind,
            **({} if self.server is None else {"server": self.server}),
        }


class Fault(NamedTuple):
    """Why a run failed: a code for programs, a sentence for people and models."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    tool_id: str
    status: Status
    result: Mapping[str, Any] | None
    error: Fault | None
    execution_time: float
    """Seconds."""
    truncated: bool = False
    """Whether something was left out of the result because it was too long."""
    replayed: bool = False
    """Whether this is the result of an earlier run with the same idempotency key."""
    event_id: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    """Of a failure: what a program can use, such as the messages by field."""

    def shown(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "tool_id": self.tool_id,
            "status": self.status,
            "result": None if self.result is None else dict(self.result),
            "execution_time": self.execution_time,
            "truncated": self.truncated,
            "event_id": self.event_id,
        }
        if self.error is not None:
            body["error"] = {"code": self.error.code, "message": self.error.message, **self.details}
        return body

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> "ToolResult":
        """From what the runner answers. KeyError, TypeError or ValueError when it is no result."""
        fault = said.get("error")
        rest = {} if fault is None else {name: one for name, one in fault.items() if name not in ("code", "message")}
        return cls(
            tool_id=said["tool_id"],
            status=Status(said["status"]),
            result=said["result"],
            error=None if fault is None else Fault(fault["code"], fault["message"]),
            execution_time=float(said["execution_time"]),
            truncated=bool(said.get("truncated")),
            replayed=bool(said.get("replayed")),
            event_id=said.get("event_id"),
            details=rest,
        )


def id_of(name: str) -> str:
    """The id that goes with a name, or with itself; empty for a name of which nothing is left.

    `git`, `tool-git` and `Git` are all `tool-git`; `file_reader` is `tool-file-reader`.
    """
    slug = _NOT_IN_IDS.sub("-", name.strip().lower()).strip("-")
    slug = slug.removeprefix(PREFIX)
    return f"{PREFIX}{slug}" if slug and slug != PREFIX.strip("-") else ""

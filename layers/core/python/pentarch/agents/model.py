"""An agent: instructions for a model, and the tools that it may call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

JsonObject = Mapping[str, Any]

DEFAULT_MODEL = "gpt-4"
DEFAULT_MAX_TOKENS = 1000
DEFAULT_TEMPERATURE = 0.7


class Status(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    """Kept and shown, and not executed."""


@dataclass(frozen=True, slots=True)
class Agent:
    tenant: str
    id: str
    name: str
    description: str
    type: str
    status: Status
    configuration: JsonObject
    """`model`, `temperature`, `max_tokens`, `system_prompt`, `tools`, `sensitivity`, as they were asked for."""
    capabilities: tuple[str, ...]
    tags: tuple[str, ...]
    metadata: JsonObject
    created_at: datetime
    updated_at: datetime
    created_by: str
    version: int = 1
    """Of the definition: each change makes the next."""
    updated_by: str = ""

    @property
    def model(self) -> str:
        return str(self.configuration.get("model") or DEFAULT_MODEL)

    @property
    def tools(self) -> tuple[str, ...]:
        """The names or ids of the tools that it may call, each once."""
        return tuple(dict.fromkeys(self.configuration.get("tools") or ()))


class User(NamedTuple):
    """What uses an agent, so that it must not go: a workflow, for example."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Version:
    """A definition as it was, which never changes."""

    number: int
    body: JsonObject
    created_at: datetime
    created_by: str
    changed: tuple[str, ...] = field(default=())
    """The fields that differ from the version before."""

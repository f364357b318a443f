"""Bodies of the agents' API, as the Meta-Agents reference has them, and what goes beyond it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from pentarch.agents.model import DEFAULT_MAX_TOKENS, DEFAULT_MODEL, DEFAULT_TEMPERATURE, Agent, Status, Version
from pentarch.llm.model import Sensitivity
from pentarch.platform.clock import iso
from pentarch.platform.dialects import person
from pentarch.platform.shelves import Ids

MAX_PROMPT = 60_000
"""Characters of a system prompt: an item holds 400 KB, and a character may take six bytes there."""
MAX_TOOLS = 64
MAX_WORDS = 50
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")
]
Text = Annotated[str, StringConstraints(max_length=1000)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$")]
Words = Annotated[list[Word], Field(max_length=MAX_WORDS)]
Type = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/ -]*$")]
ToolName = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Configuration(_Strict):
    """Each left out has its default in a new agent, and stays as it is in a change."""

    model: Annotated[str, StringConstraints(min_length=1, max_length=256)] = DEFAULT_MODEL
    temperature: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] = DEFAULT_TEMPERATURE
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = DEFAULT_MAX_TOKENS
    system_prompt: Annotated[str, StringConstraints(max_length=MAX_PROMPT)] = ""
    tools: Annotated[list[ToolName], Field(max_length=MAX_TOOLS)] = Field(default_factory=list)
    max_turns: Annotated[int, Field(ge=1, le=20, strict=True)] | None = None
    """Model calls of one execution at most."""
    sensitivity: Sensitivity | None = None
    """The class of all its prompts, unless what is found in them or an execution raises it."""


class AgentRequest(BaseModel):
    name: Line
    description: Text = ""
    type: Type
    status: Status = Status.ACTIVE
    configuration: Configuration = Field(default_factory=Configuration)
    capabilities: Words = Field(default_factory=list)
    tags: Words = Field(default_factory=list)
    metadata: dict[str, Any] = Field(default_factory=dict)


class AgentChange(BaseModel):
    """What is sent changes, the rest stays; of the configuration too, each field for itself."""

    name: Line | None = None
    description: Text | None = None
    type: Type | None = None
    status: Status | None = None
    configuration: Configuration | None = None
    capabilities: Words | None = None
    tags: Words | None = None
    metadata: dict[str, Any] | None = None


def row(agent: Agent) -> dict[str, Any]:
    """An agent in a list: without its prompt and tools."""
    told = shown(agent)
    named = ("model", "temperature", "max_tokens")
    return told | {"configuration": {name: agent.configuration[name] for name in named}}


def shown(agent: Agent) -> dict[str, Any]:
    return {
        "id": agent.id,
        "name": agent.name,
        "description": agent.description,
        "type": agent.type,
        "status": agent.status,
        "configuration": dict(agent.configuration),
        "capabilities": list(agent.capabilities),
        "tags": list(agent.tags),
        "metadata": dict(agent.metadata),
        "version": agent.version,
        "created_at": iso(agent.created_at),
        "updated_at": iso(agent.updated_at),
        "created_by": person(agent.created_by),
        "updated_by": person(agent.updated_by),
    }


def listed(agents: list[Agent], found: Ids, *, page: int, page_size: int) -> dict[str, Any]:
    return {
        "data": [row(agent) for agent in agents],
        "pagination": {
            "page": page,
            "pageSize": page_size,
            "totalItems": found.total,
            "totalPages": -(-found.total // page_size),
            "nextCursor": found.next_cursor,
        },
    }


def version(one: Version, *, whole: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "version": one.number,
        "created_at": iso(one.created_at),
        "created_by": person(one.created_by),
        "changed": list(one.changed),
    }
    return told | {"agent": dict(one.body)} if whole else told

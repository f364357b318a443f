"""Bodies of the tools' API, as the Meta-Agents reference has them, and what goes beyond it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints, model_validator

MAX_WAIT_S = 25
"""Of a run by HTTP: the gateway's own limit is 29 seconds, and a cold start is part of them."""


class ExecuteRequest(BaseModel):
    parameters: dict[str, Any] = Field(default_factory=dict)
    timeout: Annotated[float, Field(gt=0, le=MAX_WAIT_S, allow_inf_nan=False)] = MAX_WAIT_S
    """Seconds."""


Label = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"[A-Za-z0-9]")]
Text = Annotated[str, StringConstraints(max_length=4000)]
CredentialName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Address = Annotated[str, StringConstraints(min_length=8, max_length=1024, pattern=r"^https?://\S+$")]
Capability = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class ToolChange(BaseModel):
    """What a tool may be given later; what is left out stays."""

    description: Text | None = None
    category: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    capabilities: Annotated[list[Capability], Field(max_length=20)] | None = None
    credential: CredentialName | None = None
    """Null takes away the one that there is."""
    openapi: dict[str, Any] | None = None
    """Of a tool of kind http: an OpenAPI 3 description of its operation."""
    operation: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    """Which of the description's operations: its operationId, or `GET /path`."""
    url: Address | None = None
    """Of a server of kind mcp."""


class NewTool(ToolChange):
    name: Label
    kind: Literal["http", "mcp"]

    @model_validator(mode="after")
    def _whole(self) -> "NewTool":
        given = self.openapi if self.kind == "http" else self.url
        if given is None:
            msg = f"a tool of kind {self.kind} needs {'openapi' if self.kind == 'http' else 'url'}"
            raise ValueError(msg)
        return self

"""Bodies of the sessions' API, as the MetaForge reference has them, and what goes beyond it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from pentarch.workspace import paths
from pentarch.workspace.errors import PathError
from sessions.model import MAX_ARTIFACTS, MAX_FILES

MAX_ARGS_CHARACTERS = 16_000
MAX_WAIT_S = 20
"""API Gateway gives up after 29 s."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9-]*$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"\S")]
SessionId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def _path(text: str) -> str:
    try:
        return paths.checked(text)
    except PathError as error:
        raise ValueError(error.message) from error


class SkillInput(BaseModel):
    files: Annotated[list[Annotated[str, Field(max_length=1024)]], Field(max_length=MAX_FILES)] = Field(
        default_factory=list
    )
    args: dict[str, Any] = Field(default_factory=dict)

    @field_validator("files")
    @classmethod
    def _are_paths(cls, files: list[str]) -> list[str]:
        checked = [_path(one) for one in files]
        if len(set(checked)) < len(checked):
            msg = "a file is named twice"
            raise ValueError(msg)
        return checked

    @field_validator("args")
    @classmethod
    def _are_small(cls, args: dict[str, Any]) -> dict[str, Any]:
        if len(str(args)) > MAX_ARGS_CHARACTERS:
            msg = f"more than {MAX_ARGS_CHARACTERS} characters"
            raise ValueError(msg)
        return args


class CreateRequest(BaseModel):
    skill: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    input: SkillInput = Field(default_factory=SkillInput)


class RunOptions(BaseModel):
    temperature: Annotated[float, Field(ge=0, le=2, strict=True)] | None = None
    verbose: Annotated[bool, Field(strict=True)] = False
    wait: Annotated[int, Field(ge=0, le=MAX_WAIT_S, strict=True)] = 0
    """Seconds to wait for the run's end; it goes on after them."""


class RunRequest(CreateRequest):
    options: RunOptions = Field(default_factory=RunOptions)
    session_id: SessionId | None = None


class ApproveRequest(BaseModel):
    comment: Annotated[str, StringConstraints(max_length=4000)] | None = None
    artifacts: Annotated[list[str], Field(min_length=1, max_length=MAX_ARTIFACTS)] | None = None
    """The paths to apply; the others are left out. None: all."""
    digest: Sha256 | None = None
    """Of what was looked at, as the pending list tells it."""


class RejectRequest(BaseModel):
    reason: Words


class ReviseRequest(BaseModel):
    instructions: Words


class AgentDefinition(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    version: Annotated[str, StringConstraints(min_length=1, max_length=32)] = "1.0.0"
    instructions: Words


class FilesWanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    min: Annotated[int, Field(ge=0, le=MAX_FILES)] = 1
    max: Annotated[int, Field(ge=0, le=MAX_FILES)] = MAX_FILES

    @model_validator(mode="after")
    def _has_room(self) -> "FilesWanted":
        if self.min > self.max:
            msg = "min is above max"
            raise ValueError(msg)
        return self


class InputsWanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    files: FilesWanted = Field(default_factory=FilesWanted)
    args: dict[str, Any] = Field(default_factory=dict)
    """A JSON Schema."""


class OutputDefinition(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    path: Annotated[str, Field(max_length=200)]
    """Beside the first input file."""
    content_type: Annotated[str, StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]+$", max_length=100)]
    content_schema: Annotated[dict[str, Any] | None, Field(alias="schema")] = None
    """A JSON Schema, where the content is JSON."""

    @field_validator("path")
    @classmethod
    def _is_a_path(cls, text: str) -> str:
        return _path(text)


class ModelPolicy(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(min_length=1, max_length=256)] = "gpt-4"
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.2
    max_tokens: Annotated[int, Field(ge=1, le=100_000)] = 4000
    sensitivity: Annotated[str, StringConstraints(pattern="^(PUBLIC|INTERNAL|SENSITIVE|CRITICAL)$")] | None = None


class SkillDefinition(BaseModel):
    """A skill as data."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    description: Words
    agent: AgentDefinition
    prompt: Words
    inputs: InputsWanted = Field(default_factory=InputsWanted)
    outputs: Annotated[list[OutputDefinition], Field(min_length=1, max_length=MAX_ARTIFACTS)]
    tools: Annotated[list[Annotated[str, Field(min_length=1, max_length=64)]], Field(max_length=20)] = Field(
        default_factory=list
    )
    model: ModelPolicy = Field(default_factory=ModelPolicy)
    timeout_s: Annotated[int, Field(ge=1, le=150)] = 120
    """Of one run; the worker itself has 180."""

    @model_validator(mode="after")
    def _has_distinct_outputs(self) -> "SkillDefinition":
        named = [output.path for output in self.outputs]
        if len(set(named)) < len(named):
            msg = "two outputs have one path"
            raise ValueError(msg)
        return self

"""What requests hold."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from workflows.definition import (
    MAX_STEP_S,
    ErrorHandling,
    Id,
    Monitoring,
    Name,
    Object,
    Seconds,
    Steps,
    WorkflowType,
)
from workflows.model import Status

Version = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$")]
Description = Annotated[str, StringConstraints(max_length=4000)]
Tags = Annotated[tuple[Name, ...], Field(max_length=50)]
Comment = Annotated[str, StringConstraints(max_length=2000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore")


class WorkflowRequest(_Body):
    name: Name
    description: Description = ""
    type: WorkflowType = WorkflowType.SEQUENTIAL
    version: Version = "1.0.0"
    status: Status = Status.ACTIVE
    steps: Steps
    error_handling: ErrorHandling = ErrorHandling()
    monitoring: Monitoring | None = None
    timeout: Seconds | None = None
    tags: Tags = ()


class WorkflowChange(_Body):
    """What is not sent stays as it is."""

    name: Name | None = None
    description: Description | None = None
    type: WorkflowType | None = None
    version: Version | None = None
    status: Status | None = None
    steps: Steps | None = None
    error_handling: ErrorHandling | None = None
    monitoring: Monitoring | None = None
    timeout: Seconds | None = None
    tags: Tags | None = None


class ExecuteRequest(_Body):
    parameters: Object = Field(default_factory=dict)
    context: Object = Field(default_factory=dict)


class ExecuteAgentRequest(ExecuteRequest):
    timeout: Annotated[int, Field(strict=True, ge=1, le=MAX_STEP_S)] = 300


class RerunRequest(_Body):
    from_step: Id | None = None
    """None: the first step that did not complete."""
    input: Object | None = None
    """What that step is given in place of what its mapping says."""
    parameters: Object | None = None
    """In place of the execution's own."""


class Decision(_Body):
    comment: Comment = ""
    data: Object = Field(default_factory=dict)
    """What the steps after it may read, as `$.steps.<id>.output.data`."""

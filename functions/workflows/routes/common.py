"""What the routes of the slice share."""

from typing import Annotated

from fastapi import Path, Query

READ = "workflows:read"
WRITE = "workflows:write"
INVOKE = "workflows:invoke"
MAX_PAGE = 10_000
DEFAULT_SIZE = 20
MAX_SIZE = 100

WorkflowId = Annotated[str, Path(alias="workflowId", max_length=64)]
ExecutionId = Annotated[str, Path(alias="executionId", max_length=64)]
StepId = Annotated[str, Path(alias="stepId", max_length=64)]
AgentId = Annotated[str, Path(alias="agentId", max_length=64)]
PageNumber = Annotated[int, Query(ge=1, le=MAX_PAGE)]
PageSize = Annotated[int, Query(alias="pageSize", ge=1, le=MAX_SIZE)]

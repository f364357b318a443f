"""Workflows, as the Meta-Agents reference has them, and their versions."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import Path, Query, Response

from pentarch.platform import clock
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router
from workflows import service, shown, starting
from workflows.definition import WorkflowType
from workflows.model import Status
from workflows.routes.common import DEFAULT_SIZE, INVOKE, READ, WRITE, PageNumber, PageSize, WorkflowId
from workflows.schemas import ExecuteRequest, WorkflowChange, WorkflowRequest
from workflows.service import Filters

router = governed_router(prefix="/api/v1/workflows", tags=["Meta-Agents: workflows"])


class SortField(StrEnum):
    NAME = "name"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


class SortOrder(StrEnum):
    ASC = "asc"
    DESC = "desc"


@router.get("", summary="List workflows")
@access(READ)
async def list_workflows(  # noqa: PLR0917 (FastAPI passes them by name)
    caller: CurrentCaller,
    page: PageNumber = 1,
    size: PageSize = DEFAULT_SIZE,
    kind: Annotated[WorkflowType | None, Query(alias="type")] = None,
    status: Status | None = None,
    search: Annotated[str | None, Query(max_length=200)] = None,
    sort_by: Annotated[SortField, Query(alias="sortBy")] = SortField.CREATED_AT,
    sort_order: Annotated[SortOrder, Query(alias="sortOrder")] = SortOrder.DESC,
) -> dict[str, Any]:
    filters = Filters(kind, status, search)
    descending = sort_order is SortOrder.DESC
    found, total = service.page(
        caller.tenant, filters, sort_by=sort_by, descending=descending, limit=size, offset=(page - 1) * size
    )
    return {"data": [shown.workflow(one) for one in found], "pagination": shown.pagination(page, size, total)}


@router.post("", status_code=201, summary="Create a workflow")
@access(WRITE, idempotent=True)
async def create_workflow(
    body: WorkflowRequest, caller: CurrentCaller, correlation_id: CorrelationId
) -> dict[str, Any]:
    return shown.workflow(service.create(caller, body, correlation_id, clock.now()))


@router.get("/{workflowId}", summary="A workflow as it is now")
@access(READ)
async def get_workflow(workflow_id: WorkflowId, caller: CurrentCaller) -> dict[str, Any]:
    return shown.workflow(service.get(caller.tenant, workflow_id))


@router.put("/{workflowId}", summary="Change a workflow: what is not sent stays")
@access(WRITE)
async def update_workflow(
    workflow_id: WorkflowId, body: WorkflowChange, caller: CurrentCaller, correlation_id: CorrelationId
) -> dict[str, Any]:
    return shown.workflow(service.update(caller, workflow_id, body, correlation_id, clock.now()))


@router.delete("/{workflowId}", status_code=204, summary="Delete a workflow; its executions go on and stay")
@access(WRITE)
async def delete_workflow(workflow_id: WorkflowId, caller: CurrentCaller, correlation_id: CorrelationId) -> Response:
    service.delete(caller, workflow_id, correlation_id, clock.now())
    return Response(status_code=204)


@router.get("/{workflowId}/versions", summary="Every revision of a workflow, the newest first")
@access(READ)
async def list_versions(
    workflow_id: WorkflowId,
    caller: CurrentCaller,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    before: Annotated[int | None, Query(ge=1, description="The last page's next")] = None,
) -> dict[str, Any]:
    found = service.revisions(caller.tenant, workflow_id, limit=limit, before=before)
    following = found[-1].revision if found and found[-1].revision > 1 else None
    return {"data": [shown.workflow(one) for one in found], "next": following}


@router.get("/{workflowId}/versions/{revision}", summary="A workflow as a revision had it")
@access(READ)
async def get_version(
    workflow_id: WorkflowId, revision: Annotated[int, Path(ge=1, le=999_999)], caller: CurrentCaller
) -> dict[str, Any]:
    return shown.workflow(service.revision(caller.tenant, workflow_id, revision))


@router.post("/{workflowId}/execute", status_code=202, summary="Execute a workflow")
@access(INVOKE, spends=True, idempotent=True)
async def execute_workflow(
    workflow_id: WorkflowId, body: ExecuteRequest, caller: CurrentCaller, correlation_id: CorrelationId
) -> dict[str, Any]:
    workflow = service.get(caller.tenant, workflow_id)
    return shown.begun_workflow(starting.of_workflow(caller, workflow, body, correlation_id, clock.now()))

"""Listing tools, seeing one, and running one."""

from typing import Any

from fastapi import Request

from pentarch.platform.errors import InvalidInputError
from pentarch.tools import client, service, validation
from pentarch.tools.errors import ParametersError
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller, context_of
from pentarch.web.routes import IDEMPOTENCY_HEADER, governed_router
from tools.routes.common import INVOKE, READ, CurrentActor, ToolId
from tools.runs import MAX_KEY
from tools.schemas import ExecuteRequest

router = governed_router(prefix="/api/v1/tools", tags=["Meta-Agents: tools"])


@router.get("", summary="List tools, the built-in ones first")
@access(READ)
async def list_tools(caller: CurrentCaller) -> dict[str, Any]:
    return {"data": [spec.shown() for spec in service.every(caller.tenant)]}


@router.get("/{toolId}", summary="A tool")
@access(READ)
async def get_tool(tool_id: ToolId, caller: CurrentCaller) -> dict[str, Any]:
    return service.get(caller.tenant, tool_id).shown()


@router.post("/{toolId}/execute", summary="Run a tool and wait for its result")
@access(INVOKE)
async def execute(tool_id: ToolId, body: ExecuteRequest, actor: CurrentActor, http: Request) -> dict[str, Any]:
    """The key's record is the run's own, written with its event, so that no crash between the two repeats a run."""
    key = http.headers.get(IDEMPOTENCY_HEADER)
    if key is not None and not 0 < len(key) <= MAX_KEY:
        msg = f"Idempotency-Key must have 1 to {MAX_KEY} characters"
        raise InvalidInputError(msg, field="Idempotency-Key")
    spec = service.get(actor.tenant, tool_id)
    faults = validation.faults(spec, body.parameters)
    if faults:
        raise ParametersError(faults)
    result = client.run(
        actor.tenant,
        actor.subject,
        spec.id,
        body.parameters,
        idempotency_key=key,
        timeout_s=body.timeout,
        correlation_id=actor.correlation_id,
    )
    if result.replayed:
        context_of(http).headers["Idempotency-Replayed"] = "true"
    return result.shown()

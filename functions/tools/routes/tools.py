"""Listing tools, seeing one, and running one."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from pentarch.platform import clock
from pentarch.platform.errors import InvalidInputError
from pentarch.tools import client, service, store, validation
from pentarch.tools.catalogue import built_in
from pentarch.tools.errors import ParametersError
from pentarch.tools.model import id_of
from pentarch.tools.own import OwnTool, ServerStatus
from pentarch.web.access import access
from pentarch.web.context import context_of
from pentarch.web.routes import IDEMPOTENCY_HEADER, governed_router
from tools import checking, owning
from tools.routes.common import INVOKE, READ, WRITE, CurrentActor, ToolId
from tools.runs import MAX_KEY
from tools.schemas import ExecuteRequest, NewTool, ToolChange

router = governed_router(prefix="/api/v1/tools", tags=["Meta-Agents: tools"])


@router.get("", summary="List tools, the built-in ones first, and the MCP servers that some of them are of")
@access(READ)
async def list_tools(actor: CurrentActor) -> dict[str, Any]:
    """Servers that were not asked for a while are asked now, behind the answer."""
    shelf = store.shelf(actor.tenant)
    for server in shelf.servers:
        checking.ask_again(actor, server, clock.now())
    statuses = {server.id: server.status for server in shelf.servers}
    rows = [spec.shown() for spec in built_in().values()]
    rows += [tool.shown() | _standing(tool, statuses) for tool in shelf.tools]
    return {"data": rows, "servers": [server.shown() for server in shelf.servers]}


@router.post("", status_code=201, summary="Add a tool of one's own: an HTTP operation, or an MCP server")
@access(WRITE, idempotent=True)
async def create_tool(body: NewTool, actor: CurrentActor) -> dict[str, Any]:
    return owning.create(actor, body, clock.now()).shown()


@router.get("/{toolId}", summary="A tool, or an MCP server with what it has")
@access(READ)
async def get_tool(tool_id: ToolId, actor: CurrentActor) -> dict[str, Any]:
    built = built_in().get(id_of(tool_id))
    return built.shown() if built is not None else owning.get(actor.tenant, tool_id).shown()


@router.put("/{toolId}", summary="Change a tool of one's own; what is left out stays")
@access(WRITE)
async def change_tool(tool_id: ToolId, body: ToolChange, actor: CurrentActor) -> dict[str, Any]:
    return owning.change(actor, tool_id, body, clock.now()).shown()


@router.delete("/{toolId}", status_code=204, summary="Remove a tool of one's own; a server goes with its tools")
@access(WRITE)
async def remove_tool(tool_id: ToolId, actor: CurrentActor) -> None:
    owning.remove(actor, tool_id, clock.now())


@router.post("/{toolId}/refresh", summary="Ask an MCP server again what it has")
@access(WRITE)
async def refresh_server(tool_id: ToolId, actor: CurrentActor) -> dict[str, Any]:
    return owning.refresh(actor, tool_id, clock.now()).shown()


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


def _standing(tool: OwnTool, statuses: Mapping[str, ServerStatus]) -> dict[str, Any]:
    """Whether the server that the tool is of answered when it was asked last."""
    return {} if tool.spec.server is None else {"server_status": statuses.get(tool.spec.server, ServerStatus.FAILING)}

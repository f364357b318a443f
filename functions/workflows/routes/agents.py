"""Executing an agent: an execution of one step, like any other."""

from typing import Any

from pentarch.platform import clock
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router
from workflows import shown, starting
from workflows.routes.common import AgentId
from workflows.schemas import ExecuteAgentRequest

router = governed_router(prefix="/api/v1/agents", tags=["Meta-Agents: agents"])


@router.post("/{agentId}/execute", status_code=202, summary="Execute an agent")
@access("agents:invoke", spends=True, idempotent=True)
async def execute_agent(
    agent_id: AgentId, body: ExecuteAgentRequest, caller: CurrentCaller, correlation_id: CorrelationId
) -> dict[str, Any]:
    return shown.begun_agent(starting.of_agent(caller, agent_id, body, correlation_id, clock.now()))

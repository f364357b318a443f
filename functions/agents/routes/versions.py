"""What an agent was: every change of a definition makes a version, which never changes."""

from typing import Annotated, Any

from fastapi import Path, Query

from agents import schemas, store
from agents.routes.common import PREFIX, READ, AgentId
from pentarch.agents.errors import AgentNotFoundError
from pentarch.platform.errors import NotFoundError
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller
from pentarch.web.routes import governed_router

router = governed_router(prefix=PREFIX, tags=["Pentarch: versions of agents"])


@router.get("/{agentId}/versions", summary="An agent's versions, newest first; a deleted one's too")
@access(READ)
async def list_versions(
    agent_id: AgentId,
    caller: CurrentCaller,
    page_size: Annotated[int, Query(alias="pageSize", ge=1, le=100)] = 20,
    before: Annotated[int | None, Query(ge=2, le=999_999, description="`nextBefore` of the page before")] = None,
) -> dict[str, Any]:
    found = store.newest_versions(caller.tenant, agent_id, before=before, limit=page_size)
    if not found and before is None:
        raise AgentNotFoundError
    more = len(found) == page_size and found[-1].number > 1
    return {
        "agent_id": agent_id,
        "data": [schemas.version(one, whole=False) for one in found],
        "nextBefore": found[-1].number if more else None,
    }


@router.get("/{agentId}/versions/{number}", summary="The definition as one version has it")
@access(READ)
async def get_version(
    agent_id: AgentId, number: Annotated[int, Path(ge=1, le=999_999)], caller: CurrentCaller
) -> dict[str, Any]:
    found = store.version(caller.tenant, agent_id, number)
    if found is None:
        msg = "the agent has no such version"
        raise NotFoundError(msg)
    return {"agent_id": agent_id} | schemas.version(found, whole=True)

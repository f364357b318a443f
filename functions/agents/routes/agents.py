"""Agents, as the Meta-Agents reference has them."""

from typing import Annotated, Any, Literal

from fastapi import Query, Response

from agents import schemas, service
from agents.routes.common import PREFIX, READ, WRITE, AgentId, CurrentActor, IfMatch
from pentarch.agents.model import Agent, Status
from pentarch.platform import clock
from pentarch.platform.shelves import Order, Question
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller
from pentarch.web.preconditions import tag_of
from pentarch.web.routes import governed_router

router = governed_router(prefix=PREFIX, tags=["Meta-Agents: agents"])


@router.get("", summary="List agents")
@access(READ)
async def list_agents(
    caller: CurrentCaller,
    *,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    page_size: Annotated[int, Query(alias="pageSize", ge=1, le=100)] = 20,
    kind: Annotated[schemas.Type | None, Query(alias="type")] = None,
    status: Status | None = None,
    search: Annotated[str, Query(max_length=200)] = "",
    sort_by: Annotated[Order, Query(alias="sortBy")] = Order.CREATED,
    sort_order: Annotated[Literal["asc", "desc"], Query(alias="sortOrder")] = "desc",
    cursor: Annotated[str | None, Query(max_length=1200, description="`nextCursor` of an earlier page")] = None,
) -> dict[str, Any]:
    asked = Question(
        facets={name: value for name, value in (("type", kind), ("status", status)) if value is not None},
        order=sort_by,
        descending=sort_order == "desc",
        search=search,
        limit=page_size,
        offset=(page - 1) * page_size,
        cursor=cursor,
    )
    agents, found = service.page(caller.tenant, asked)
    return schemas.listed(agents, found, page=page, page_size=page_size)


@router.post("", status_code=201, summary="Create an agent")
@access(WRITE, idempotent=True)
async def create(body: schemas.AgentRequest, actor: CurrentActor, response: Response) -> dict[str, Any]:
    agent = service.create(actor, body, clock.now())
    response.headers["Location"] = f"{PREFIX}/{agent.id}"
    return _told(agent, response)


@router.get("/{agentId}", summary="An agent as it is now")
@access(READ)
async def get_agent(agent_id: AgentId, caller: CurrentCaller, response: Response) -> dict[str, Any]:
    agent = service.get(caller.tenant, agent_id)
    response.headers["ETag"] = tag_of(agent.version)
    return schemas.shown(agent)


@router.put("/{agentId}", summary="Change what is sent of an agent")
@access(WRITE)
async def update(
    agent_id: AgentId, body: schemas.AgentChange, actor: CurrentActor, expected: IfMatch, response: Response
) -> dict[str, Any]:
    return _told(service.update(actor, agent_id, body, clock.now(), expected), response)


@router.delete("/{agentId}", status_code=204, summary="Delete an agent that nothing uses")
@access(WRITE)
async def delete(agent_id: AgentId, actor: CurrentActor, expected: IfMatch) -> None:
    service.delete(actor, agent_id, clock.now(), expected)


def _told(agent: Agent, response: Response) -> dict[str, Any]:
    response.headers["ETag"] = tag_of(agent.version)
    found = service.warnings(agent)
    return schemas.shown(agent) | ({"warnings": found} if found else {})

"""What the routes of the slice share."""

from typing import Annotated

from fastapi import Depends, Header, Path

from pentarch.events.actor import Actor
from pentarch.web import preconditions
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.preconditions import Expected

READ = "agents:read"
WRITE = "agents:write"
PREFIX = "/api/v1/agents"

AgentId = Annotated[str, Path(alias="agentId", max_length=64)]


async def _acting(caller: CurrentCaller, correlation_id: CorrelationId) -> Actor:
    return Actor(caller.tenant, caller.subject, correlation_id)


async def _expected(if_match: Annotated[str | None, Header()] = None) -> Expected:
    return preconditions.read(if_match)


CurrentActor = Annotated[Actor, Depends(_acting)]
IfMatch = Annotated[Expected, Depends(_expected)]

"""What the routes of the slice share."""

from typing import Annotated

from fastapi import Depends, Path

from pentarch.events.actor import Actor
from pentarch.web.context import CorrelationId, CurrentCaller

READ = "tools:read"
WRITE = "tools:write"
INVOKE = "tools:invoke"

ToolId = Annotated[str, Path(alias="toolId", max_length=128)]


async def _acting(caller: CurrentCaller, correlation_id: CorrelationId) -> Actor:
    return Actor(caller.tenant, caller.subject, correlation_id)


CurrentActor = Annotated[Actor, Depends(_acting)]

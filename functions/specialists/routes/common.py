"""What the routes of the slice share."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Path

from pentarch.events.actor import Actor
from pentarch.platform import clock
from pentarch.platform.dialects import enveloped
from pentarch.web.context import CorrelationId, CurrentCaller

READ = "specialists:read"
WRITE = "specialists:write"
MAX_OFFSET = 100_000
"""Walked by keys, 0.1 KB each."""
MAX_LIMIT = 100

Id = Annotated[str, Path(alias="id", max_length=64)]
JobId = Annotated[str, Path(alias="job_id", max_length=64)]


async def _acting(caller: CurrentCaller, correlation_id: CorrelationId) -> Actor:
    return Actor(caller.tenant, caller.subject, correlation_id)


CurrentActor = Annotated[Actor, Depends(_acting)]


def wrapped(data: object, at: datetime, message: str | None = None) -> dict[str, Any]:
    return enveloped(data, timestamp=clock.iso(at), message=message)

"""What the routes of the slice share."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query

from pentarch.platform import clock
from pentarch.platform.dialects import enveloped

READ = "compliance:read"
WRITE = "compliance:write"

Day = Annotated[str | None, Query(max_length=40, description="A date, or a date with a time, in ISO 8601")]


def wrapped(data: object, at: datetime) -> dict[str, Any]:
    return enveloped(data, timestamp=clock.iso(at))

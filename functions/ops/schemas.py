"""What operations take and answer, as the Ai-semble reference has it."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, StrictBool

from ops.halting import Action, Outcome
from ops.logs import Cursor, Line
from ops.readings import Alert
from pentarch.platform.clock import from_epoch_ms, iso


class Change(BaseModel):
    """How to stop or start a service."""

    model_config = ConfigDict(extra="forbid")

    force: StrictBool = False
    wait_for_health: StrictBool = False


def changed(asked: str, action: Action, outcome: Outcome) -> dict[str, Any]:
    return {"service": asked, "action": action, "status": outcome.status, "message": outcome.message}


def shown_alert(alert: Alert) -> dict[str, Any]:
    return {"level": alert.level, "message": alert.message, "timestamp": iso(alert.at)}


def shown_line(line: Line) -> dict[str, Any]:
    return {
        "timestamp": iso(from_epoch_ms(line.at)),
        "level": line.level,
        "service": f"{line.service}_service",
        "message": line.message,
        "trace_id": line.trace_id,
        "details": dict(line.details),
    }


def page(lines: list[Line], limit: int, following: Cursor | None) -> dict[str, Any]:
    pagination = {
        "limit": limit,
        "has_more": following is not None,
        "next_cursor": None if following is None else str(following),
    }
    return {"logs": [shown_line(line) for line in lines], "pagination": pagination}


def uptime(since: datetime, at: datetime) -> str:
    """`7d 14h 32m`."""
    minutes = max(timedelta(), at - since) // timedelta(minutes=1)
    return f"{minutes // 1440}d {minutes // 60 % 24}h {minutes % 60}m"

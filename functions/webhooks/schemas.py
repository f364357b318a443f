"""Bodies of the webhooks API, for both references that have one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from pentarch.events.published import PUBLISHED
from pentarch.platform.clock import iso
from webhooks import matching
from webhooks.model import Attempt, Delivery, Statistics, Webhook

MAX_OVERLAP_HOURS = 168


def _known(name: str) -> str:
    if not matching.is_known(name):
        msg = f"{name!r} is no event that is told of: {', '.join(sorted(PUBLISHED))}; or job.*, for example, or *"
        raise ValueError(msg)
    return name


Url = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
Secret = Annotated[str, StringConstraints(min_length=8, max_length=128, pattern=r"^[!-~]+$")]
Events = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_known)]],
    Field(min_length=1, max_length=50),
]
Description = Annotated[str, StringConstraints(max_length=256)]


class Registration(BaseModel):
    url: Url
    events: Events
    secret: Secret | None = None
    description: Description = ""
    ordered: bool = False


class Change(BaseModel):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid")

    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    ordered: bool | None = None
    status: Literal["active", "disabled"] | None = None


class Rotation(BaseModel):
    secret: Secret | None = None
    overlap_hours: Annotated[int, Field(ge=0, le=MAX_OVERLAP_HOURS)] = 24


class Redelivery(BaseModel):
    """Without times: all that the log of deliveries still has."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    start: Annotated[datetime | None, Field(alias="from")] = None
    end: Annotated[datetime | None, Field(alias="to")] = None
    status: Literal["failed", "all"] = "failed"


def shown(one: Webhook, at: datetime) -> dict[str, Any]:
    until = next((kept.until for kept in one.secrets[1:] if kept.until is not None and kept.until > at), None)
    return {
        "id": one.id,
        "url": one.url,
        "events": list(one.events),
        "description": one.description,
        "format": one.format,
        "ordered": one.ordered,
        "status": one.state,
        "disabled_reason": one.disabled_reason,
        "failing_since": None if one.failing_since is None else iso(one.failing_since),
        "former_secret_until": None if until is None else iso(until),
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
        "created_by": one.created_by,
    }


def with_secret(one: Webhook, secret: str, standard: str, at: datetime) -> dict[str, Any]:
    """Told once: what is stored cannot be read again."""
    return {**shown(one, at), "secret": secret, "signing_key": standard}


def detailed(one: Webhook, statistics: Statistics, at: datetime) -> dict[str, Any]:
    return {**shown(one, at), "statistics": counted(statistics)}


def counted(found: Statistics) -> dict[str, Any]:
    """Averages and shares of nothing are null."""
    ended = found.delivered + found.failed
    return {
        "delivered": found.delivered,
        "failed": found.failed,
        "attempts": found.attempts,
        "failed_attempts": found.failed_attempts,
        "success_rate": round(found.delivered / ended, 4) if ended else None,
        "average_response_ms": round(found.total_ms / found.answered, 1) if found.answered else None,
        "last_delivered_at": _iso(found.last.get("delivered")),
        "last_failed_at": _iso(found.last.get("failed")),
    }


def delivered(one: Delivery) -> dict[str, Any]:
    last = one.attempts[-1] if one.attempts else None
    return {
        "id": one.id,
        "webhook_id": one.webhook_id,
        "event": one.event,
        "event_at": iso(one.happened_at),
        "status": one.outcome,
        "attempts": len(one.attempts),
        "redelivered": one.redelivered,
        "next_attempt_at": _iso(one.due_at),
        "last_attempt": None if last is None else attempted(last),
    }


def with_attempts(one: Delivery) -> dict[str, Any]:
    request = {"event": one.event, "timestamp": iso(one.happened_at), "data": dict(one.data)}
    return {**delivered(one), "request": request, "attempt_log": [attempted(each) for each in one.attempts]}


def attempted(one: Attempt) -> dict[str, Any]:
    return {
        "at": iso(one.at),
        "status_code": one.status,
        "response_ms": round(one.milliseconds, 1),
        "error": one.error,
        "response": one.response,
    }


def page_of(rows: Sequence[Any], *, limit: int, offset: int) -> dict[str, Any]:
    """All of a tenant's are read at once, so that a page is a slice."""
    return {
        "limit": limit,
        "offset": offset,
        "total": len(rows),
        "has_more": offset + limit < len(rows),
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else iso(at)

"""Dead letters over HTTP, for administrators."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from jobs import dead_letters
from jobs.dead_letters import DeadLetter
from pentarch.platform import clock
from pentarch.platform.clock import iso
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router

MAX_IDS = 100
_SHOWN = ("step", "job_id", "shard", "recurrence_id", "target")

router = governed_router(prefix="/api/v2/jobs/dead-letters", tags=["Ai-semble: jobs"])


class Wanted(BaseModel):
    """One of both."""

    model_config = ConfigDict(extra="forbid")

    message_ids: Annotated[list[str], Field(min_length=1, max_length=MAX_IDS)] | None = None
    everything: Annotated[StrictBool, Field(alias="all")] = False

    @model_validator(mode="after")
    def _one_of_both(self) -> "Wanted":
        if (self.message_ids is None) != self.everything:
            msg = "give either message_ids or all: true"
            raise ValueError(msg)
        return self


@router.get("", summary="Messages about the tenant's jobs that were given up, the oldest first")
@access("jobs:admin")
async def list_dead_letters(caller: CurrentCaller) -> dict[str, Any]:
    """`complete` false: there are more than were looked at."""
    found, is_whole = dead_letters.found(caller.tenant)
    now = clock.now()
    rows = [_shown(one, reason) | {"age": (now - one.sent_at).total_seconds()} for one, reason in found]
    return {"messages": rows, "total": len(rows), "complete": is_whole}


@router.post("/redrive", summary="Send messages back to the queue that they came from")
@access("jobs:admin")
async def redrive(body: Wanted, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    """Again it does no harm: what was sent back is `not_found`."""
    wanted = None if body.message_ids is None else frozenset(body.message_ids)
    done = dead_letters.redrive(caller, wanted, correlation_id, clock.now())
    return {"redriven": list(done.ids), "not_found": list(done.not_found), "complete": done.is_whole}


def _shown(one: DeadLetter, reason: str | None) -> dict[str, Any]:
    return {
        "message_id": one.id,
        "queue": one.queue,
        "sent_at": iso(one.sent_at),
        "about": {name: one.body[name] for name in _SHOWN if name in one.body},
        "reason": reason or "the worker ended without saying why: out of time, or out of memory",
    }

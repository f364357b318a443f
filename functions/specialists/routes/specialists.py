"""Proposing specialists, and seeing and archiving them."""

from typing import Annotated, Any

from fastapi import Query

from pentarch.limits.model import SPECIALISTS
from pentarch.platform import clock
from pentarch.usage import store as usage
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller
from pentarch.web.routes import governed_router
from specialists import schemas, service, shown, store, trainings
from specialists.lifecycle import Status
from specialists.routes.common import MAX_LIMIT, MAX_OFFSET, READ, WRITE, CurrentActor, Id, wrapped

HISTORY = 20
"""Trainings that a specialist shows, the newest first."""

router = governed_router(prefix="/api/v1/specialists", tags=["MetaQore: specialist foundry"])


@router.get("", summary="List specialists, newest first")
@access(READ, bucket=SPECIALISTS)
async def list_specialists(
    caller: CurrentCaller,
    status: Status | None = None,
    skill: Annotated[str | None, Query(min_length=1, max_length=64, pattern=r"^[^#]+$")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    offset: Annotated[int, Query(ge=0, le=MAX_OFFSET)] = 0,
) -> dict[str, Any]:
    page = store.page(caller.tenant, status, skill, limit=limit, offset=offset)
    rows = [shown.row(one) for one in page.specialists]
    data = {"specialists": rows, "total": page.total, "limit": limit, "offset": offset}
    return wrapped(data, clock.now())


@router.post("", status_code=201, summary="Propose a specialist")
@access(WRITE, bucket=SPECIALISTS, idempotent=True)
async def propose(body: schemas.Proposal, actor: CurrentActor) -> dict[str, Any]:
    now = clock.now()
    return wrapped({"specialist": shown.created(service.propose(actor, body, now))}, now)


@router.get("/{id}", summary="A specialist, its trainings, and what real requests were measured at")
@access(READ, bucket=SPECIALISTS)
async def get_specialist(specialist_id: Id, caller: CurrentCaller) -> dict[str, Any]:
    one = service.get(caller.tenant, specialist_id)
    history = trainings.newest(one.tenant, one.id, HISTORY)
    serves = one.serves
    version = store.version(one.tenant, one.id, serves.version) if serves else None
    used = usage.total(one.tenant, usage.specialist_key(one.id))
    return wrapped({"specialist": shown.detailed(one, history, version, used)}, clock.now())


@router.delete("/{id}", summary="Archive a specialist: nothing of it answers any more, and all of it is kept")
@access(WRITE, bucket=SPECIALISTS)
async def archive(specialist_id: Id, actor: CurrentActor) -> dict[str, Any]:
    now = clock.now()
    return wrapped({"specialist": shown.row(service.archive(actor, specialist_id, now))}, now)

"""GitOps: the stack is brought to the state that a document says, by the same roll-outs and scalings as by hand."""

from typing import Any

from pydantic import BaseModel, ConfigDict, StrictBool

from infrastructure import operators
from infrastructure.syncing.asking import Plan, Syncs
from infrastructure.syncing.model import Planned, RollOut, Source, Step, Sync
from infrastructure.syncing.sources import Place
from pentarch.limits.model import INFRASTRUCTURE
from pentarch.platform import clock
from pentarch.platform.clock import iso
from pentarch.platform.dialects import enveloped
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router

router = governed_router(prefix="/api/v1/infrastructure", tags=["MetaQore: AI DevOps"])


class Synchronise(BaseModel):
    model_config = ConfigDict(extra="forbid")

    source: Place
    dry_run: StrictBool = False


@router.post("/sync", summary="Compare a desired state with what runs, and bring the stack to it")
@access(operators.WRITE, bucket=INFRASTRUCTURE, idempotent=True)
async def synchronise(body: Synchronise, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    now = clock.now()
    syncs = Syncs(caller, correlation_id)
    plan = syncs.plan(body.source, now)
    if body.dry_run or not plan.steps:
        return enveloped(planned(plan, dry_run=body.dry_run), timestamp=iso(now))
    return enveloped(shown(syncs.begin(plan, now)), timestamp=iso(now))


@router.get("/sync/{sync_id}", summary="How far a synchronisation is")
@access(operators.READ, bucket=INFRASTRUCTURE)
async def get_synchronisation(sync_id: str, caller: CurrentCaller) -> dict[str, Any]:
    now = clock.now()
    return enveloped(shown(Syncs(caller).get(sync_id, now)), timestamp=iso(now))


def planned(plan: Plan, *, dry_run: bool) -> dict[str, Any]:
    return {
        "sync_id": None,
        "status": "planned" if plan.steps else "in_sync",
        "dry_run": dry_run,
        "source": _source(plan.source),
        "steps": [_planned(one) for one in plan.steps],
    }


def shown(sync: Sync) -> dict[str, Any]:
    return {
        "sync_id": sync.id,
        "status": sync.progress,
        "dry_run": False,
        "source": _source(sync.source),
        "reason": sync.reason,
        "requested_by": sync.actor,
        "started_at": iso(sync.created_at),
        "completed_at": iso(sync.updated_at) if sync.has_ended else None,
        "steps": [_step(one) for one in sync.steps],
    }


def _step(one: Step) -> dict[str, Any]:
    return {"operation_id": one.id, "status": one.progress, "reason": one.reason, **_planned(one.planned)}


def _planned(one: Planned) -> dict[str, Any]:
    wanted = one.wanted
    told = {"strategy": wanted.strategy, "version": wanted.version} if isinstance(wanted, RollOut) else {}
    return {
        "action": one.act,
        "service": wanted.service,
        **told,
        "differences": [{"path": each.path, "from": each.before, "to": each.after} for each in one.differences],
    }


def _source(source: Source) -> dict[str, str]:
    return {"place": source.place, "revision": source.revision, "sha256": source.sha256}

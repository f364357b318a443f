"""Proofs of the audit trail, for whoever checks it with their own code: see docs/audit-trail.md."""

from typing import Annotated, Any

from fastapi import Path, Query

from compliance.routes.common import READ, wrapped
from compliance.sealing import proving
from pentarch.limits.model import COMPLIANCE
from pentarch.platform import clock
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller
from pentarch.web.routes import governed_router

router = governed_router(prefix="/api/v1/compliance/audit", tags=["MetaQore: compliance auditor"])


@router.get("/root", summary="The signed head of the tenant's tree, and whether every event is in it")
@access(READ, bucket=COMPLIANCE)
async def get_root(caller: CurrentCaller) -> dict[str, Any]:
    now = clock.now()
    return wrapped(proving.root(caller.tenant, now), now)


@router.get("/consistency", summary="Proof that a tree is an earlier one with leaves appended")
@access(READ, bucket=COMPLIANCE)
async def get_consistency(
    caller: CurrentCaller,
    first: Annotated[int, Query(alias="from", description="The size of the earlier tree, 1 at least")],
    second: Annotated[int | None, Query(alias="to", description="The size of the later one; else the newest's")] = None,
) -> dict[str, Any]:
    return wrapped(proving.consistency(caller.tenant, first, second), clock.now())


@router.get("/{id}/proof", summary="Proof that an event is in the tree, and is what was sealed")
@access(READ, bucket=COMPLIANCE)
async def get_proof(caller: CurrentCaller, event_id: Annotated[str, Path(alias="id", max_length=64)]) -> dict[str, Any]:
    return wrapped(proving.inclusion(caller.tenant, event_id), clock.now())

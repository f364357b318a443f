"""What is about all configurations: validation, schemas, audit, export and import.

Included before the other routes, since their `/{config_id}` would take these paths too.
"""

import json
from typing import Annotated, Any

from fastapi import Query
from pydantic import ValidationError

from configurations import judge, listing, snapshots
from configurations.facts import shown_of
from configurations.ids import is_config_id
from configurations.routes.common import DEFAULT_LIMIT, PREFIX, READ, WRITE, Cursor, Limit
from configurations.schemas import (
    Label,
    NewConfiguration,
    Snapshot,
    audited,
    exported,
    listed,
    shown,
)
from pentarch.configuration.model import ConfigType
from pentarch.platform import clock
from pentarch.platform.errors import InvalidInputError
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router

MAX_EXPORT_BYTES = 5 * 1024 * 1024
"""Lambda answers with 6 MB at most."""

router = governed_router(prefix=PREFIX, tags=["CAIO: configurations"])


@router.post("/validate", summary="Judge a configuration and save nothing")
@access(READ)
async def validate(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    try:
        asked = NewConfiguration.model_validate(body)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            found.setdefault(".".join(str(part) for part in fault["loc"]), []).append(fault["msg"])
    else:
        found = judge.faults(asked.config_type, asked.value)
    errors = [{"field": field, "message": message} for field, messages in found.items() for message in messages]
    return {"valid": not errors, "errors": errors}


@router.get("/schemas", summary="The JSON Schema of each type's value")
@access(READ)
async def get_schemas() -> dict[str, Any]:
    return {"schemas": {config_type: judge.schema_of(config_type) for config_type in ConfigType}}


@router.get("/audit", summary="Who changed what and when, newest first, with the difference as a JSON Patch")
@access(READ)
async def get_audit(
    caller: CurrentCaller, config_id: str | None = None, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> dict[str, Any]:
    if config_id is not None and not is_config_id(config_id):
        return {"audit": [], "limit": limit, "next_cursor": None}
    page = listing.changes(caller.tenant, config_id, limit=limit, cursor=cursor)
    return listed("audit", [audited(event) for event in page.rows], page, limit)


@router.get("/export", summary="A snapshot of what is in force, of all or of one tenant_id")
@access(READ)
async def export(
    caller: CurrentCaller,
    tenant_id: Annotated[Label | None, Query()] = None,
    *,
    include_history: bool = False,
) -> dict[str, Any]:
    taken = snapshots.take(caller.tenant, tenant_id)
    rows = [shown(one) for one in taken]
    digest = snapshots.digest(rows)
    if include_history:
        histories = snapshots.histories(taken)
        rows = [row | {"history": history} for row, history in zip(rows, histories, strict=True)]
    if len(json.dumps(rows, ensure_ascii=False).encode()) > MAX_EXPORT_BYTES:
        msg = f"the snapshot is larger than {MAX_EXPORT_BYTES} bytes; export each tenant_id by itself"
        raise InvalidInputError(msg, field="tenant_id")
    return exported(rows, digest, clock.now())


@router.post("/import", summary="Put a snapshot in, as a whole or not at all; the same one twice changes nothing")
@access(WRITE, idempotent=True)
async def import_snapshot(
    body: Snapshot, caller: CurrentCaller, correlation_id: CorrelationId, *, dry_run: bool = False
) -> dict[str, Any]:
    dry_run = dry_run or body.dry_run
    plan = snapshots.Importer(caller, correlation_id).run(body.configurations, clock.now(), dry_run=dry_run)
    given = [entry.model_dump(mode="json") for entry in body.configurations]
    return {
        "dry_run": dry_run,
        "created": plan.created,
        "updated": plan.updated,
        "unchanged": list(plan.unchanged),
        "changes": [shown_of(change) for change in plan.changes],
        "hash_matches": None if body.hash is None else snapshots.digest(given) == body.hash,
    }

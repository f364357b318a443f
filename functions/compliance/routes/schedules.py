"""When frameworks are assessed by themselves."""

from datetime import datetime
from typing import Any

from compliance import scheduling, schemas, standing
from compliance.routes.common import READ, WRITE, wrapped
from compliance.schedule import Schedule
from pentarch.limits.model import COMPLIANCE
from pentarch.platform import clock
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router
from pentarch.work import cron

router = governed_router(prefix="/api/v1/compliance/schedules", tags=["MetaQore: compliance auditor"])


@router.get("", summary="The schedules of all frameworks")
@access(READ, bucket=COMPLIANCE)
async def list_schedules(caller: CurrentCaller) -> dict[str, Any]:
    now = clock.now()
    found = [_shown(one, now) for one in standing.schedules(caller.tenant)]
    return wrapped({"schedules": found, "total": len(found)}, now)


@router.get("/{framework}", summary="A framework's schedule")
@access(READ, bucket=COMPLIANCE)
async def get_schedule(framework: schemas.FrameworkName, caller: CurrentCaller) -> dict[str, Any]:
    now = clock.now()
    return wrapped(_shown(scheduling.get(caller.tenant, framework), now), now)


@router.put("/{framework}", summary="Assess a framework by a rate, a cron expression or an interval from now on")
@access(WRITE, bucket=COMPLIANCE, idempotent=True)
async def put_schedule(
    framework: schemas.FrameworkName,
    body: schemas.ScheduleRequest,
    caller: CurrentCaller,
    correlation_id: CorrelationId,
) -> dict[str, Any]:
    now = clock.now()
    one = scheduling.put(caller, framework, body, correlation_id, now)
    in_force = scheduling.try_to_apply(caller.tenant, framework)
    return wrapped(_shown(one, now) | {"in_force": in_force}, now)


@router.delete("/{framework}", status_code=204, summary="Assess a framework on request only")
@access(WRITE, bucket=COMPLIANCE)
async def delete_schedule(
    framework: schemas.FrameworkName, caller: CurrentCaller, correlation_id: CorrelationId
) -> None:
    scheduling.remove(caller, framework, correlation_id, clock.now())
    scheduling.try_to_apply(caller.tenant, framework)


def _shown(one: Schedule, now: datetime) -> dict[str, Any]:
    next_at = cron.parse(one.expression).next_after(now, one.updated_at) if one.enabled else None
    return schemas.scheduled(one, next_at)

"""The operator's view, as the Ai-semble reference has it: status, metrics, logs, stopping and starting services."""

from typing import Annotated, Any

from fastapi import Body, Path, Query, Response

from ops import exposition, halting, logs, machine, probes, readings, schemas, stack
from ops.errors import UnknownServiceError
from ops.halting import READ, Action, Operator
from pentarch.identity import operators
from pentarch.platform import clock
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router

router = governed_router(prefix="/api/v2", tags=["Ai-semble: operations"])

ServiceName = Annotated[str, Path(min_length=1, max_length=64)]
_AS_IT_IS = schemas.Change()


@router.get("/ops/status", summary="Load, jobs and alerts of the whole stack")
@access(READ)
async def status(caller: CurrentCaller) -> dict[str, Any]:
    operators.check(caller, READ)
    now = clock.now()
    alerts, stopped, jobs, storage = readings.alerts(), halting.stopped(), readings.jobs(), probes.storage()
    word = "operational" if not alerts and not stopped else "degraded"
    return {
        "system_status": word if storage.status == probes.HEALTHY else "outage",
        "uptime": schemas.uptime(readings.up_since(), now),
        "active_jobs": max(0, jobs.get("running", 0)),
        "queued_jobs": max(0, jobs.get("queued", 0)),
        "failed_jobs_24h": readings.failed_jobs(now),
        "resource_utilization": {"cpu": machine.cpu_percent(), "memory": machine.memory_percent(), "gpu": None},
        "stopped_services": [{"service": f"{name}_service", **facts} for name, facts in sorted(stopped.items())],
        "alerts": [schemas.shown_alert(alert) for alert in alerts],
    }


@router.get("/metrics", summary="Metrics in Prometheus' text format")
@access(READ)
async def metrics(caller: CurrentCaller) -> Response:
    operators.check(caller, READ)
    text = exposition.text(readings.metrics(clock.now()))
    return Response(text, media_type=exposition.CONTENT_TYPE)


@router.get("/ops/logs", summary="The stack's logs, newest first")
@access(READ)
async def read_logs(
    caller: CurrentCaller,
    *,
    service: Annotated[str | None, Query(max_length=64)] = None,
    level: logs.Level | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(max_length=32)] = None,
    trace_id: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")] = None,
) -> dict[str, Any]:
    operators.check(caller, READ)
    services = stack.current().services
    if service is not None and halting.slice_of(service) not in services:
        raise UnknownServiceError(service, sorted(services))
    chosen = services.values() if service is None else [services[halting.slice_of(service)]]
    search = logs.Search(logs.groups_of((one.name, one.log_groups) for one in chosen), level, trace_id)
    after = None if cursor is None else logs.Cursor.parse(cursor)
    lines, following = search.newest(limit, clock.now(), after)
    return schemas.page(lines, limit, following)


@router.post("/ops/services/{service}/start", summary="Let a stopped service answer again")
@access(halting.WRITE)
async def start(
    service: ServiceName,
    caller: CurrentCaller,
    correlation_id: CorrelationId,
    body: Annotated[schemas.Change, Body()] = _AS_IT_IS,
) -> dict[str, Any]:
    operator = Operator(caller, correlation_id)
    outcome = operator.start(service, clock.now(), force=body.force, wait=body.wait_for_health)
    return schemas.changed(service, Action.START, outcome)


@router.post("/ops/services/{service}/stop", summary="Let a service refuse requests")
@access(halting.WRITE)
async def stop(
    service: ServiceName,
    caller: CurrentCaller,
    correlation_id: CorrelationId,
    body: Annotated[schemas.Change, Body()] = _AS_IT_IS,
) -> dict[str, Any]:
    operator = Operator(caller, correlation_id)
    outcome = operator.stop(service, clock.now(), force=body.force, wait=body.wait_for_health)
    return schemas.changed(service, Action.STOP, outcome)

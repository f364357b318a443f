"""Exports of the audit trail, with assessments, as files."""

from typing import Annotated, Any

from fastapi import Path, Query, Response

from compliance.reports import service
from compliance.reports.asked import Form, Schema, judge
from compliance.reports.service import File
from compliance.reports.store import Export, State
from compliance.routes.audit import Value, filters_of
from compliance.routes.common import ADDRESS_LIFETIME_S, FILES, READ, Day, file_reply, link_to, wrapped
from compliance.schemas import FrameworkName
from pentarch.limits.model import COMPLIANCE
from pentarch.platform import clock
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.replies import JsonReply
from pentarch.web.routes import governed_router

RETRY_AFTER_S = 5

router = governed_router(prefix="/api/v1/compliance", tags=["MetaQore: compliance auditor"])


@router.get(
    "/export",
    summary="Export the audit trail, and a framework's latest assessment with it, as a file",
    description=(
        "A small export is the answer itself. A larger one is made in the background: the answer is 202, and asking "
        "again for the same, or at `status_url`, gives 303 to a link that expires once the file is there."
    ),
    response_class=Response,
    responses=FILES,
)
@access(READ, bucket=COMPLIANCE)
async def export(  # noqa: PLR0917 (FastAPI passes them by name)
    caller: CurrentCaller,
    correlation_id: CorrelationId,
    form: Annotated[Form, Query(alias="format")],
    schema: Schema | None = None,
    start_date: Day = None,
    end_date: Day = None,
    framework: FrameworkName | None = None,
    agent: Value = None,
    action: Value = None,
    resource: Value = None,
    sensitivity: Value = None,
    actor: Value = None,
) -> Response:
    now = clock.now()
    asked = judge(
        caller.tenant,
        form,
        now,
        start=start_date,
        end=end_date,
        schema=schema,
        filters=filters_of(agent=agent, action=action, resource=resource, sensitivity=sensitivity, actor=actor),
        framework=framework,
    )
    found = service.export(caller, asked, correlation_id, now)
    return file_reply(found) if isinstance(found, File) else _state(found)


@router.get(
    "/exports/{id}",
    summary="An export that is made in the background: where it stands, and where it lies",
    response_class=Response,
    responses={key: FILES[key] for key in (202, 303)},
)
@access(READ, bucket=COMPLIANCE)
async def get_export(export_id: Annotated[str, Path(alias="id", max_length=64)], caller: CurrentCaller) -> Response:
    return _state(service.get(caller.tenant, export_id, clock.now()))


@router.post(
    "/exports/{id}/cancel",
    summary="Take back that one wants an export: it is cancelled when nobody else does",
    response_class=Response,
    responses={key: FILES[key] for key in (202,)},
)
@access(READ, bucket=COMPLIANCE)
async def cancel_export(
    export_id: Annotated[str, Path(alias="id", max_length=64)], caller: CurrentCaller, correlation_id: CorrelationId
) -> Response:
    return _state(service.cancel(caller, export_id, correlation_id, clock.now()))


def _state(one: Export) -> Response:
    now = clock.now()
    data: dict[str, Any] = {
        "export_id": one.id,
        "status": one.state,
        "format": one.asked.form,
        "requested_at": clock.iso(one.requested_at),
        "status_url": f"/api/v1/compliance/exports/{one.id}",
    }
    if one.made is not None:
        address = link_to(one.made.key, one.asked.file_name)
        data |= {
            "download_url": address,
            "expires_in": ADDRESS_LIFETIME_S,
            "bytes": one.made.size,
            "sha256": one.made.sha256,
            "events": one.events,
        }
        return JsonReply(wrapped(data, now), 303, {"Location": address})
    if one.state in (State.FAILED, State.CANCELLED):
        return JsonReply(wrapped(data, now))
    headers = {"Retry-After": str(RETRY_AFTER_S)}
    return JsonReply(wrapped(data | {"retry_after": RETRY_AFTER_S}, now), 202, headers)

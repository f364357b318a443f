"""Running assessments, seeing them, and where the frameworks stand."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Path, Query

from compliance import schemas, service, store
from compliance.assessment import Assessment
from compliance.reports.links import Issuer
from compliance.routes.common import READ, WRITE, wrapped
from pentarch.files import store as files
from pentarch.identity.model import Caller
from pentarch.limits.model import COMPLIANCE
from pentarch.platform import clock
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.replies import JsonReply
from pentarch.web.routes import governed_router

MAX_BODY_BYTES = 5 * 1024 * 1024
"""Lambda answers with 6 MB at most; a larger document is an address to fetch it from."""
ADDRESS_LIFETIME_S = 3600

router = governed_router(prefix="/api/v1/compliance", tags=["MetaQore: compliance auditor"])

Id = Annotated[str, Path(alias="id", max_length=64)]


@router.post("/check", summary="Assess a framework; a large scope is answered at once and worked on afterwards")
@access(WRITE, bucket=COMPLIANCE, idempotent=True)
async def run_check(body: schemas.CheckRequest, caller: CurrentCaller, correlation_id: CorrelationId) -> JsonReply:
    one, document = service.run(caller, body, correlation_id, clock.now())
    if document is None:
        return JsonReply(wrapped(schemas.queued(one), clock.now()), 202)
    [report_url] = _report_urls(caller, [one])
    return JsonReply(wrapped(schemas.completed(document, report_url), clock.now()))


@router.get("/checks", summary="Assessments, newest first")
@access(READ, bucket=COMPLIANCE)
async def list_checks(
    caller: CurrentCaller,
    framework: schemas.FrameworkName | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> dict[str, Any]:
    page = store.page(caller.tenant, framework, limit=limit, cursor=cursor)
    urls = _report_urls(caller, page.checks)
    rows = [schemas.row(one, url) for one, url in zip(page.checks, urls, strict=True)]
    data = {"checks": rows, "total": page.total, "limit": limit, "next_cursor": page.next_cursor}
    return wrapped(data, clock.now())


@router.get("/checks/{id}", summary="An assessment: its state, and all that it found")
@access(READ, bucket=COMPLIANCE)
async def get_check(check_id: Id, caller: CurrentCaller) -> JsonReply:
    one = service.get(caller.tenant, check_id)
    data = schemas.row(one, *_report_urls(caller, [one]))
    if one.document is not None:
        document = store.read_document(one.document)
        if len(store.encoded(document)) > MAX_BODY_BYTES:
            address = files.presigned_url(one.document.key, expires_in_s=ADDRESS_LIFETIME_S)
            data |= {"document_url": address, "expires_in": ADDRESS_LIFETIME_S}
        else:
            data |= document | {"document_sha256": one.document.sha256}
    return JsonReply(wrapped(data, clock.now()))


@router.post(
    "/checks/{id}/verify", summary="Make an assessment's verdicts again from the evidence that is stored of it"
)
@access(READ, bucket=COMPLIANCE)
async def verify_check(check_id: Id, caller: CurrentCaller) -> dict[str, Any]:
    one = service.get(caller.tenant, check_id)
    found = service.verify(one)
    data = {"check_id": one.id, "verified": found.is_verified, "problems": [*found.problems]}
    return wrapped(data, clock.now())


@router.post("/checks/{id}/cancel", summary="Cancel an assessment that is worked on afterwards")
@access(WRITE, bucket=COMPLIANCE)
async def cancel_check(check_id: Id, caller: CurrentCaller) -> dict[str, Any]:
    now = clock.now()
    return wrapped(schemas.row(service.cancel(caller, check_id, now), None), now)


@router.get("/status", summary="Where each framework stands, and when it is assessed again")
@access(READ, bucket=COMPLIANCE)
async def get_status(
    caller: CurrentCaller,
    framework: schemas.FrameworkName | None = None,
    organization: Annotated[schemas.Label | None, Query()] = None,
) -> dict[str, Any]:
    now = clock.now()
    found = service.status(caller.tenant, framework, organization, now)
    return wrapped({"frameworks": [schemas.stands(one, next_at) for one, next_at in found]}, now)


def _report_urls(caller: Caller, shown: Sequence[Assessment]) -> list[str | None]:
    """A link for each that has a report; it works without a credential, and ends."""
    if not any(schemas.has_report(one) for one in shown):
        return [None for _ in shown]
    issuer = Issuer.of(caller, clock.now())
    return [issuer.path(one.id) if schemas.has_report(one) else None for one in shown]

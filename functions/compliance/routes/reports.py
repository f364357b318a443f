"""Reports of assessments, as files: for who has a credential, and for who was given a link."""

from typing import Annotated

from fastapi import Path, Query, Response

from compliance import service as checks
from compliance import store as assessments
from compliance.errors import NotCompletedError
from compliance.reports import facts, links, making, service
from compliance.reports.asked import Form
from compliance.reports.links import Link
from compliance.reports.service import File
from compliance.reports.store import AREA
from compliance.routes.common import ADDRESS_LIFETIME_S, FILES, READ, WRITE, file_reply, link_to, wrapped
from pentarch.events import store as events
from pentarch.files import store as files
from pentarch.files.model import place
from pentarch.limits.model import COMPLIANCE
from pentarch.platform import clock
from pentarch.web.access import access, public
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.replies import JsonReply
from pentarch.web.routes import governed_router

router = governed_router(prefix="/api/v1/compliance", tags=["MetaQore: compliance auditor"])

CheckId = Annotated[str, Path(alias="id", max_length=64)]
_Text = Annotated[str, Query(max_length=256)]


@router.get(
    "/checks/{id}/report",
    summary="The report of an assessment",
    response_class=Response,
    responses={key: FILES[key] for key in (200, 303)},
)
@access(READ, bucket=COMPLIANCE)
async def get_report(
    check_id: CheckId,
    caller: CurrentCaller,
    form: Annotated[Form, Query(alias="format")] = Form.PDF,
    *,
    link: Annotated[bool, Query(description="Answer with links for somebody without a credential.")] = False,
) -> Response:
    made = _made(caller.tenant, check_id, form)
    if not link:
        return _reply(caller.tenant, check_id, form, made)
    at = clock.now()
    data = {
        "download_url": _stored(caller.tenant, check_id, form, made),
        "expires_in": ADDRESS_LIFETIME_S,
        "report_url": links.Issuer.of(caller, at).path(check_id, form),
        "report_url_expires_in": int(links.lifetime().total_seconds()),
    }
    return JsonReply(wrapped(data, at))


@router.get(
    "/reports/{id}",
    summary="The report of an assessment, by the link that `report_url` is: its signature is the credential",
    response_class=Response,
    responses={key: FILES[key] for key in (200, 303)},
)
@public
async def get_report_by_link(  # noqa: PLR0917 (FastAPI passes them by name)
    check_id: CheckId,
    correlation_id: CorrelationId,
    tenant: _Text,
    form: Annotated[str, Query(alias="format", max_length=16)],
    expires: int,
    series: int,
    issued_to: _Text,
    signature: _Text,
) -> Response:
    now = clock.now()
    links.accept(Link(tenant, check_id, form, expires, series, issued_to), signature, now)
    made = _made(tenant, check_id, Form(form))
    told = facts.downloaded(
        now, tenant, check_id, form, issued_to=issued_to, size=len(made.body), correlation_id=correlation_id
    )
    events.append(told)
    return _reply(tenant, check_id, Form(form), made)


@router.delete("/links", summary="End every link to a report that was given out", status_code=204)
@access(WRITE, bucket=COMPLIANCE)
async def withdraw_links(caller: CurrentCaller, correlation_id: CorrelationId) -> Response:
    links.withdraw(caller, correlation_id, clock.now())
    return Response(status_code=204)


def _made(tenant: str, check_id: str, form: Form) -> File:
    one = checks.get(tenant, check_id)
    document = assessments.document(tenant, check_id)
    if document is None:
        raise NotCompletedError(one.state)
    name = f"{one.framework.lower()}-{document['completed_at'][:10]}-{one.id}.{form.suffix}"
    return File(name, form.media_type, b"".join(making.report(document, form)))


def _reply(tenant: str, check_id: str, form: Form, made: File) -> Response:
    if len(made.body) <= service.MAX_BYTES_AT_ONCE:
        return file_reply(made)
    return Response(status_code=303, headers={"Location": _stored(tenant, check_id, form, made)})


def _stored(tenant: str, check_id: str, form: Form, made: File) -> str:
    key = place(AREA, tenant, "reports", f"{check_id}.{form.suffix}")
    files.put(key, made.body, made.media_type)
    return link_to(key, made.name)

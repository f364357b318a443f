"""Requests of data subjects: a copy of what is known of a person, or its erasure. Who it is about is in no URL."""

from typing import Annotated, Any

from fastapi import Depends, Path, Query
from pydantic import BaseModel, ConfigDict, StringConstraints

from compliance.routes.common import WRITE, wrapped
from compliance.subjects.model import Kind, Request, State
from compliance.subjects.service import Subjects
from pentarch.files import store as files
from pentarch.limits.model import COMPLIANCE
from pentarch.platform import clock
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router

LINK_LIFETIME_S = 900
DEFAULT_LIMIT = 50

router = governed_router(prefix="/api/v1/compliance/subjects", tags=["data subjects"])


class SubjectRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Kind
    subject: Annotated[str, StringConstraints(min_length=1, max_length=320, strip_whitespace=True)]
    """A user's name, or `user:<name>`, or what an issuer calls somebody; an e-mail address has 320 letters at most."""
    reason: Annotated[str, StringConstraints(max_length=1000)] | None = None


async def _subjects(caller: CurrentCaller, correlation_id: CorrelationId) -> Subjects:
    return Subjects(caller, correlation_id)


Service = Annotated[Subjects, Depends(_subjects)]


@router.post("/requests", status_code=202, summary="Ask for a copy of what is known of a person, or for its erasure")
@access(WRITE, bucket=COMPLIANCE, idempotent=True)
async def request_subject(body: SubjectRequest, subjects: Service) -> dict[str, Any]:
    at = clock.now()
    # The answer may be kept for a repetition of the request: it does not tell who it is about.
    return wrapped(_shown(subjects.request(body.kind, body.subject, body.reason, at)), at)


@router.get("/requests", summary="Requests, newest first")
@access(WRITE, bucket=COMPLIANCE)
async def list_requests(
    subjects: Service,
    limit: Annotated[int, Query(ge=1, le=100)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> dict[str, Any]:
    page = subjects.page(limit=limit, cursor=cursor)
    data = {
        "requests": [_shown(one) for one in page.requests],
        "total": page.total,
        "limit": limit,
        "next_cursor": page.next_cursor,
    }
    return wrapped(data, clock.now())


@router.get("/requests/{id}", summary="How a request stands; of an answered one of access, where its document is")
@access(WRITE, bucket=COMPLIANCE)
async def get_request(subjects: Service, request_id: Annotated[str, Path(alias="id", max_length=64)]) -> dict[str, Any]:
    at = clock.now()
    one = subjects.get_or_raise(request_id)
    told = _shown(one) | {
        "subject": one.person.given if one.person else None,
        "reason": one.reason,
        "export_url": None,
        "export_url_expires_in": None,
    }
    if one.export is not None and files.entry(one.export) is not None:
        told["export_url"] = files.presigned_url(
            one.export, expires_in_s=LINK_LIFETIME_S, file_name=f"subject-access-{one.id}.json"
        )
        told["export_url_expires_in"] = LINK_LIFETIME_S
    return wrapped(told, at)


def _shown(one: Request) -> dict[str, Any]:
    return {
        "request_id": one.id,
        "kind": one.kind,
        "state": one.state,
        "subject_digest": one.digest,
        "requested_by": one.requested_by,
        "received_at": clock.iso(one.received_at),
        "due_at": clock.iso(one.due_at),
        "answered_at": clock.iso(one.answered_at) if one.answered_at else None,
        "is_overdue": one.state.is_open and clock.now() > one.due_at,
        "found": {name: dict(counts) for name, counts in one.found.items()},
        "models": list(one.models),
        "retained": dict(one.retained) if one.state is State.ANSWERED else {},
        "refusal": one.refusal,
    }

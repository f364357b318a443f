"""The events of data subjects' requests. None of them tells who it is about: they name requests, digests and counts."""

from datetime import datetime

from compliance.subjects.model import Kind, Request
from pentarch.events.model import Event, happened

REQUESTED = "compliance.subject_requested"
STARTED = "compliance.subject_started"
EXPORTED = "compliance.subject_exported"
ERASED = "compliance.subject_erased"
REFUSED = "compliance.subject_refused"
FAILED = "compliance.subject_failed"
USER_ERASED = "user.erased"

_ACTIONS = {
    REQUESTED: "subject_request",
    STARTED: "subject_start",
    EXPORTED: "subject_access",
    ERASED: "subject_erase",
    REFUSED: "subject_refuse",
    FAILED: "subject_fail",
}
"""As auditors name them."""
TAGS = ("data_processing",)


def requested(one: Request, at: datetime) -> Event:
    return _event(REQUESTED, one, at)


def started(one: Request, at: datetime) -> Event:
    return _event(STARTED, one, at)


def answered(one: Request, at: datetime) -> Event:
    """The proof: what was found, and of an erasure what was left and why."""
    if one.kind is Kind.ACCESS:
        return _event(EXPORTED, one, at, found=one.found, models=list(one.models))
    return _event(ERASED, one, at, found=one.found, models=list(one.models), retained=one.retained)


def refused(one: Request, reason: str, at: datetime) -> Event:
    return _event(REFUSED, one, at, reason=reason)


def failed(one: Request, at: datetime) -> Event:
    return _event(FAILED, one, at)


def user_erased(one: Request, subject: str, at: datetime) -> Event:
    return happened(
        at,
        one.tenant,
        USER_ERASED,
        action="user_erase",
        actor=one.requested_by,
        resource=subject,
        tags=("data_processing", "access_control"),
        correlation_id=one.correlation_id,
        data={"request_id": one.id},
    )


def _event(event_type: str, one: Request, at: datetime, **data: object) -> Event:
    return happened(
        at,
        one.tenant,
        event_type,
        action=_ACTIONS[event_type],
        actor=one.requested_by,
        resource=one.id,
        tags=TAGS,
        correlation_id=one.correlation_id,
        data={
            "request_id": one.id,
            "kind": str(one.kind),
            "subject_digest": one.digest,
            "due_at": one.due_at.isoformat(timespec="seconds"),
            **data,
        },
    )

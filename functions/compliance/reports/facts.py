"""The events of exports: who took what out of the audit trail is part of it."""

from datetime import datetime
from typing import Any

from compliance.reports.asked import Asked
from compliance.reports.store import Export, Made
from pentarch.events.model import Event, happened
from pentarch.identity.model import Caller

REQUESTED = "compliance.export_requested"
COMPLETED = "compliance.export_completed"
FAILED = "compliance.export_failed"
CANCELLED = "compliance.export_cancelled"
EXPORTED = "compliance.exported"
DOWNLOADED = "report.downloaded"
LINKS_WITHDRAWN = "report.links_withdrawn"
BY_LINK = "link"
"""The actor of what somebody did who showed a link and no credential."""
_ACTIONS = {
    REQUESTED: "compliance_export_request",
    COMPLETED: "compliance_export",
    FAILED: "compliance_export_fail",
    CANCELLED: "compliance_export_cancel",
    EXPORTED: "compliance_export",
}
TAGS = ("audit_logs", "access_control")


def requested(one: Export, at: datetime) -> Event:
    return _of(one, REQUESTED, at)


def completed(one: Export, made: Made, events: int, at: datetime) -> Event:
    return _of(one, COMPLETED, at, events=events, bytes=made.size, sha256=made.sha256)


def failed(one: Export, at: datetime) -> Event:
    return _of(one, FAILED, at)


def cancelled(one: Export, by: str, at: datetime) -> Event:
    return _event(one.asked, CANCELLED, at, by, one.correlation_id)


def exported(asked: Asked, at: datetime, *, actor: str, correlation_id: str, events: int, size: int) -> Event:
    """A small export, which was answered at once."""
    return _event(asked, EXPORTED, at, actor, correlation_id, events=events, bytes=size)


def downloaded(
    at: datetime, tenant: str, check_id: str, form: str, *, issued_to: str, size: int, correlation_id: str
) -> Event:
    """Somebody fetched a report by a link: nobody knows who, but to whom it was given is known."""
    return happened(
        at,
        tenant,
        DOWNLOADED,
        action="report_download",
        actor=BY_LINK,
        resource=check_id,
        tags=TAGS,
        correlation_id=correlation_id,
        data={"format": form, "issued_to": issued_to, "bytes": size},
    )


def links_withdrawn(caller: Caller, correlation_id: str, at: datetime) -> Event:
    return happened(
        at,
        caller.tenant,
        LINKS_WITHDRAWN,
        action="report_links_withdraw",
        actor=caller.subject,
        resource="reports",
        tags=TAGS,
        correlation_id=correlation_id,
    )


def _of(one: Export, event_type: str, at: datetime, **data: object) -> Event:
    return _event(one.asked, event_type, at, one.requested_by, one.correlation_id, **data)


def _event(asked: Asked, event_type: str, at: datetime, actor: str, correlation_id: str, **data: Any) -> Event:  # noqa: ANN401 (the event's facts)
    # The values of filters are the caller's own words; the export's row has them for as long as it lives.
    told = asked.as_json() | {"filters": sorted(asked.as_json()["filters"])}
    return happened(
        at,
        asked.tenant,
        event_type,
        action=_ACTIONS[event_type],
        actor=actor,
        resource=asked.id,
        tags=TAGS,
        correlation_id=correlation_id,
        data={**told, **data},
    )

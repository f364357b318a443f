"""The events of assessments and schedules. None of them holds a label that a caller gave, or a person's name."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from compliance.assessment import Assessment
from pentarch.events.model import Event, happened

CHECK_REQUESTED = "compliance.check_requested"
CHECK_COMPLETED = "compliance.check_completed"
CHECK_FAILED = "compliance.check_failed"
CHECK_CANCELLED = "compliance.check_cancelled"
VIOLATION = "compliance.violation"
SCHEDULE_SET = "compliance.schedule_set"
SCHEDULE_REMOVED = "compliance.schedule_removed"

_ACTIONS = {
    CHECK_REQUESTED: "compliance_check_request",
    CHECK_COMPLETED: "compliance_check",
    CHECK_FAILED: "compliance_check_fail",
    CHECK_CANCELLED: "compliance_check_cancel",
    VIOLATION: "compliance_violation",
    SCHEDULE_SET: "compliance_schedule_set",
    SCHEDULE_REMOVED: "compliance_schedule_remove",
}
"""As auditors name them."""
TAGS = ("monitoring",)
VIOLATING = ("critical", "high")
"""Findings of these severities are told one by one."""
MAX_VIOLATIONS = 80
"""Told in one transaction, beside the assessment's own items; the worst come first, and the rest is counted."""


def requested(one: Assessment, at: datetime) -> Event:
    return _event(CHECK_REQUESTED, one, at, framework=one.framework)


def failed(one: Assessment, reason: str, at: datetime) -> Event:
    return _event(CHECK_FAILED, one, at, framework=one.framework, reason=reason)


def cancelled(one: Assessment, by: str, at: datetime) -> Event:
    return _event(CHECK_CANCELLED, one, at, actor=by, framework=one.framework)


def completed(one: Assessment, document: Mapping[str, Any], at: datetime) -> Iterator[Event]:
    """The end of an assessment, and each new grave finding of it."""
    comparison = document["comparison"]
    new = set(comparison["new"])
    grave = [finding for finding in document["findings"] if finding["id"] in new and finding["severity"] in VIOLATING]
    stored = {name: getattr(one, name).sha256 for name in ("document", "evidence") if getattr(one, name)}
    yield _event(
        CHECK_COMPLETED,
        one,
        at,
        framework=one.framework,
        status=one.state,
        overall_compliance=document["overall_compliance"],
        assessed_share=document["assessed_share"],
        controls=_by_status(document["controls"]),
        open_findings=document["finding_counts"],
        new=len(comparison["new"]),
        fixed=len(comparison["fixed"]),
        still_failing=len(comparison["still_failing"]),
        not_seen=len(comparison["not_seen"]),
        previous_check_id=comparison["previous_check_id"],
        violations=len(grave),
        sha256=stored,
    )
    for finding in grave[:MAX_VIOLATIONS]:
        yield _event(
            VIOLATION,
            one,
            at,
            resource=finding["resource"],
            framework=one.framework,
            finding_id=finding["id"],
            rule=finding["check_id"],
            severity=finding["severity"],
            message=finding["message"],
            controls=finding["controls"],
        )


def of_schedule(
    event_type: str, tenant: str, framework: str, at: datetime, *, actor: str, correlation_id: str, **data: object
) -> Event:
    return happened(
        at,
        tenant,
        event_type,
        action=_ACTIONS[event_type],
        actor=actor,
        resource=framework,
        tags=TAGS,
        correlation_id=correlation_id,
        data={"framework": framework, **data},
    )


def _event(
    event_type: str,
    one: Assessment,
    at: datetime,
    *,
    actor: str | None = None,
    resource: str | None = None,
    **data: object,
) -> Event:
    return happened(
        at,
        one.tenant,
        event_type,
        action=_ACTIONS[event_type],
        actor=actor or one.requested_by,
        resource=resource or one.id,
        tags=TAGS,
        correlation_id=one.correlation_id,
        data={"check_id": one.id, **data},
    )


def _by_status(controls: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for control in controls:
        counts[control["status"]] = counts.get(control["status"], 0) + 1
    return counts

"""Bodies of assessments and their schedules, as the MetaQore reference has them.

A field of another name is refused everywhere: what it was meant to narrow would be assessed whole, without a word.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, NoReturn, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator

from compliance.assessment import Assessment, Latest, Scope, State
from compliance.model import EVIDENCE_TYPES
from compliance.schedule import Schedule
from pentarch.platform.clock import iso, parse_iso
from pentarch.platform.errors import InvalidInputError

DEFAULT_RANGE_DAYS = 30
MAX_RANGE_DAYS = 366
FUTURE_GRACE = timedelta(days=2)
"""How far ahead an end may lie: the end of today, anywhere on earth. It is cut to now."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Nobody's events are older, and no arithmetic on what is later leaves the calendar."""
MAX_SHOWN_FINDINGS = 100
"""In the reply to a run; the assessment itself has all."""

FrameworkName = Literal["SOC2", "GDPR", "HIPAA", "PCI-DSS"]
EvidenceType = Literal["audit_logs", "data_processing", "access_control", "configuration", "monitoring"]
Label = Annotated[str, StringConstraints(pattern=r"^[^#\x00-\x1f\x7f]+$", max_length=128)]
Instant = Annotated[str, StringConstraints(min_length=1, max_length=40)]
EvidenceTypes = Annotated[list[EvidenceType], Field(min_length=1, max_length=20)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TimeRange(_Strict):
    start: Instant | None = None
    end: Instant | None = None


class Labels(_Strict):
    organization: Label | None = None
    project: Label | None = None


class RequestedScope(Labels):
    time_range: TimeRange = Field(default_factory=TimeRange)

    def at(self, now: datetime) -> Scope:
        """The scope as seen from now: the last 30 days unless the request says otherwise."""
        start, end = _range(self.time_range, now)
        return Scope(self.organization, self.project, start, end)


class CheckRequest(_Strict):
    framework: FrameworkName
    scope: RequestedScope = Field(default_factory=RequestedScope)
    evidence_types: EvidenceTypes | None = None
    generate_report: StrictBool = True
    run_async: Annotated[StrictBool, Field(alias="async", description="Answer at once, and work on it afterwards")] = (
        False
    )


class ScheduleRequest(_Strict):
    """One of `expression` and `interval`."""

    expression: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    interval: Literal["daily", "weekly", "monthly", "quarterly"] | None = None
    enabled: StrictBool = True
    scope: Labels = Field(default_factory=Labels)
    range_days: Annotated[int, Field(ge=1, le=MAX_RANGE_DAYS, strict=True)] = DEFAULT_RANGE_DAYS
    evidence_types: EvidenceTypes | None = None
    generate_report: StrictBool = True

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if (self.expression is None) == (self.interval is None):
            msg = "give either expression or interval"
            raise ValueError(msg)
        return self


def asked_types(given: list[EvidenceType] | None) -> tuple[str, ...]:
    """All types unless some were asked for, in the documented order and each once."""
    return tuple(name for name in EVIDENCE_TYPES if given is None or name in given)


def has_report(one: Assessment) -> bool:
    return one.state is State.COMPLETED and one.generate_report


def queued(one: Assessment) -> dict[str, Any]:
    return {
        "check_id": one.id,
        "framework": one.framework,
        "status": one.state,
        "status_url": f"/api/v1/compliance/checks/{one.id}",
    }


def completed(document: Mapping[str, Any], report_url: str | None) -> dict[str, Any]:
    """The reply to a run: scores, and the gravest findings."""
    told = ("check_id", "framework", "status", "overall_compliance", "assessed_share")
    kept = ("id", "name", "status", "score", "weight", "evidence_count")
    return {
        **{name: document[name] for name in told},
        "controls": [{name: control[name] for name in kept} for control in document["controls"]],
        "finding_counts": document["finding_counts"],
        "findings": document["findings"][:MAX_SHOWN_FINDINGS],
        "comparison": document["comparison"]
        | {"fixed": [finding["id"] for finding in document["comparison"]["fixed"]]},
        "scope": document["scope"],
        "completed_at": document["completed_at"],
        "report_url": report_url,
    }


def row(one: Assessment, report_url: str | None) -> dict[str, Any]:
    """An assessment in a list."""
    told: dict[str, Any] = {
        "check_id": one.id,
        "framework": one.framework,
        "status": one.state,
        "scope": one.scope.told(),
        "evidence_types": [*one.evidence_types],
        "requested_by": one.requested_by,
        "requested_at": iso(one.requested_at),
        "completed_at": None if one.completed_at is None else iso(one.completed_at),
        "report_url": report_url,
    }
    if one.failure is not None:
        told["failure"] = one.failure
    return told | dict(one.figures or {})


def stands(one: Latest, next_at: datetime) -> dict[str, Any]:
    trend = None if one.previous_score is None else round(one.score - one.previous_score, 4)
    return {
        "name": one.framework,
        "overall_score": one.score,
        "assessed_share": one.assessed_share,
        "last_assessment": iso(one.completed_at),
        "last_check_id": one.check_id,
        "next_assessment": iso(next_at),
        "critical_findings": one.counts["critical"],
        "open_findings": dict(one.counts),
        "previous_score": one.previous_score,
        "trend": trend,
    }


def scheduled(one: Schedule, next_at: datetime | None) -> dict[str, Any]:
    return {
        "framework": one.framework,
        "expression": one.expression,
        "enabled": one.enabled,
        "scope": {"organization": one.organization, "project": one.project},
        "range_days": one.range_days,
        "evidence_types": [*one.evidence_types],
        "generate_report": one.generate_report,
        "next_assessment": None if next_at is None else iso(next_at),
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
        "updated_by": one.updated_by,
    }


def _range(given: TimeRange, now: datetime) -> tuple[datetime, datetime]:
    asked_end = _instant(given.end, "end", whole_day=timedelta(days=1))
    start = _instant(given.start, "start")
    if start is not None and start > now:
        _refuse("start", "the range lies in the future")
    if asked_end is not None and asked_end > now + FUTURE_GRACE:
        _refuse("end", "the range ends in the future")
    end = now if asked_end is None else min(asked_end, now)
    if start is None:
        start = end - timedelta(days=DEFAULT_RANGE_DAYS)
    if end < start:
        _refuse("end", "the range ends before it starts")
    if end - start > timedelta(days=MAX_RANGE_DAYS):
        _refuse("start", f"the range is longer than {MAX_RANGE_DAYS} days")
    return start, end


def _instant(text: str | None, name: str, *, whole_day: timedelta = timedelta()) -> datetime | None:
    """An instant, or the start or end of a date."""
    if text is None:
        return None
    try:
        at = parse_iso(text)
        at = at + whole_day if _is_date(text) else at
    except (ValueError, OverflowError):
        _refuse(name, "it is no ISO 8601 date or time")
    if at < EARLIEST:
        _refuse(name, f"nothing is told of times before {EARLIEST:%Y}")
    return at


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _refuse(name: str, message: str) -> NoReturn:
    raise InvalidInputError(message, field=f"scope.time_range.{name}")

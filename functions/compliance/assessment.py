"""An assessment: what was asked for, how far it is, and the figures that are kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pentarch.platform.clock import iso


class State(StrEnum):
    QUEUED = "queued"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Scope:
    """The labels are the caller's own words for what the assessment is for; the events of [start, end) are read."""

    organization: str | None
    project: str | None
    start: datetime
    end: datetime

    def told(self) -> dict[str, Any]:
        return {
            "organization": self.organization,
            "project": self.project,
            "time_range": {"start": iso(self.start), "end": iso(self.end)},
        }


@dataclass(frozen=True, slots=True)
class Stored:
    """An object in S3, and the SHA-256 of what it held when it was written."""

    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Assessment:
    tenant: str
    id: str
    framework: str
    scope: Scope
    evidence_types: tuple[str, ...]
    generate_report: bool
    requested_by: str
    requested_at: datetime
    correlation_id: str = ""
    state: State = State.QUEUED
    completed_at: datetime | None = None
    figures: Mapping[str, Any] | None = None
    document: Stored | None = None
    evidence: Stored | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Latest:
    """Where a framework stands: the last assessment of it that was completed."""

    framework: str
    check_id: str
    completed_at: datetime
    score: float
    assessed_share: float
    counts: Mapping[str, int]
    """Open findings by severity."""
    document: Stored
    previous_score: float | None = None

"""When a framework is assessed again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pentarch.work.cron import parse

CYCLE = timedelta(days=90)
"""A framework without a schedule is due again after a quarter."""


@dataclass(frozen=True, slots=True)
class Schedule:
    tenant: str
    framework: str
    expression: str
    enabled: bool
    organization: str | None
    project: str | None
    evidence_types: tuple[str, ...]
    range_days: int
    generate_report: bool
    created_at: datetime
    updated_at: datetime
    updated_by: str
    revision: str
    """New with every change."""


def next_assessment(one: Schedule | None, last: datetime, now: datetime) -> datetime:
    """When a framework is due again: by its schedule, else a cycle after the last time."""
    if one is not None and one.enabled:
        found = parse(one.expression).next_after(max(last, now), one.updated_at)
        if found is not None:
            return found
    return last + CYCLE

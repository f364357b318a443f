"""Dates as callers give them: a day, or an instant; the end is part of the period."""

import re
from datetime import UTC, date, datetime, timedelta

from pentarch.audit.spans import BEGINNING, END
from pentarch.platform.clock import parse_iso
from pentarch.platform.errors import InvalidInputError

_RESOLUTION = timedelta(milliseconds=1)
"""Of an event's time."""
_DAY = timedelta(days=1)
_LOST_PLUS = re.compile(r"(T[\d:.]+) (\d\d:?\d\d)$")
"""An offset whose plus sign was sent as it is, which in a query string means a space."""


def read(start: str | None, end: str | None) -> tuple[datetime | None, datetime | None]:
    """[start, end) of what was asked for: through the end of a day, through the millisecond of an instant."""
    low = None if start is None else _instant(start, "start_date", timedelta())
    high = None if end is None else _instant(end, "end_date", _RESOLUTION)
    if low is not None and high is not None and high <= low:
        msg = "end_date lies before start_date"
        raise InvalidInputError(msg, field="end_date")
    return low, high


def _instant(text: str, field: str, after: timedelta) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        try:
            at = parse_iso(_LOST_PLUS.sub(r"\1+\2", text))
        except (ValueError, OverflowError) as error:
            msg = f"{field} is an ISO 8601 date, like 2026-11-21, or a date and time, like 2026-11-21T07:30:00Z"
            raise InvalidInputError(msg, field=field) from error
    else:
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        after = _DAY if after else after
    at = min(max(at, BEGINNING), END - _DAY)
    return at.replace(microsecond=at.microsecond // 1000 * 1000) + after

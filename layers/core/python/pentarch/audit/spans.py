"""Counting and finding a place in a list with the counters of its months, days and hours: pure rules.

    month 2026-11   {"I": 12, "I20": 4, "I21": 8}     by part, and by part and day
    day 2026-11-21  {"I07": 3, "I08": 5}              by part and hour

A range is cut into whole months, days and hours, whose counts are read off, and at most two pieces of an hour, whose
keys have to be counted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

Row = Mapping[str, int]

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(9999, 1, 1, tzinfo=UTC)
"""Bounds of a range that was given none."""
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_DAYS_LEAVING_ANY_MONTH = timedelta(days=31)


class Unit:
    MONTH = "month"
    DAY = "day"
    HOUR = "hour"
    PIECE = "piece"
    """Of an hour."""


class Span(NamedTuple):
    """[low, high) of a unit's size; a piece is smaller than its unit."""

    unit: str
    low: datetime
    high: datetime


@dataclass(slots=True)
class Ledger:
    """What is known of one list's counters."""

    months: Mapping[date, Row]
    """By their first days; all that have any events in the range."""
    days: dict[date, Row] = field(default_factory=dict)
    """Those that were read."""
    pieces: dict[tuple[Span, str], int] = field(default_factory=dict)
    """By part too; what is not here has none."""

    def count(self, span: Span, parts: Iterable[str]) -> int:
        return sum(self._count_part(span, part) for part in parts)

    def _count_part(self, span: Span, part: str) -> int:
        low = span.low
        if span.unit == Unit.PIECE:
            return self.pieces.get((span, part), 0)
        if span.unit == Unit.MONTH:
            return self.months.get(low.date(), {}).get(part, 0)
        if span.unit == Unit.DAY:
            return self.months.get(low.date().replace(day=1), {}).get(f"{part}{low:%d}", 0)
        return self.days.get(low.date(), {}).get(f"{part}{low:%H}", 0)


def amounts(at: datetime, part: str) -> tuple[tuple[str, dict[str, int]], tuple[str, dict[str, int]]]:
    """What one event adds: the month's key with its amounts, and the day's."""
    return (month_key(at), {part: 1, f"{part}{at:%d}": 1}), (day_key(at), {f"{part}{at:%H}": 1})


def month_key(at: date) -> str:
    return f"month#{at:%Y-%m}"


def day_key(at: date) -> str:
    return f"day#{at:%Y-%m-%d}"


def hour_of(at: datetime) -> Span:
    low = at.replace(minute=0, second=0, microsecond=0)
    return Span(Unit.HOUR, low, low + _HOUR)


def edge_days(ledger: Ledger, parts: Sequence[str], start: datetime, end: datetime) -> set[date]:
    """The days that the range covers in part and that have events: their hours have to be read."""
    edges = {at.date() for at in (start, end) if at != _midnight(at)}
    return {day for day in edges if ledger.count(_day(day), parts)}


def cut(ledger: Ledger, parts: Sequence[str], start: datetime, end: datetime) -> list[Span]:
    """The spans of [start, end) that have events, or may have, newest first."""
    found = []
    for first in sorted(ledger.months, reverse=True):
        for span in _inside(_month(first), start, end):
            whole = hour_of(span.low) if span.unit == Unit.PIECE else span
            if ledger.count(whole, parts):
                found.append(span)
    return found


def find(ledger: Ledger, parts: Sequence[str], spans: Iterable[Span], offset: int) -> tuple[Span, int] | None:
    """The span that holds the event at an offset from the newest, and the offset in it; None past the end."""
    for span in spans:
        count = ledger.count(span, parts)
        if offset < count:
            return span, offset
        offset -= count
    return None


def divided(span: Span) -> list[Span]:
    """A month's days, or a day's hours, newest first."""
    if span.unit == Unit.MONTH:
        days = (span.high - span.low).days
        return [_day((span.high - _DAY * number).date()) for number in range(1, days + 1)]
    return [hour_of(span.high - _HOUR * number) for number in range(1, 25)]


def _inside(span: Span, start: datetime, end: datetime) -> Iterator[Span]:
    if span.high <= start or span.low >= end:
        return
    if start <= span.low and span.high <= end:
        yield span
    elif span.unit == Unit.HOUR:
        yield Span(Unit.PIECE, max(span.low, start), min(span.high, end))
    else:
        for smaller in divided(span):
            yield from _inside(smaller, start, end)


def _month(first: date) -> Span:
    low = datetime(first.year, first.month, 1, tzinfo=UTC)
    return Span(Unit.MONTH, low, (low + _DAYS_LEAVING_ANY_MONTH).replace(day=1))


def _day(day: date) -> Span:
    low = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Span(Unit.DAY, low, low + _DAY)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)

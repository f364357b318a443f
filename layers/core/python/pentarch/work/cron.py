"""The expressions of EventBridge Scheduler, and the times that they name.

`rate(7 days)`, or `cron(minutes hours day-of-month month day-of-week year)` in UTC or in a time zone. Cron's L, W and #
are not taken: nothing here could say when they are next.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import product
from typing import NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

INTERVALS: Mapping[str, str] = {
    "daily": "rate(1 day)",
    "weekly": "rate(7 days)",
    "monthly": "cron(0 3 1 * ? *)",
    "quarterly": "cron(0 3 1 1,4,7,10 ? *)",
}
"""Months and quarters begin with a quiet hour."""

_RATE = re.compile(r"rate\(([1-9]\d{0,5}) (minute|hour|day)(s?)\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_HORIZON_DAYS = 366 * 8 + 2
"""A 29th of February may be eight years away."""
_PART = re.compile(r"(\*|\d+|[A-Z]{3})(?:-(\d+|[A-Z]{3}))?(?:/([1-9]\d*))?")


@dataclass(frozen=True, slots=True)
class Rate:
    every: timedelta

    def next_after(self, at: datetime, since: datetime) -> datetime:
        """Counted from when the schedule was set."""
        return since + (max(at - since, timedelta()) // self.every + 1) * self.every


@dataclass(frozen=True, slots=True)
class Cron:
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int] | None
    """Of the month; None where the day of the week decides."""
    months: frozenset[int]
    weekdays: frozenset[int] | None
    """1 is Sunday."""
    years: frozenset[int]
    zone: tzinfo = UTC

    def next_after(self, at: datetime, since: datetime) -> datetime | None:
        """None: never again, or not within eight years.

        As EventBridge Scheduler has it: a time that the clocks skip is left out, one that they show twice comes once.
        """
        moment = max(at, since)
        today = moment.astimezone(self.zone).date()
        for ahead in range(_HORIZON_DAYS):
            day = today + timedelta(days=ahead)
            if self._is_on(day):
                for hour, minute in product(self.hours, self.minutes):
                    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone)
                    found = local.astimezone(UTC)
                    if found > moment and found.astimezone(self.zone).replace(tzinfo=None) == local.replace(
                        tzinfo=None
                    ):
                        return found
        return None

    def _is_on(self, day: date) -> bool:
        if day.year not in self.years or day.month not in self.months:
            return False
        if self.days is not None:
            return day.day in self.days
        return self.weekdays is not None and day.isoweekday() % 7 + 1 in self.weekdays


def parse(expression: str, time_zone: str = "UTC") -> Rate | Cron:
    """ValueError, with what is wrong, for what is no expression that can be kept to."""
    rate = _RATE.fullmatch(expression)
    if rate is not None:
        count = int(rate[1])
        if (count == 1) == bool(rate[3]):
            _refuse("a rate of 1 has its unit in the singular, any other in the plural: rate(1 day), rate(7 days)")
        return Rate(count * _UNITS[rate[2]])
    cron = _CRON.fullmatch(expression)
    if cron is None:
        _refuse("it is neither rate(value unit) nor cron(minutes hours day-of-month month day-of-week year)")
    if (cron[3] == "?") == (cron[5] == "?"):
        _refuse("one of day-of-month and day-of-week is ?")
    return Cron(
        minutes=tuple(sorted(_field(cron[1], 0, 59))),
        hours=tuple(sorted(_field(cron[2], 0, 23))),
        days=None if cron[3] == "?" else frozenset(_field(cron[3], 1, 31)),
        months=frozenset(_field(cron[4], 1, 12, _MONTHS)),
        weekdays=None if cron[5] == "?" else frozenset(_field(cron[5], 1, 7, _DAYS)),
        years=frozenset(_field(cron[6], _FIRST_YEAR, _LAST_YEAR)),
        zone=zone_of(time_zone),
    )


def zone_of(name: str) -> tzinfo:
    """ValueError for what is no name of the IANA time zone database."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"{name} is no time zone: it looks like Europe/Berlin"
        raise ValueError(msg) from error


def _field(text: str, low: int, high: int, names: tuple[str, ...] = ()) -> set[int]:
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None or (match[1] == "*" and match[2] is not None):
            _refuse(f"{part} is no value, range or step of a cron field")
        if match[1] == "*":
            first, last = low, high
        else:
            first = _value(match[1], low, high, names)
            last = _value(match[2], low, high, names) if match[2] else high if match[3] else first
        if last < first:
            _refuse(f"{part} ends before it begins")
        found.update(range(first, last + 1, int(match[3] or 1)))
    return found


def _value(text: str, low: int, high: int, names: tuple[str, ...]) -> int:
    if text in names:
        return low + names.index(text)
    value = int(text) if text.isdecimal() else -1
    if not low <= value <= high:
        _refuse(f"{text} does not lie between {low} and {high}")
    return value


def _refuse(message: str) -> NoReturn:
    raise ValueError(message)

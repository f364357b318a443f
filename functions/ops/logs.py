"""The stack's logs, newest first. CloudWatch Logs reads them oldest first, so windows that grow go back in time."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple

from ops.errors import BadCursorError
from pentarch.platform import clients
from pentarch.platform.clock import epoch_ms

_WINDOWS_S = (0, 60, 1800, 86_400)
"""So far back, one after another, until there is enough; what is older is found by CloudWatch's own tools."""
_THREADS = 8
_MAX_PAGES = 20
"""Of 10,000 lines or 1 MB, of one group in one window."""
_CURSOR = re.compile(r"(\d{1,15})\.(\d{1,6})")
_PLAIN = re.compile(r"\[(ERROR|WARNING|INFO|DEBUG|CRITICAL)\]\s*(.*)", re.DOTALL)
_TIMED_OUT = re.compile(r"Task timed out after \S+ seconds")
_SHOWN_APART = frozenset({"level", "message", "timestamp", "service", "correlation_id"})


class Level(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


class Cursor(NamedTuple):
    """Where a page ended: the time of its last line in milliseconds, and how many lines of that time were shown."""

    at: int
    shown: int

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        found = _CURSOR.fullmatch(text)
        if found is None:
            raise BadCursorError
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.at}.{self.shown}"


@dataclass(frozen=True, slots=True)
class Line:
    at: int
    """Milliseconds since 1970."""
    place: tuple[str, str, int]
    """Group, stream and position, which order the lines of one millisecond."""
    service: str
    level: str
    message: str
    trace_id: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Search:
    groups: Mapping[str, str]
    """Services by log group."""
    level: Level | None = None
    trace_id: str | None = None

    def newest(self, limit: int, now: datetime, cursor: Cursor | None) -> tuple[list[Line], Cursor | None]:
        """A page, and where the next one begins if there is one."""
        end = epoch_ms(now) if cursor is None else cursor.at
        found: list[Line] = []
        for near, far in pairwise(_WINDOWS_S):
            newest = end if near == 0 else end - _ms(near) - 1
            lines = sorted(self._window(end - _ms(far), newest), key=lambda line: (line.at, line.place), reverse=True)
            found += lines
            if cursor is not None and near == 0:
                same = [line for line in lines if line.at == cursor.at]
                found = found[min(cursor.shown, len(same)) :]
            if len(found) > limit:
                break
        page = found[:limit]
        if len(found) <= limit or not page:
            return page, None
        last = page[-1].at
        shown = sum(line.at == last for line in page)
        return page, Cursor(last, shown + (cursor.shown if cursor is not None and last == cursor.at else 0))

    def _window(self, start: int, end: int) -> Iterator[Line]:
        """All lines of [start, end], of all groups."""
        with ThreadPoolExecutor(_THREADS) as threads:
            for lines in threads.map(lambda group: list(self._group(group, start, end)), self.groups):
                yield from lines

    def _group(self, group: str, start: int, end: int) -> Iterator[Line]:
        client = clients.inspection("logs")
        asked: dict[str, Any] = {"logGroupName": group, "startTime": start, "endTime": end}
        terms = [f'"{term}"' for term in (self.level.upper() if self.level else None, self.trace_id) if term]
        if terms:
            asked["filterPattern"] = " ".join(terms)
        position = 0
        for _ in range(_MAX_PAGES):
            try:
                answer = client.filter_log_events(**asked)
            except client.exceptions.ResourceNotFoundException:
                return  # nothing was ever written
            for event in answer["events"]:
                position += 1
                place = (group, str(event.get("logStreamName", "")), position)
                line = read_line(event["message"], int(event["timestamp"]), place, self.groups[group])
                if line is not None and self._is_wanted(line):
                    yield line
            if not answer.get("nextToken"):
                return
            asked["nextToken"] = answer["nextToken"]

    def _is_wanted(self, line: Line) -> bool:
        """Once more: CloudWatch's terms are found anywhere in a line."""
        return (self.level is None or line.level.lower() == self.level) and self.trace_id in (None, line.trace_id)


def read_line(message: str, at: int, place: tuple[str, str, int], service: str) -> Line | None:
    """A line of Pentarch or of Lambda's runtime; None for what Lambda says of every invocation."""
    text = message.strip()
    if text.startswith("{"):
        try:
            facts = json.loads(text)
        except ValueError:
            return Line(at, place, service, "INFO", text)
        if "level" not in facts:
            return None  # a metric
        said = facts.get("message", "")
        return Line(
            at,
            place,
            service,
            level=str(facts["level"]).upper(),
            message=said if isinstance(said, str) else json.dumps(said),
            trace_id=str(facts.get("correlation_id") or ""),
            details={name: fact for name, fact in facts.items() if name not in _SHOWN_APART},
        )
    plain = _PLAIN.match(text)
    if plain is not None:
        return Line(at, place, service, plain[1], plain[2])
    return Line(at, place, service, "ERROR", text) if _TIMED_OUT.search(text) else None


def groups_of(services: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    return {group: name for name, groups in services for group in groups}


def _ms(seconds: int) -> int:
    return int(timedelta(seconds=seconds).total_seconds() * 1000)

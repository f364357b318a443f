"""The log of an execution: the lines that its steps really wrote, kept for a month, read a page at a time.

A line lies under its level and its time, so a page of one level costs that page, however long the log is.
"""

import heapq
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Any, NamedTuple

from pentarch.platform import clock
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.ids import uuid7
from workflows.table import LogItem, partition_of

LEVELS = ("debug", "info", "warning", "error")
LIFETIME = timedelta(days=30)
MAX_MESSAGE = 2000
_DIGITS = 13
_LATER = "~"
"""After every digit and letter of a key."""


class Line(NamedTuple):
    at: datetime
    level: str
    message: str
    step_id: str | None
    metadata: Mapping[str, Any]


class Page(NamedTuple):
    lines: tuple[Line, ...]
    next_cursor: str | None


@dataclass(slots=True)
class Journal:
    """What one worker says of an execution; nothing is written before `flush`."""

    tenant: str
    execution_id: str
    step_id: str | None = None
    _lines: list[LogItem] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)
    _worker: str = field(default_factory=lambda: uuid7().replace("-", "")[:20])
    """In the order of the workers' beginnings, so that of one millisecond what was written first comes first."""

    def debug(self, message: str, **metadata: Any) -> None:  # noqa: ANN401 (JSON values)
        self.write("debug", message, metadata)

    def info(self, message: str, **metadata: Any) -> None:  # noqa: ANN401
        self.write("info", message, metadata)

    def warning(self, message: str, **metadata: Any) -> None:  # noqa: ANN401
        self.write("warning", message, metadata)

    def error(self, message: str, **metadata: Any) -> None:  # noqa: ANN401
        self.write("error", message, metadata)

    def write(self, level: str, message: str, metadata: Mapping[str, Any], at: datetime | None = None) -> None:
        stamp = at or clock.now()
        told = {name: value for name, value in metadata.items() if value is not None}
        key = f"{_sort_key(stamp)}#{self._worker}#{next(self._numbers):06}"
        self._lines.append(
            LogItem(
                partition_of(self.tenant, self.execution_id),
                f"log#{level}#{key}",
                message=message[:MAX_MESSAGE],
                step=self.step_id,
                metadata=json.dumps(told, default=str, ensure_ascii=False) if told else None,
                ttl=int((stamp + LIFETIME).timestamp()),
            )
        )

    def flush(self) -> None:
        """25 lines a call."""
        if not self._lines:
            return
        with LogItem.batch_write() as batch:
            for line in self._lines:
                batch.save(line)
        self._lines.clear()


def page(
    tenant: str,
    execution_id: str,
    levels: Sequence[str],
    start: datetime | None,
    end: datetime | None,
    *,
    limit: int,
    cursor: str | None = None,
) -> Page:
    """Lines of [start, end) in order of time, after a cursor's: one query for each level."""
    low = cursor or ("" if start is None else _sort_key(start))
    high = _LATER if end is None else _sort_key(end)
    if low >= high:
        return Page((), None)
    found = heapq.merge(*(_of_level(partition_of(tenant, execution_id), level, low, high, limit) for level in levels))
    after = (pair for pair in found if pair[0] != cursor and pair[0] < high)
    shown = list(islice(after, limit + 1))
    lines = tuple(line for _, line in shown[:limit])
    return Page(lines, shown[limit - 1][0] if len(shown) > limit else None)


def _of_level(partition: str, level: str, low: str, high: str, limit: int) -> list[tuple[str, Line]]:
    prefix = f"log#{level}#"
    found = LogItem.query(
        partition,
        LogItem.key.between(f"{prefix}{low}", f"{prefix}{high}"),
        consistent_read=True,
        limit=limit + 2,
        page_size=limit + 2,
    )
    return [(str(item.key).removeprefix(prefix), _line(item, level)) for item in found]


def _line(item: LogItem, level: str) -> Line:
    ms = str(item.key).split("#")[2]
    metadata = json.loads(item.metadata) if item.metadata else {}
    return Line(from_epoch_ms(int(ms)), level, item.message or "", item.step, metadata)


def _sort_key(at: datetime) -> str:
    return f"{epoch_ms(at):0{_DIGITS}}"

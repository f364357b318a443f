"""The audit trail's lists in their table: kept once for each event, read a page at a time.

| partition        | key              | item                                                                    |
|------------------|------------------|-------------------------------------------------------------------------|
| acme#1f0c..#I    | 019a..           | an event's id in the part of a list with the letter of its sensitivity  |
| acme#1f0c..      | month#2026-11    | how many: `I` in the month, `I21` on the 21st                           |
| acme#1f0c..      | day#2026-11-21   | how many: `I07` in the hour from 7 on                                   |

An event's entry in the list of everything is also the mark that its lists count it. It is written in one transaction
with the counters, after all other entries; forgetting an event goes the same way, so a repetition of either, or one
after a crash, ends in the same lists and the same counts.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from pentarch.audit import counted, spans
from pentarch.audit.counted import CountedLists
from pentarch.audit.model import Filters, lists_of, part_of
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.clock import epoch_ms
from pentarch.platform.counting import Counted, Place, add_once, take_out_once
from pentarch.platform.ids import uuid7_floor, uuid_before
from pentarch.platform.tables import PartitionTable, TableName

PAGE = 100
"""What one BatchGetItem reads."""
MAX_PAGE_BYTES = 4 * 1024 * 1024
"""Of the events' facts: Lambda answers with 6 MB at most."""
_DAY = timedelta(days=1)


class AuditItem(PartitionTable):
    class Meta:
        table_name = TableName("AUDIT_TABLE")


LISTS = CountedLists(AuditItem, floor=lambda at: uuid7_floor(epoch_ms(at)), before=uuid_before)


@dataclass(frozen=True, slots=True)
class Page:
    events: tuple[Event, ...]
    total: int
    """Of the whole range, wherever the page lies."""
    next_cursor: str | None
    """The id of the page's last event, where there are more."""


def add(tenant: str, told: Iterable[Event]) -> None:
    """List events. However often an event comes, it is listed and counted once."""
    new = {event.id: event for event in told}
    with AuditItem.batch_write() as batch:
        for event in new.values():
            for place in _other_entries(tenant, event):
                batch.save(AuditItem(*place))
    add_once({event.id: _counted(tenant, event) for event in new.values()})


def forget(tenant: str, told: Iterable[Event]) -> None:
    """Take events out of all lists and totals: for events that are pruned. Doing it again changes nothing."""
    old = {event.id: event for event in told}
    with AuditItem.batch_write() as batch:
        for event in old.values():
            for place in _other_entries(tenant, event):
                batch.delete(AuditItem(*place))
    take_out_once({event.id: _counted(tenant, event) for event in old.values()})


def relist(tenant: str, day: date) -> int:
    """List a day's events again from the log: for events that are older than their lists. The number of them."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    found = events.newest_first(tenant, start=start, end=start + _DAY)
    count = 0
    while chunk := list(islice(found, PAGE)):
        add(tenant, chunk)
        count += len(chunk)
    return count


def page(
    tenant: str,
    filters: Filters,
    start: datetime | None = None,
    end: datetime | None = None,
    *,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
) -> Page:
    """The events of [start, end), newest first: after a number of them, or after the one that a cursor names.

    An event that was pruned and is about to leave its lists is left out.
    """
    known = counted.counts(LISTS, _list(tenant, filters), filters.parts, start, end)
    keys, more = counted.page(LISTS, known, limit=limit, offset=offset, cursor=cursor)
    shown, last = _fitting(tenant, keys)
    total = known.total
    if shown and cursor is None:
        total = max(total, offset + len(shown))  # an event is in its lists a moment before it is counted
    return Page(shown, total, keys[last] if more or last < len(keys) - 1 else None)


def count(tenant: str, filters: Filters, start: datetime | None = None, end: datetime | None = None) -> int:
    """How many events [start, end) has, from the counters; keys are counted only in hours that are cut."""
    return counted.counts(LISTS, _list(tenant, filters), filters.parts, start, end).total


def walk(tenant: str, filters: Filters, start: datetime | None = None, end: datetime | None = None) -> Iterator[Event]:
    """All events of [start, end), newest first, read lazily."""
    keys = counted.walk(LISTS, _list(tenant, filters), filters.parts, start, end)
    while chunk := list(islice(keys, PAGE)):
        yield from (event for event in events.get_many(tenant, chunk) if event is not None)


def _counted(tenant: str, event: Event) -> Counted:
    part, sums = part_of(event), {}
    names = lists_of(event)
    for name in names:
        for key, amounts in spans.amounts(event.at, part):
            place: Place = (AuditItem, f"{tenant}#{name}", key)
            sums[place] = amounts
    return Counted((AuditItem, _partition(tenant, names[0], part), event.id), sums)


def _other_entries(tenant: str, event: Event) -> list[tuple[str, str]]:
    part = part_of(event)
    return [(_partition(tenant, name, part), event.id) for name in lists_of(event)[1:]]


def _partition(tenant: str, list_name: str, part: str) -> str:
    return f"{tenant}#{list_name}#{part}"


def _list(tenant: str, filters: Filters) -> str:
    return f"{tenant}#{filters.list_name}"


def _fitting(tenant: str, keys: Sequence[str]) -> tuple[tuple[Event, ...], int]:
    """The events of keys as far as they fit into a reply, one at least, and the place of the last key."""
    shown: list[Event] = []
    size, last = 0, -1
    for start in range(0, len(keys), PAGE):
        for event in events.get_many(tenant, keys[start : start + PAGE]):
            size += len(json.dumps(event.data, ensure_ascii=False).encode()) if event is not None else 0
            if size > MAX_PAGE_BYTES and shown:
                return tuple(shown), last
            last += 1
            if event is not None:
                shown.append(event)
    return tuple(shown), last

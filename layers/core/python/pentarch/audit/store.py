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

import heapq
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from pentarch.audit import spans
from pentarch.audit.model import Filters, lists_of, part_of
from pentarch.audit.spans import BEGINNING, END, Ledger, Span, Unit
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform import clients
from pentarch.platform.clock import epoch_ms
from pentarch.platform.counting import Counted, Place, add_once, take_out_once
from pentarch.platform.ids import uuid7_floor, uuid_before
from pentarch.platform.tables import Table, TableName

PAGE = 100
"""What one BatchGetItem reads."""
KEYS_PAGE = 1_000
"""Ids that one query of a long walk reads."""
MAX_PAGE_BYTES = 4 * 1024 * 1024
"""Of the events' facts: Lambda answers with 6 MB at most."""
_DAY = timedelta(days=1)


class AuditItem(Table):
    class Meta:
        table_name = TableName("AUDIT_TABLE")

    partition = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)


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
    low, high = start or BEGINNING, end or END
    ledger, found = _read_ledger(tenant, filters, low, high)
    total = sum(ledger.count(span, filters.parts) for span in found)
    bound, skipped = _floor(high), offset
    if cursor is not None:
        bound = min(bound, cursor)
    elif offset:
        place = _locate(tenant, filters, ledger, found, offset)
        if place is None:
            return Page((), total, None)
        span, skipped = place
        bound = _floor(span.high)
    parts = [part for part in filters.parts if any(ledger.count(span, (part,)) for span in found)]
    places = _partitions(tenant, filters, parts)
    keys = list(islice(_keys(places, _floor(low), bound, limit=skipped + limit + 1), skipped, None))
    shown, last = _fitting(tenant, keys[:limit])
    more = len(keys) > limit or last < len(keys) - 1
    if cursor is None:
        total = max(total, offset + len(shown))  # an event is in its lists a moment before it is counted
    return Page(shown, total, keys[last] if more else None)


def count(tenant: str, filters: Filters, start: datetime | None = None, end: datetime | None = None) -> int:
    """How many events [start, end) has, from the counters; keys are counted only in hours that are cut."""
    ledger, found = _read_ledger(tenant, filters, start or BEGINNING, end or END)
    return sum(ledger.count(span, filters.parts) for span in found)


def walk(tenant: str, filters: Filters, start: datetime | None = None, end: datetime | None = None) -> Iterator[Event]:
    """All events of [start, end), newest first, read lazily."""
    places = _partitions(tenant, filters, filters.parts)
    keys = _keys(places, _floor(start or BEGINNING), _floor(end or END))
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


def _partitions(tenant: str, filters: Filters, parts: Iterable[str]) -> list[str]:
    return [_partition(tenant, filters.list_name, part) for part in parts]


def _read_ledger(tenant: str, filters: Filters, start: datetime, end: datetime) -> tuple[Ledger, list[Span]]:
    """The counters that a range needs, and the range's spans that have events."""
    partition = f"{tenant}#{filters.list_name}"
    last = min(end, END - _DAY)
    months = {
        date.fromisoformat(f"{key.removeprefix('month#')}-01"): row
        for key, row in _rows(partition, spans.month_key(start), spans.month_key(last))
    }
    ledger = Ledger(months)
    _read_days(partition, ledger, spans.edge_days(ledger, filters.parts, start, end))
    found = spans.cut(ledger, filters.parts, start, end)
    for span in found:
        if span.unit == Unit.PIECE:
            hour = spans.hour_of(span.low)
            for part in filters.parts:
                if ledger.count(hour, (part,)):
                    ledger.pieces[span, part] = _count_keys(f"{partition}#{part}", span)
    return ledger, found


def _locate(
    tenant: str, filters: Filters, ledger: Ledger, found: Sequence[Span], offset: int
) -> tuple[Span, int] | None:
    """The hour, or the piece of one, that an offset leads into, and how many events of it are still to be skipped."""
    place = spans.find(ledger, filters.parts, found, offset)
    while place is not None and place[0].unit in (Unit.MONTH, Unit.DAY):
        span, offset = place
        if span.unit == Unit.DAY:
            _read_days(f"{tenant}#{filters.list_name}", ledger, {span.low.date()})
        place = spans.find(ledger, filters.parts, spans.divided(span), offset)
    return place


def _rows(partition: str, low: str, high: str) -> Iterator[tuple[str, dict[str, int]]]:
    request: dict[str, Any] = {
        "TableName": AuditItem.Meta.table_name,
        "KeyConditionExpression": "#partition = :partition AND #key BETWEEN :low AND :high",
        "ExpressionAttributeNames": {"#partition": "partition", "#key": "key"},
        "ExpressionAttributeValues": {":partition": {"S": partition}, ":low": {"S": low}, ":high": {"S": high}},
    }
    while True:
        answer = clients.dynamodb().query(**request)
        for item in answer["Items"]:
            yield item["key"]["S"], {name: int(value["N"]) for name, value in item.items() if "N" in value}
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _read_days(partition: str, ledger: Ledger, days: Iterable[date]) -> None:
    for day in sorted(set(days) - ledger.days.keys()):
        key = spans.day_key(day)
        ledger.days[day] = next((row for _, row in _rows(partition, key, key)), {})


def _count_keys(partition: str, span: Span) -> int:
    low, high = _floor(span.low), uuid_before(_floor(span.high))
    return int(AuditItem.count(partition, AuditItem.key.between(low, high)))


def _keys(partitions: Sequence[str], low: str, bound: str, *, limit: int | None = None) -> Iterator[str]:
    """Up to `limit` ids of [low, bound), newest first, merged from the parts of a list and read lazily."""
    high = uuid_before(bound)
    if high < low:
        return iter(())
    lanes = [
        AuditItem.query(
            partition,
            AuditItem.key.between(low, high),
            scan_index_forward=False,
            limit=limit,
            page_size=limit or KEYS_PAGE,
        )
        for partition in partitions
    ]
    merged = heapq.merge(*((str(item.key) for item in lane) for lane in lanes), reverse=True)
    return islice(merged, limit)


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


def _floor(at: datetime) -> str:
    return uuid7_floor(epoch_ms(at))

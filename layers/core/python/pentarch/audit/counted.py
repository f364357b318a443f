"""Lists that are kept in parts, with the counters of `spans` beside them: any page, and the exact total of any time.

| partition      | key              | item                                           |
|----------------|------------------|------------------------------------------------|
| acme#list#I    | 019a..           | an entry in a part of the list, named by letter |
| acme#list      | month#2026-11    | how many: `I` in the month, `I21` on the 21st   |
| acme#list      | day#2026-11-21   | how many: `I07` in the hour from 7 on           |

Who lists something writes its entry and its counters together; here they are read.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from pentarch.audit import spans
from pentarch.audit.spans import BEGINNING, END, Ledger, Span, Unit
from pentarch.platform import clients
from pentarch.platform.tables import PartitionTable

KEYS_PAGE = 1_000
"""Keys that one query of a long walk reads."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CountedLists:
    """Lists of one kind: where they lie, and how their keys follow time."""

    table: type[PartitionTable]
    floor: Callable[[datetime], str]
    """Below the key of every entry from a moment on, and above all before it."""
    before: Callable[[str], str]
    """The key before one: makes an exclusive bound of an inclusive one."""
    consistent: bool = False
    """Reads see every write that was answered; they cost twice as much."""


class Counts(NamedTuple):
    """A time of a list that was looked up, for its total and for the way to a page."""

    partition: str
    parts: Sequence[str]
    start: datetime
    end: datetime
    ledger: Ledger
    found: list[Span]

    @property
    def total(self) -> int:
        return sum(self.ledger.count(span, self.parts) for span in self.found)


class Keys(NamedTuple):
    keys: list[str]
    """Newest first."""
    more: bool
    """There are further ones."""


def counts(
    lists: CountedLists, partition: str, parts: Sequence[str], start: datetime | None, end: datetime | None
) -> Counts:
    """Read the counters that [start, end) needs; keys are counted only in hours that are cut."""
    low, high = (min(max(at, BEGINNING), END) for at in (start or BEGINNING, end or END))
    if low >= high:
        return Counts(partition, parts, low, high, Ledger({}), [])
    last = min(high, END - _DAY)
    months = {
        date.fromisoformat(f"{key.removeprefix('month#')}-01"): row
        for key, row in _rows(lists, partition, spans.month_key(low), spans.month_key(last))
    }
    ledger = Ledger(months)
    _read_days(lists, partition, ledger, spans.edge_days(ledger, parts, low, high))
    found = spans.cut(ledger, parts, low, high)
    for span in found:
        if span.unit == Unit.PIECE:
            hour = spans.hour_of(span.low)
            for part in parts:
                if ledger.count(hour, (part,)):
                    ledger.pieces[span, part] = _count_keys(lists, f"{partition}#{part}", span)
    return Counts(partition, parts, low, high, ledger, found)


def page(lists: CountedLists, known: Counts, *, limit: int, offset: int = 0, cursor: str | None = None) -> Keys:
    """The keys after a number of them, or after the one that a cursor names."""
    bound, skipped = lists.floor(known.end), offset
    if cursor is not None:
        bound, skipped = min(bound, cursor), 0
    elif offset:
        place = _locate(lists, known, offset)
        if place is None:
            return Keys([], more=False)
        span, skipped = place
        bound = lists.floor(span.high)
    parts = [part for part in known.parts if any(known.ledger.count(span, (part,)) for span in known.found)]
    found = _between(lists, known.partition, parts, lists.floor(known.start), bound, limit=skipped + limit + 1)
    keys = list(islice(found, skipped, None))
    return Keys(keys[:limit], len(keys) > limit)


def walk(
    lists: CountedLists, partition: str, parts: Sequence[str], start: datetime | None, end: datetime | None
) -> Iterator[str]:
    """All keys of [start, end), newest first, read lazily."""
    low, high = lists.floor(start or BEGINNING), lists.floor(end or END)
    return _between(lists, partition, parts, low, high, limit=None)


def _locate(lists: CountedLists, known: Counts, offset: int) -> tuple[Span, int] | None:
    """The hour, or the piece of one, that an offset leads into, and how many entries of it are still to be skipped."""
    place = spans.find(known.ledger, known.parts, known.found, offset)
    while place is not None and place[0].unit in (Unit.MONTH, Unit.DAY):
        span, offset = place
        if span.unit == Unit.DAY:
            _read_days(lists, known.partition, known.ledger, {span.low.date()})
        place = spans.find(known.ledger, known.parts, spans.divided(span), offset)
    return place


def _rows(lists: CountedLists, partition: str, low: str, high: str) -> Iterator[tuple[str, dict[str, int]]]:
    request: dict[str, Any] = {
        "TableName": lists.table.Meta.table_name,
        "KeyConditionExpression": "#partition = :partition AND #key BETWEEN :low AND :high",
        "ExpressionAttributeNames": {"#partition": "partition", "#key": "key"},
        "ExpressionAttributeValues": {":partition": {"S": partition}, ":low": {"S": low}, ":high": {"S": high}},
        "ConsistentRead": lists.consistent,
    }
    while True:
        answer = clients.dynamodb().query(**request)
        for item in answer["Items"]:
            yield item["key"]["S"], {name: int(value["N"]) for name, value in item.items() if "N" in value}
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _read_days(lists: CountedLists, partition: str, ledger: Ledger, days: Iterable[date]) -> None:
    for day in sorted(set(days) - ledger.days.keys()):
        key = spans.day_key(day)
        ledger.days[day] = next((row for _, row in _rows(lists, partition, key, key)), {})


def _count_keys(lists: CountedLists, partition: str, span: Span) -> int:
    between = lists.table.key.between(lists.floor(span.low), lists.before(lists.floor(span.high)))
    return int(lists.table.count(partition, between, consistent_read=lists.consistent))


def _between(
    lists: CountedLists, partition: str, parts: Sequence[str], low: str, bound: str, *, limit: int | None
) -> Iterator[str]:
    """Up to `limit` keys of [low, bound), newest first, merged from the parts of a list and read lazily."""
    high = lists.before(bound)
    if high < low:
        return iter(())
    lanes = [
        lists.table.query(
            f"{partition}#{part}",
            lists.table.key.between(low, high),
            scan_index_forward=False,
            consistent_read=lists.consistent,
            limit=limit,
            page_size=limit or KEYS_PAGE,
        )
        for part in parts
    ]
    merged = heapq.merge(*((str(item.key) for item in lane) for lane in lanes), reverse=True)
    return islice(merged, limit)

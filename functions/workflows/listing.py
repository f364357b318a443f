"""Lists of executions, in parts by state, with the counters of `pentarch.audit.spans`: exact totals of any time.

There is a list of all, and one of each workflow and each agent that was executed. Every change of a state moves the
execution's row in its two lists and their counters in the transaction of the change.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from pynamodb.expressions.operand import Path

from pentarch.audit import spans
from pentarch.audit.spans import BEGINNING, END, Ledger, Span, Unit
from pentarch.platform import clients
from pentarch.platform.clock import from_epoch_ms
from pentarch.platform.ids import uuid7_ms
from pentarch.platform.tables import Transaction
from workflows.ids import EXECUTION_BOUNDS, execution_floor
from workflows.model import Execution, State
from workflows.table import RowItem

ALL = "all"
PARTS: Mapping[State, str] = {
    State.QUEUED: "Q",
    State.RUNNING: "R",
    State.COMPLETED: "C",
    State.FAILED: "F",
    State.CANCELLED: "X",
}
"""The letter of each state's part. Never change once executions are listed: it is part of where a row lies."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Page:
    ids: tuple[str, ...]
    """Newest first."""
    total: int
    """Of the whole range, wherever the page lies."""
    next_cursor: str | None


def move(transaction: Transaction, execution: Execution, before: State | None) -> None:
    """Bring an execution's rows and their counters from one state to its present one."""
    at = from_epoch_ms(uuid7_ms(execution.id.removeprefix("exec-")))
    for name in (ALL, execution.subject_of_lists):
        partition = f"{execution.tenant}#{name}"
        transaction.put(RowItem(f"{partition}#{PARTS[execution.state]}", execution.id))
        changes = {key: dict(amounts) for key, amounts in spans.amounts(at, PARTS[execution.state])}
        if before is not None:
            transaction.delete(RowItem(f"{partition}#{PARTS[before]}", execution.id))
            for key, amounts in spans.amounts(at, PARTS[before]):
                changes[key] |= {counter: -amount for counter, amount in amounts.items()}
        for key, amounts in changes.items():
            transaction.update(RowItem(partition, key), [Path(one).add(amount) for one, amount in amounts.items()])


def page(
    tenant: str,
    name: str,
    state: State | None,
    start: datetime | None,
    end: datetime | None,
    *,
    limit: int,
    offset: int = 0,
    cursor: str | None = None,
) -> Page:
    """The executions of a list that were made in [start, end): after a number of them, or after a cursor's."""
    low, high = (min(max(at, BEGINNING), END) for at in (start or BEGINNING, end or END))
    if low >= high:
        return Page((), 0, None)
    parts = tuple(PARTS.values()) if state is None else (PARTS[state],)
    partition = f"{tenant}#{name}"
    ledger, found = _read_ledger(partition, parts, low, high)
    total = sum(ledger.count(span, parts) for span in found)
    bound, skipped = _floor(high), offset
    if cursor is not None:
        bound, skipped = min(bound, cursor), 0
    elif offset:
        place = _locate(partition, parts, ledger, found, offset)
        if place is None:
            return Page((), total, None)
        span, skipped = place
        bound = _floor(span.high)
    lanes = [f"{partition}#{part}" for part in parts if any(ledger.count(span, (part,)) for span in found)]
    ids = list(islice(_ids(lanes, _floor(low), bound, limit=skipped + limit + 1), skipped, None))
    return Page(tuple(ids[:limit]), total, ids[limit - 1] if len(ids) > limit else None)


def _read_ledger(partition: str, parts: Sequence[str], start: datetime, end: datetime) -> tuple[Ledger, list[Span]]:
    """The counters that a range needs, and the range's spans that have executions."""
    last = min(end, END - _DAY)
    months = {
        date.fromisoformat(f"{key.removeprefix('month#')}-01"): row
        for key, row in _rows(partition, spans.month_key(start), spans.month_key(last))
    }
    ledger = Ledger(months)
    _read_days(partition, ledger, spans.edge_days(ledger, parts, start, end))
    found = spans.cut(ledger, parts, start, end)
    for span in found:
        if span.unit == Unit.PIECE:
            hour = spans.hour_of(span.low)
            for part in parts:
                if ledger.count(hour, (part,)):
                    ledger.pieces[span, part] = _count(f"{partition}#{part}", span)
    return ledger, found


def _locate(
    partition: str, parts: Sequence[str], ledger: Ledger, found: Sequence[Span], offset: int
) -> tuple[Span, int] | None:
    """The hour, or the piece of one, that an offset leads into, and how many of it are still to be skipped."""
    place = spans.find(ledger, parts, found, offset)
    while place is not None and place[0].unit in (Unit.MONTH, Unit.DAY):
        span, offset = place
        if span.unit == Unit.DAY:
            _read_days(partition, ledger, {span.low.date()})
        place = spans.find(ledger, parts, spans.divided(span), offset)
    return place


def _rows(partition: str, low: str, high: str) -> Iterator[tuple[str, dict[str, int]]]:
    request: dict[str, Any] = {
        "TableName": RowItem.Meta.table_name,
        "KeyConditionExpression": "#partition = :partition AND #key BETWEEN :low AND :high",
        "ExpressionAttributeNames": {"#partition": "partition", "#key": "key"},
        "ExpressionAttributeValues": {":partition": {"S": partition}, ":low": {"S": low}, ":high": {"S": high}},
        "ConsistentRead": True,
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


def _count(partition: str, span: Span) -> int:
    between = RowItem.key.between(_floor(span.low), _floor(span.high))
    return int(RowItem.count(partition, between, consistent_read=True))


def _ids(partitions: Sequence[str], low: str, bound: str, *, limit: int) -> Iterator[str]:
    """Up to `limit` ids of [low, bound), newest first, merged from the parts of a list."""
    lanes = [
        RowItem.query(
            partition,
            RowItem.key.between(low, bound),
            scan_index_forward=False,
            consistent_read=True,
            limit=limit + 1,
            page_size=limit + 1,
        )
        for partition in partitions
        if low <= bound
    ]
    merged = heapq.merge(*((str(item.key) for item in lane) for lane in lanes), reverse=True)
    return islice((key for key in merged if key < bound), limit)


def _floor(at: datetime) -> str:
    """Keys are compared as text, and what is before or after all of time is so by its bound."""
    if at <= BEGINNING:
        return EXECUTION_BOUNDS[0]
    return EXECUTION_BOUNDS[1] if at >= END else execution_floor(at)

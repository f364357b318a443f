"""The usage table: day rows, month sums, and the marks of the events that were counted.

Streams deliver an event at least once. Counting is exact all the same, because an event's mark and the sums that it
goes into are written in one transaction, and a mark is written once.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from pentarch.platform.tables import MAX_TRANSACTION_ITEMS, Table, TableName, Transaction, batch_get
from pentarch.usage.model import Consumption, UsageRow

MARK_LIFETIME = timedelta(days=2)
"""Twice as long as a stream keeps a record."""
_SEPARATOR = "\x1f"
"""Cannot be part of a model's name or a subject."""


class UsageItem(Table):
    class Meta:
        table_name = TableName("USAGE_TABLE")

    tenant = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)
    requests = NumberAttribute(default=0)
    cached_requests = NumberAttribute(default=0)
    prompt_tokens = NumberAttribute(default=0)
    completion_tokens = NumberAttribute(default=0)
    cost_nano_usd = NumberAttribute(default=0)
    milliseconds = NumberAttribute(default=0)
    ttl = NumberAttribute(null=True)


def month_key(at: datetime | date) -> str:
    return f"month#{at:%Y-%m}"


def day_key(day: date, model: str, subject: str) -> str:
    return f"day#{day.isoformat()}#{model}{_SEPARATOR}{subject}"


def spent_nano_usd(item: UsageItem | None) -> int:
    return int(item.cost_nano_usd) if item else 0


def rows(tenant: str, first: date, last: date) -> Iterator[UsageRow]:
    """The day rows of [first, last], in order of day, model and subject."""
    low, high = f"day#{first.isoformat()}#", f"day#{last.isoformat()}#\uffff"
    for item in UsageItem.query(tenant, UsageItem.key.between(low, high)):
        _, day, rest = str(item.key).split("#", 2)
        model, _, subject = rest.partition(_SEPARATOR)
        yield UsageRow(date.fromisoformat(day), model, subject, _consumption(item))


def month(tenant: str, at: datetime) -> Consumption:
    [item] = batch_get([(UsageItem, tenant, month_key(at))])
    return _consumption(item) if item else Consumption()


def count_once(tenant: str, counted: Mapping[str, Sequence[tuple[str, Consumption]]], at: datetime) -> None:
    """Add what events consumed, (key, consumption) pairs by event id, each event once however often this is called."""
    pending = dict(counted)
    ttl = int((at + MARK_LIFETIME).timestamp())
    while pending:
        chunk = _first_chunk(pending)
        transaction = Transaction()
        for event_id in chunk:
            mark = UsageItem(tenant, _mark(event_id), ttl=ttl)
            transaction.put(mark, condition=UsageItem.key.does_not_exist(), otherwise=_AlreadyCountedError())
        sums: dict[str, Consumption] = {}
        for additions in chunk.values():
            for key, consumption in additions:
                sums[key] = sums.get(key, Consumption()) + consumption
        for key, total in sums.items():
            transaction.update(UsageItem(tenant, key), _additions(total))
        try:
            transaction.commit()
        except _AlreadyCountedError:
            marks = batch_get([(UsageItem, tenant, _mark(event_id)) for event_id in chunk])
            counted_before = [event_id for event_id, mark in zip(chunk, marks, strict=True) if mark]
        else:
            counted_before = list(chunk)
        for event_id in counted_before:
            del pending[event_id]


class _AlreadyCountedError(Exception):
    """The event's mark is there: this is a redelivery."""


def _mark(event_id: str) -> str:
    return f"mark#{event_id}"


def _first_chunk(
    pending: Mapping[str, Sequence[tuple[str, Consumption]]],
) -> dict[str, Sequence[tuple[str, Consumption]]]:
    """As many events as one transaction takes, were all of their sums different."""
    chunk: dict[str, Sequence[tuple[str, Consumption]]] = {}
    room = MAX_TRANSACTION_ITEMS
    for event_id, additions in pending.items():
        room -= 1 + len(additions)
        if room < 0:
            break
        chunk[event_id] = additions
    return chunk


def _additions(total: Consumption) -> list[Action]:
    return [
        UsageItem.requests.add(total.requests),
        UsageItem.cached_requests.add(total.cached_requests),
        UsageItem.prompt_tokens.add(total.prompt_tokens),
        UsageItem.completion_tokens.add(total.completion_tokens),
        UsageItem.cost_nano_usd.add(total.cost_nano_usd),
        UsageItem.milliseconds.add(total.milliseconds),
    ]


def _consumption(item: UsageItem) -> Consumption:
    return Consumption(
        int(item.requests),
        int(item.cached_requests),
        int(item.prompt_tokens),
        int(item.completion_tokens),
        int(item.cost_nano_usd),
        int(item.milliseconds),
    )

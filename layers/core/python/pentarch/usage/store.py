"""The usage table: day rows, month sums, and the marks of the events that were counted.

Streams deliver an event at least once. Counting is exact all the same, because an event's mark and the sums that it
goes into are written in one transaction, and a mark is written once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import NamedTuple

from pynamodb.attributes import NumberAttribute

from pentarch.platform.counting import Counted, Place, add_once
from pentarch.platform.tables import TableName, TenantTable, batch_get
from pentarch.usage.model import Consumption, UsageRow

MARK_LIFETIME = timedelta(days=2)
"""Twice as long as a stream keeps a record."""
_SEPARATOR = "\x1f"
"""Cannot be part of a model's name or a subject."""


STACK = "@stack"
"""In place of a tenant: sums over all of them, for whoever operates the stack. No tenant has this name."""


class UsageItem(TenantTable):
    class Meta:
        table_name = TableName("USAGE_TABLE")

    requests = NumberAttribute(default=0)
    cached_requests = NumberAttribute(default=0)
    prompt_tokens = NumberAttribute(default=0)
    completion_tokens = NumberAttribute(default=0)
    cost_nano_usd = NumberAttribute(default=0)
    milliseconds = NumberAttribute(default=0)
    ttl = NumberAttribute(null=True)


def month_key(at: datetime | date) -> str:
    return f"month#{at.year:04}-{at.month:02}"


def day_key(day: date, model: str, subject: str) -> str:
    return f"day#{day.isoformat()}#{model}{_SEPARATOR}{subject}"


def specialist_key(specialist_id: str) -> str:
    return f"specialist#{specialist_id}"


def shadow_keys(deployment_id: str) -> tuple[str, str]:
    """What a shadow deployment answered too, and how often it agreed: `requests` of two sums."""
    return f"shadow#{deployment_id}#compared", f"shadow#{deployment_id}#agreed"


class Agreement(NamedTuple):
    compared: int
    agreed: int


def agreement(tenant: str, deployment_id: str) -> Agreement:
    found = batch_get([(UsageItem, tenant, key) for key in shadow_keys(deployment_id)])
    return Agreement(*(int(item.requests) if item else 0 for item in found))


def total(tenant: str, key: str) -> Consumption:
    """One sum by its key."""
    [item] = batch_get([(UsageItem, tenant, key)])
    return _consumption(item) if item else Consumption()


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


def count_once(
    tenant: str,
    counted: Mapping[str, Sequence[tuple[str, Consumption]]],
    at: datetime,
    *,
    totals: Mapping[str, Sequence[tuple[str, Consumption]]] | None = None,
    amounts: Mapping[str, Mapping[str, Mapping[str, int]]] | None = None,
) -> None:
    """Add what events consumed, (key, consumption) pairs by event id, each event once however often this is called.

    `totals`, by event id too, go into the stack's sums in the same transaction, and `amounts` into items whose
    attributes are their own.
    """
    fields = {"ttl": int((at + MARK_LIFETIME).timestamp())}
    of_stack, own = totals or {}, amounts or {}
    add_once(
        {
            event_id: Counted(
                (UsageItem, tenant, f"mark#{event_id}"),
                _sums(tenant, additions)
                | _sums(STACK, of_stack.get(event_id, ()))
                | {(UsageItem, tenant, key): added for key, added in own.get(event_id, {}).items()},
                fields,
            )
            for event_id, additions in counted.items()
        }
    )


def stack_totals(prefix: str) -> dict[str, Consumption]:
    """The stack's sums whose keys begin so, by the rest of their keys."""
    found = UsageItem.query(STACK, UsageItem.key.startswith(prefix))
    return {str(item.key).removeprefix(prefix): _consumption(item) for item in found}


def _sums(tenant: str, additions: Sequence[tuple[str, Consumption]]) -> dict[Place, Mapping[str, int]]:
    return {(UsageItem, tenant, key): asdict(consumption) for key, consumption in additions}


def _consumption(item: UsageItem) -> Consumption:
    return Consumption(
        int(item.requests),
        int(item.cached_requests),
        int(item.prompt_tokens),
        int(item.completion_tokens),
        int(item.cost_nano_usd),
        int(item.milliseconds),
    )

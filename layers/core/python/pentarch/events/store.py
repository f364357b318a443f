"""The event log's table: how a tenant's events are spread over partitions, and read back by time.

A partition holds one tenant's events of one UTC day that fall on one of `LANES` lanes, by a hash of the event's id,
so a busy tenant's writes are spread, while an id alone is enough to find its event. Reading by time merges the lanes
of a day, which costs `LANES` queries a page, however long the trail is.
"""

import heapq
import json
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pynamodb.attributes import ListAttribute, UnicodeAttribute

from pentarch.events.model import Event
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.ids import uuid7_floor, uuid7_ms
from pentarch.platform.jsons import encoded
from pentarch.platform.tables import MAX_TRANSACTION_ITEMS, Table, TableName, Transaction, batch_get

LANES = 4
"""Never changes once events are stored: a lane is part of where an event lies."""
_DAY = timedelta(days=1)


class EventItem(Table):
    class Meta:
        table_name = TableName("EVENTS_TABLE")

    partition = UnicodeAttribute(hash_key=True)
    id = UnicodeAttribute(range_key=True)
    tenant = UnicodeAttribute()
    type = UnicodeAttribute()
    action = UnicodeAttribute()
    actor = UnicodeAttribute()
    resource = UnicodeAttribute()
    agent = UnicodeAttribute(null=True)
    sensitivity = UnicodeAttribute(null=True)
    tags = ListAttribute[str](null=True)
    correlation_id = UnicodeAttribute(null=True)
    data = UnicodeAttribute()


def partition_of(tenant: str, event_id: str) -> str:
    day = from_epoch_ms(uuid7_ms(event_id)).date().isoformat()
    return f"{tenant}#{day}#{zlib.crc32(event_id.encode()) % LANES}"


def record(transaction: Transaction, event: Event) -> None:
    """Add an event to the transaction of the change that it tells of."""
    transaction.put_attributes(EventItem.Meta.table_name, attributes_of(event))


def append(event: Event) -> None:
    """Write an event that tells of no change in a table: of a call that was made, for example."""
    transaction = Transaction()
    record(transaction, event)
    transaction.commit()


def get(tenant: str, event_id: str) -> Event | None:
    """One event by its id; None too for what is no event id."""
    try:
        return _to_event(EventItem.get(partition_of(tenant, event_id), event_id))
    except (EventItem.DoesNotExist, ValueError):
        return None


def get_many(tenant: str, event_ids: Sequence[str], *, consistent: bool = False) -> list[Event | None]:
    """Up to 100 events by their ids in one call, None for each that is not there."""
    items = batch_get(
        [(EventItem, partition_of(tenant, event_id), event_id) for event_id in event_ids], consistent=consistent
    )
    return [_to_event(item) if item else None for item in items]


def remove_pruned(tenant: str, event_ids: Sequence[str]) -> None:
    """Remove events whose time is over: for the trail's retention alone, after it has signed where the trail begins.

    In transactions, because whoever may write in batches may overwrite too, and removing is all that is needed here.
    """
    for start in range(0, len(event_ids), MAX_TRANSACTION_ITEMS):
        transaction = Transaction()
        for event_id in event_ids[start : start + MAX_TRANSACTION_ITEMS]:
            transaction.delete(EventItem(partition_of(tenant, event_id), event_id))
        transaction.commit()


def newest_first(tenant: str, *, start: datetime, end: datetime, page: int = 100) -> Iterator[Event]:
    """The events of [start, end), newest first, read lazily: `page` items a query, `LANES` queries a page."""
    day = end.astimezone(UTC).date()
    while day >= start.astimezone(UTC).date():
        low, high = uuid7_floor(epoch_ms(start)), uuid7_floor(epoch_ms(end))
        lanes = [
            EventItem.query(
                f"{tenant}#{day.isoformat()}#{lane}",
                EventItem.id.between(low, high),
                scan_index_forward=False,
                page_size=page,
            )
            for lane in range(LANES)
        ]
        for item in heapq.merge(*lanes, key=lambda item: item.id, reverse=True):
            if item.id < high:  # BETWEEN includes its upper bound
                yield _to_event(item)
        day -= _DAY


def oldest_first(tenant: str, *, after: str, through: str, page: int = 100) -> Iterator[Event]:
    """The events whose ids lie in (after, through], oldest first, read consistently: what is committed is seen."""
    day, last = from_epoch_ms(uuid7_ms(after)).date(), from_epoch_ms(uuid7_ms(through)).date()
    while day <= last:
        lanes = [
            EventItem.query(
                f"{tenant}#{day.isoformat()}#{lane}",
                EventItem.id.between(after, through),
                consistent_read=True,
                page_size=page,
            )
            for lane in range(LANES)
        ]
        for item in heapq.merge(*lanes, key=lambda item: item.id):
            if item.id > after:  # BETWEEN includes its lower bound
                yield _to_event(item)
        day += _DAY


def from_image(image: dict[str, dict[str, object]]) -> Event:
    """An event from a stream record's new image, in DynamoDB's own JSON."""
    item = EventItem()
    item.deserialize(image)
    return _to_event(item)


def attributes_of(event: Event) -> dict[str, Any]:
    """The item in DynamoDB's own JSON. Every change writes one, and PynamoDB would take ten times as long for it."""
    attributes: dict[str, Any] = {
        "partition": {"S": partition_of(event.tenant, event.id)},
        "id": {"S": event.id},
        "tenant": {"S": event.tenant},
        "type": {"S": event.type},
        "action": {"S": event.action},
        "actor": {"S": event.actor},
        "resource": {"S": event.resource},
        "data": {"S": encoded(event.data).decode()},
    }
    if event.agent is not None:
        attributes["agent"] = {"S": event.agent}
    if event.sensitivity is not None:
        attributes["sensitivity"] = {"S": event.sensitivity}
    if event.tags:
        attributes["tags"] = {"L": [{"S": tag} for tag in event.tags]}
    if event.correlation_id:
        attributes["correlation_id"] = {"S": event.correlation_id}
    return attributes


def _to_event(item: EventItem) -> Event:
    return Event(
        id=item.id,
        tenant=item.tenant,
        type=item.type,
        action=item.action,
        actor=item.actor,
        resource=item.resource,
        agent=item.agent,
        sensitivity=item.sensitivity,
        tags=tuple(item.tags or ()),
        correlation_id=item.correlation_id or "",
        data=json.loads(item.data),
    )

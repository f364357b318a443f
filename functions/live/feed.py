"""The feed: a tenant's live events, each with a number, in one list for all and one for each session."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pynamodb.exceptions import DoesNotExist

from live.errors import MovedError
from live.model import Told
from live.table import (
    HEAD,
    EventRow,
    HeadItem,
    MarkItem,
    SessionItem,
    feed_end,
    feed_partition,
    marks_partition,
    number_key,
    session_end,
    session_partition,
)
from pentarch.events.live import session_of
from pentarch.events.model import Event
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import Transaction, batch_get

MAX_APPENDED = 24
"""Three items an event, one a session and the head: 97 of the 100 that a transaction takes."""
MAX_STANDING = 48
"""Events that one read can tell of: their marks, their sessions and the head."""
MAX_DATA_BYTES = 32 * 1024
"""Of an event's facts: what a WebSocket frame of API Gateway takes. Larger ones are left out."""
PAGE = 100


@dataclass(frozen=True, slots=True)
class Session:
    number: int
    """Of its latest event in the feed."""
    highest: str
    """The highest id among its events in the feed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a tenant's feed has come, as far as some events are concerned."""

    number: int
    numbered: frozenset[str]
    """Those of the events that are in the feed."""
    sessions: Mapping[str, Session]


def head(tenant: str) -> int:
    """The number of the tenant's latest event; 0 when there is none."""
    try:
        return int(HeadItem.get(tenant, HEAD, consistent_read=True).number)
    except DoesNotExist:
        return 0


def standing(tenant: str, ids: Sequence[str], sessions: Iterable[str]) -> Standing:
    names = sorted(set(sessions))
    [top, *found] = batch_get(
        [
            (HeadItem, tenant, HEAD),
            *((MarkItem, marks_partition(tenant), one) for one in ids),
            *((SessionItem, session_partition(tenant, name), HEAD) for name in names),
        ],
        consistent=True,
    )
    marks, heads = found[: len(ids)], found[len(ids) :]
    return Standing(
        int(top.number) if top else 0,
        frozenset(item.key for item in marks if item),
        {name: Session(int(item.number), item.highest) for name, item in zip(names, heads, strict=True) if item},
    )


def append(tenant: str, before: Standing, events: Sequence[Event], at: datetime) -> Standing:
    """Give events the next numbers, in their order; MovedError when the feed is not as it was read."""
    transaction, number, sessions, ttl = Transaction(), before.number, dict(before.sessions), feed_end(at)
    for event in events:
        number += 1
        session = session_of(event.type, event.resource)
        facts: dict[str, Any] = {
            "id": event.id,
            "type": event.type,
            "session": session,
            "numbered_at": epoch_ms(at),
            "data": presented(event),
            "ttl": ttl,
        }
        key = number_key(number)
        transaction.put(EventRow(feed_partition(tenant), key, previous=number - 1, **facts))
        transaction.put(
            MarkItem(marks_partition(tenant), event.id, number=number, ttl=ttl),
            condition=MarkItem.key.does_not_exist(),
            otherwise=MovedError(),
        )
        if session is not None:
            known = sessions.get(session, Session(0, ""))
            transaction.put(EventRow(session_partition(tenant, session), key, previous=known.number, **facts))
            sessions[session] = Session(number, max(known.highest, event.id))
    for name, session_now in sessions.items():
        if session_now != before.sessions.get(name):
            fields: dict[str, Any] = {"number": session_now.number, "highest": session_now.highest}
            fields["ttl"] = session_end(at)
            transaction.put(SessionItem(session_partition(tenant, name), HEAD, **fields))
    unmoved = HeadItem.number == before.number if before.number else HeadItem.number.does_not_exist()
    transaction.update(HeadItem(tenant, HEAD), [HeadItem.number.set(number)], condition=unmoved, otherwise=MovedError())
    transaction.commit()
    return Standing(number, before.numbered | {event.id for event in events}, sessions)


def after(tenant: str, number: int, at: datetime, *, limit: int = PAGE) -> list[Told]:
    """The tenant's next events after a number, as far as they can be seen; see `model.following`."""
    return _read(feed_partition(tenant), number, at, limit)


def of_session(tenant: str, session: str, number: int, at: datetime, *, limit: int = PAGE) -> list[Told]:
    return _read(session_partition(tenant, session), number, at, limit)


def session(tenant: str, name: str) -> Session | None:
    """Where a session stands in the feed, or stood; None when nothing was ever told of it."""
    [found] = batch_get([(SessionItem, session_partition(tenant, name), HEAD)], consistent=True)
    return Session(int(found.number), found.highest) if found else None


def presented(event: Event) -> dict[str, Any]:
    """An event's facts as they are told; `omitted` stands for those that are too large."""
    session = session_of(event.type, event.resource)
    of_session = {} if session is None else {"session_id": session}
    facts = of_session | dict(event.data)
    if len(json.dumps(facts, separators=(",", ":")).encode()) > MAX_DATA_BYTES:
        return of_session | {"omitted": True}
    return facts


def _read(partition: str, number: int, at: datetime, limit: int) -> list[Told]:
    """Rows that have expired are passed over, whether DynamoDB has removed them yet or not."""
    keys = EventRow.key.between(number_key(number + 1), number_key(10**12 - 1))
    kept = EventRow.ttl > int(at.timestamp())
    found = EventRow.query(partition, keys, filter_condition=kept, limit=limit, page_size=PAGE, consistent_read=True)
    return [_to_told(row) for row in found]


def _to_told(row: EventRow) -> Told:
    return Told(
        number=int(row.key),
        previous=int(row.previous),
        id=row.id,
        type=row.type,
        session=row.session,
        data=row.data,
        numbered_at=from_epoch_ms(int(row.numbered_at)),
    )

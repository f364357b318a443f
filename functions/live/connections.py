"""Connections in their table: whose each is, what it wants to hear, and the room it is in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import DoesNotExist, UpdateError

from live import rooms, sending
from live.model import Connection, Subscription
from live.table import AT, ConnectionItem, PointerItem, connection_key, pointer_partition, room_partition
from pentarch.identity.model import Caller
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import Transaction

LIFETIME = timedelta(hours=3)
"""API Gateway ends a connection after two."""


def enter(
    caller: Caller,
    connection_id: str,
    subscriptions: tuple[Subscription, ...] | None,
    number: int,
    at: datetime,
    *,
    resume: int | None = None,
) -> Connection:
    """Put a new connection into a room of its tenant.

    `number`: the tenant's latest. The connection is told what comes after that, or after `resume`.
    """
    item = ConnectionItem(
        key=connection_key(connection_id),
        subject=caller.subject,
        roles=list(caller.roles),
        scopes=list(caller.scopes),
        subscriptions=None if subscriptions is None else [one.as_json() for one in subscriptions],
        connected_at=epoch_ms(at),
        resume=number if resume is None else resume,
        ttl=int((at + LIFETIME).timestamp()),
    )
    for room in rooms.candidates(caller.tenant):
        if _enter(caller.tenant, room, connection_id, item, number):
            return _to_connection(item, caller.tenant, room)
    while True:  # a room that was opened just now is full only if fifty others were faster
        room = rooms.open_room(caller.tenant)
        if _enter(caller.tenant, room, connection_id, item, number):
            return _to_connection(item, caller.tenant, room)


def get(connection_id: str) -> Connection | None:
    try:
        pointer = PointerItem.get(pointer_partition(connection_id), AT, consistent_read=True)
        partition = room_partition(pointer.tenant, pointer.room)
        item = ConnectionItem.get(partition, connection_key(connection_id), consistent_read=True)
    except DoesNotExist:
        return None
    return _to_connection(item, pointer.tenant, pointer.room)


def in_room(tenant: str, room: str) -> list[Connection]:
    found = ConnectionItem.query(
        room_partition(tenant, room), ConnectionItem.key.startswith(connection_key("")), consistent_read=True
    )
    return [_to_connection(item, tenant, room) for item in found]


def leave(connection_id: str) -> None:
    """Forget a connection that ended, if it is known."""
    found = get(connection_id)
    if found is not None:
        rooms.leave(found.tenant, found.room, connection_id)
        forget([found])


def cut_off(tenant: str, subject: str) -> None:
    """Close every connection that a credential's owner has; whoever still may can come back."""
    for room in rooms.of_tenant(tenant):
        ended = [one for one in in_room(tenant, room) if one.subject == subject]
        sending.close_each([one.id for one in ended])
        for one in ended:
            rooms.leave(tenant, room, one.id)
        forget(ended)


def forget(gone: Sequence[Connection]) -> None:
    """Remove connections' own items; the head of their room is the caller's to change."""
    with ConnectionItem.batch_write() as batch:
        for one in gone:
            batch.delete(ConnectionItem(room_partition(one.tenant, one.room), connection_key(one.id)))
            batch.delete(ConnectionItem(pointer_partition(one.id), AT))


def subscribe(connection: Connection, subscriptions: tuple[Subscription, ...]) -> bool:
    """Say what a connection wants to hear from now on; False when it is gone."""
    return _change(connection, [ConnectionItem.subscriptions.set([one.as_json() for one in subscriptions])])


def ask_to_resume(connection: Connection, number: int) -> bool:
    """Have a connection told again what came after a number, by whoever tells its room next."""
    return _change(connection, [ConnectionItem.resume.set(number)])


def take_resume(connection: Connection) -> bool:
    """Take a connection's wish to be told again upon oneself; False when it is another by now."""
    return _change(connection, [ConnectionItem.resume.remove()], ConnectionItem.resume == connection.resume)


def _enter(tenant: str, room: str, connection_id: str, item: ConnectionItem, number: int) -> bool:
    item.partition = room_partition(tenant, room)
    transaction = Transaction()
    transaction.put(item)  # before it joins: what is in a room and has no item is gone
    transaction.put(PointerItem(pointer_partition(connection_id), AT, tenant=tenant, room=room, ttl=item.ttl))
    transaction.commit()
    if rooms.join(tenant, room, connection_id, number):
        return True
    item.delete()
    return False


def _change(connection: Connection, actions: list[Any], condition: Any = None) -> bool:  # noqa: ANN401 (PynamoDB's)
    item = ConnectionItem(room_partition(connection.tenant, connection.room), connection_key(connection.id))
    there = ConnectionItem.connected_at.exists()
    try:
        item.update(actions=actions, condition=there if condition is None else there & condition)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _to_connection(item: ConnectionItem, tenant: str, room: str) -> Connection:
    chosen = item.subscriptions
    return Connection(
        id=item.key.partition("#")[2],
        tenant=tenant,
        room=room,
        subject=item.subject,
        roles=tuple(item.roles),
        scopes=tuple(item.scopes),
        subscriptions=None
        if chosen is None
        else tuple(Subscription(tuple(one["sessions"]), tuple(one["types"])) for one in chosen),
        connected_at=from_epoch_ms(int(item.connected_at)),
        resume=None if item.resume is None else int(item.resume),
    )

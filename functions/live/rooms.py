"""Rooms: up to `ROOM_SIZE` connections of a tenant that one worker tells at a time.

A room's head says how far each of its connections was told, so a worker takes the room, tells all, and writes how far
it came with two writes, however many listen. Room and head are opened once and closed once, empty; a closed room is
never joined again, so nobody can join one that no worker knows of any more.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import DoesNotExist

from live.table import HEAD, ROOMS, RoomsItem, room_partition
from pentarch.platform import clients
from pentarch.platform.clock import epoch_ms
from pentarch.platform.ids import uuid7

ROOM_SIZE = 50
_OTHERS_TRIED = 2
_CLOSED_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lease:
    """A room that a worker has for itself."""

    tenant: str
    room: str
    holder: str
    sent: Mapping[str, int]
    """The number that each connection in the room was told last."""
    wanted: int
    """How often somebody asked for the room to be told while another worker had it."""
    broken: bool
    """Whether the worker before ended without a word: what it sent since is not known."""


class BusyError(Exception):
    """Another worker has the room, and now knows that there is more to tell."""


def of_tenant(tenant: str) -> list[str]:
    try:
        return sorted(RoomsItem.get(tenant, ROOMS, consistent_read=True).rooms or ())
    except DoesNotExist:
        return []


def candidates(tenant: str) -> list[str]:
    """Rooms to try for a connection: the newest, which has most likely a place, and some of the others."""
    rooms = of_tenant(tenant)
    others = rooms[:-1]
    return rooms[-1:] + random.sample(others, min(_OTHERS_TRIED, len(others)))


def open_room(tenant: str) -> str:
    """A new room, which workers know of before anybody is in it."""
    room = uuid7()
    RoomsItem(tenant, ROOMS).update(actions=[RoomsItem.rooms.add({room})])
    clients.dynamodb().put_item(
        TableName=_table(), Item={**_key(tenant, room), "sent": {"M": {}}, "wanted": {"N": "0"}}
    )
    return room


def join(tenant: str, room: str, connection_id: str, number: int) -> bool:
    """Put a connection that was told everything up to a number into a room; False when there is no place."""
    client = clients.dynamodb()
    try:
        client.update_item(
            TableName=_table(),
            Key=_key(tenant, room),
            UpdateExpression="SET #sent.#id = :number",
            ConditionExpression="attribute_exists(#sent) AND attribute_not_exists(#closed) AND size(#sent) < :size",
            ExpressionAttributeNames={"#sent": "sent", "#closed": "closed", "#id": connection_id},
            ExpressionAttributeValues={":number": {"N": str(number)}, ":size": {"N": str(ROOM_SIZE)}},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def leave(tenant: str, room: str, connection_id: str) -> None:
    client = clients.dynamodb()
    try:
        client.update_item(
            TableName=_table(),
            Key=_key(tenant, room),
            UpdateExpression="REMOVE #sent.#id",
            ConditionExpression="attribute_exists(#sent.#id)",
            ExpressionAttributeNames={"#sent": "sent", "#id": connection_id},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return


def take(tenant: str, room: str, holder: str, at: datetime, until: datetime) -> Lease | None:
    """Have a room for oneself; None when there is no such room, BusyError when another worker has it."""
    client = clients.dynamodb()
    while True:
        try:
            answer = client.update_item(
                TableName=_table(),
                Key=_key(tenant, room),
                UpdateExpression="SET #lease = :holder, #until = :until",
                ConditionExpression="attribute_exists(#sent) AND attribute_not_exists(#closed)"
                " AND (attribute_not_exists(#lease) OR #until < :now OR #lease = :holder)",
                ExpressionAttributeNames={"#sent": "sent", "#closed": "closed", "#lease": "lease", "#until": "until"},
                ExpressionAttributeValues={
                    ":holder": {"S": holder},
                    ":until": {"N": str(epoch_ms(until))},
                    ":now": {"N": str(epoch_ms(at))},
                },
                ReturnValues="ALL_OLD",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except client.exceptions.ConditionalCheckFailedException as error:
            item: Mapping[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]
            if "lease" not in item or "closed" in item:
                return None
            if _want(tenant, room, item["lease"]["S"]):
                raise BusyError from error
            continue  # it was given back just now
        old = answer["Attributes"]
        return Lease(
            tenant,
            room,
            holder,
            _numbers(old),
            int(old["wanted"]["N"]),
            broken="lease" in old and old["lease"]["S"] != holder,
        )


def give_back(
    lease: Lease, sent: Mapping[str, int], gone: Iterable[str], at: datetime, *, close: bool = False
) -> Lease | None:
    """End a lease: note how far connections were told and who is gone, and close the room if it is to be.

    The lease as it goes on, when there is more to tell or somebody has joined a room that was to be closed; else None.
    """
    names = {"#sent": "sent", "#lease": "lease", "#until": "until", "#wanted": "wanted"}
    values: dict[str, Any] = {":holder": {"S": lease.holder}, ":wanted": {"N": str(lease.wanted)}}
    sets, removes = [], ["#lease", "#until"]
    for place, (name, number) in enumerate(sorted(sent.items())):
        names[f"#s{place}"] = name
        values[f":s{place}"] = {"N": str(number)}
        sets.append(f"#sent.#s{place} = :s{place}")
    for place, name in enumerate(sorted(gone)):
        names[f"#g{place}"] = name
        removes.append(f"#sent.#g{place}")
    condition = "#lease = :holder AND #wanted = :wanted"
    if close:
        names |= {"#closed": "closed", "#ttl": "ttl"}
        values |= {":closed": {"BOOL": True}, ":none": {"N": "0"}}
        values[":ttl"] = {"N": str(int((at + _CLOSED_FOR).timestamp()))}
        sets += ["#closed = :closed", "#ttl = :ttl"]
        condition += " AND size(#sent) = :none"
    client = clients.dynamodb()
    try:
        client.update_item(
            TableName=_table(),
            Key=_key(lease.tenant, lease.room),
            UpdateExpression=(f"SET {', '.join(sets)} " if sets else "") + f"REMOVE {', '.join(removes)}",
            ConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except client.exceptions.ConditionalCheckFailedException as error:
        item: Mapping[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]
        if item.get("lease", {}).get("S") != lease.holder:
            return None
        return replace(lease, sent=_numbers(item), wanted=int(item["wanted"]["N"]), broken=False)
    if close:
        RoomsItem(lease.tenant, ROOMS).update(actions=[RoomsItem.rooms.delete({lease.room})])
    return None


def _want(tenant: str, room: str, holder: str) -> bool:
    """Tell a room's holder that there is more; False when it has the room no more."""
    client = clients.dynamodb()
    try:
        client.update_item(
            TableName=_table(),
            Key=_key(tenant, room),
            UpdateExpression="ADD #wanted :one",
            ConditionExpression="#lease = :holder",
            ExpressionAttributeNames={"#wanted": "wanted", "#lease": "lease"},
            ExpressionAttributeValues={":one": {"N": "1"}, ":holder": {"S": holder}},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def _numbers(item: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(number["N"]) for name, number in item["sent"]["M"].items()}


def _table() -> str:
    return str(RoomsItem.Meta.table_name)


def _key(tenant: str, room: str) -> dict[str, Any]:
    return {"partition": {"S": room_partition(tenant, room)}, "key": {"S": HEAD}}

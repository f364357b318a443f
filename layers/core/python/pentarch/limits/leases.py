"""Leased slots: at most so many holders at once, and a holder that dies frees its slot when its lease ends.

A pool is one item: a map of its holders, each with the end of its lease. Taking, renewing and freeing a slot is one
conditional write; a pool that is full costs a second one only when leases in it have ended. A lease that has ended is
its holder's until somebody else needs the slot. How many slots there are is told with each `acquire`, so a tenant that
books more has them at once, and one that books fewer keeps those that it holds until they are freed.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pynamodb.expressions.operand import Path

from pentarch.limits.errors import NoFreeSlotError, SlotLostError
from pentarch.limits.store import LimitItem
from pentarch.platform import clients
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.errors import UnavailableError
from pentarch.platform.tables import Transaction

MAX_SLOTS = 1000
"""Of one pool: its item then has about 60 KB, of the 400 that DynamoDB allows."""
_ATTEMPTS = 10
_CLEARED_AT_ONCE = 50
"""Ended leases that one write clears: an expression has at most 300 operators."""


class Lease(NamedTuple):
    holder: str
    until: datetime


def acquire(key: str, pool: str, holder: str, *, at_most: int, lease_s: float, at: datetime) -> Lease:
    """Take one of a pool's slots until the lease ends; a holder that has one keeps it, for so long anew.

    `key` is what the slots belong to and begins with its tenant: the tenant itself, or `tenant#key:...`. Raises
    NoFreeSlotError when `at_most` holders have one.
    """
    if at_most > MAX_SLOTS:
        msg = f"a pool has at most {MAX_SLOTS} slots"
        raise ValueError(msg)
    until = at + timedelta(seconds=lease_s)
    for _ in range(_ATTEMPTS):
        refused = _write(
            key,
            pool,
            "SET slots.#h = :until",
            "attribute_exists(slots.#h) OR (attribute_exists(slots) AND size(slots) < :most)",
            names={"#h": holder},
            values={":until": epoch_ms(until), ":most": at_most},
        )
        if refused is None:
            return Lease(holder, until)
        if "slots" not in refused:
            _make_pool(key, pool)
        elif _clear(key, pool, refused, at_most, at) == 0:
            raise NoFreeSlotError(at_most, _seconds_to_first_end(refused, at))
    msg = "others take and free the same slots; try again"
    raise UnavailableError(msg, retry_after=1)


def renew(key: str, pool: str, holder: str, *, lease_s: float, at: datetime) -> Lease:
    """Let a lease end later; SlotLostError when its slot was given away or freed."""
    until = at + timedelta(seconds=lease_s)
    names, values = {"#h": holder}, {":until": epoch_ms(until)}
    refused = _write(
        key, pool, "SET slots.#h = :until", "attribute_exists(slots.#h)", names=names, values=values, tell=False
    )
    if refused is not None:
        raise SlotLostError
    return Lease(holder, until)


def release(key: str, pool: str, holder: str) -> None:
    """Free a holder's slot; to free it again changes nothing."""
    _write(key, pool, "REMOVE slots.#h", "attribute_exists(slots.#h)", names={"#h": holder}, tell=False)


def release_with(transaction: Transaction, key: str, pool: str, holder: str) -> None:
    """Free a slot of a pool that was acquired from before, in the transaction of what ends its use."""
    transaction.update(LimitItem(key, _place(pool)), [Path(["slots", holder]).remove()])


def held(key: str, pool: str, at: datetime) -> tuple[Lease, ...]:
    """Who has a slot now, the first to end first."""
    found = clients.dynamodb().get_item(TableName=LimitItem.Meta.table_name, Key=_key(key, pool), ConsistentRead=True)
    ends = sorted((end, name) for name, end in _ends(found.get("Item", {})).items())
    return tuple(Lease(name, from_epoch_ms(end)) for end, name in ends if end > epoch_ms(at))


def _make_pool(key: str, pool: str) -> None:
    """An empty one, unless another has made it meanwhile."""
    _write(key, pool, "SET slots = :none", "attribute_not_exists(slots)", values={":none": {}}, tell=False)


def _clear(key: str, pool: str, seen: dict[str, Any], at_most: int, at: datetime) -> int:
    """Take out leases that have ended; how many were found, whether or not another was faster."""
    ends = _ends(seen)
    ended = [name for name, end in ends.items() if end <= epoch_ms(at)]
    if len(ends) - len(ended) >= at_most:
        return 0
    cleared = ended[:_CLEARED_AT_ONCE]
    names = {f"#h{number}": name for number, name in enumerate(cleared)}
    values = {f":e{number}": ends[name] for number, name in enumerate(cleared)}
    removal = "REMOVE " + ", ".join(f"slots.{placeholder}" for placeholder in names)
    # A lease that was renewed meanwhile is not taken away.
    unchanged = " AND ".join(f"slots.#h{number} = :e{number}" for number in range(len(cleared)))
    _write(key, pool, removal, unchanged, names=names, values=values, tell=False)
    return len(cleared)


def _write(
    key: str,
    pool: str,
    update: str,
    condition: str,
    *,
    names: dict[str, str] | None = None,
    values: dict[str, Any] | None = None,
    tell: bool = True,
) -> dict[str, Any] | None:
    """One conditional write: None when it was made, else the item as it was found (empty unless `tell`)."""
    client = clients.dynamodb()
    given: dict[str, Any] = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if tell else {}
    if names:
        given["ExpressionAttributeNames"] = names
    if values:
        given["ExpressionAttributeValues"] = {
            name: {"M": value} if isinstance(value, dict) else {"N": str(value)} for name, value in values.items()
        }
    try:
        client.update_item(
            TableName=LimitItem.Meta.table_name,
            Key=_key(key, pool),
            UpdateExpression=update,
            ConditionExpression=condition,
            **given,
        )
    except client.exceptions.ConditionalCheckFailedException as error:
        found: dict[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]
        return found
    return None


def _seconds_to_first_end(seen: dict[str, Any], at: datetime) -> int:
    first = min(_ends(seen).values(), default=epoch_ms(at))
    return max(1, -(-(first - epoch_ms(at)) // 1000))


def _ends(item: dict[str, Any]) -> dict[str, int]:
    return {name: int(end["N"]) for name, end in item.get("slots", {}).get("M", {}).items()}


def _key(key: str, pool: str) -> dict[str, Any]:
    return {"tenant": {"S": key}, "window": {"S": _place(pool)}}


def _place(pool: str) -> str:
    """Beside the counters of requests, whose keys are digits."""
    return f"slots#{pool}"

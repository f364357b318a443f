"""The due list: what to look at, and when; one partition in order of time, so nothing is ever searched for.

An entry is moved to its next time before the look, by a conditional write: of two runs at once one looks, and a run
that dies delays a look and loses none. An entry whose id its service no longer has is of a former life, and dropped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import Transaction
from pentarch.services.table import DUE, DueItem

_DIGITS = 13
"""Of Unix milliseconds until the year 2286, so that text sorts as time does."""


class Kind(StrEnum):
    PROBE = "probe"
    HEARTBEAT = "heartbeat"


class ClaimedError(Exception):
    """Another run has it."""


@dataclass(frozen=True, slots=True)
class Due:
    id: str
    at: datetime
    tenant: str
    service_id: str
    kind: Kind

    def item(self) -> DueItem:
        return DueItem(DUE, _key(self), owner=self.tenant, service_id=self.service_id, kind=self.kind)


def add(transaction: Transaction, one: Due) -> None:
    transaction.put(one.item())


def until(at: datetime, page_size: int) -> Iterator[Due]:
    """What is due at an instant, the longest due first, read lazily."""
    bound = f"{epoch_ms(at) + 1:0{_DIGITS}}"
    for item in DueItem.query(DUE, DueItem.key < bound, page_size=page_size, consistent_read=True):
        yield _from_item(item)


def move(one: Due, at: datetime) -> None:
    """Raises ClaimedError if it lies there no more."""
    transaction = Transaction()
    transaction.delete(one.item(), condition=DueItem.key.exists(), otherwise=ClaimedError())
    add(transaction, replace(one, at=at))
    transaction.commit()


def drop(one: Due) -> None:
    one.item().delete()


def _key(one: Due) -> str:
    return f"{epoch_ms(one.at):0{_DIGITS}}#{one.id}"


def _from_item(item: DueItem) -> Due:
    ms, _, identifier = str(item.key).partition("#")
    return Due(identifier, from_epoch_ms(int(ms)), item.owner, item.service_id, Kind(item.kind))

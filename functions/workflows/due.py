"""When the sweep looks at each execution next: one partition in order of time, so nothing is ever searched for."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from pentarch.platform.clock import epoch_ms
from pentarch.platform.tables import Transaction
from workflows.model import Execution
from workflows.table import DUE, RowItem

_DIGITS = 13
"""Of Unix milliseconds until the year 2286, so that text sorts as time does."""


class Due(NamedTuple):
    key: str
    tenant: str
    execution_id: str

    def drop(self) -> None:
        RowItem(DUE, self.key).delete()


def add(transaction: Transaction, execution: Execution) -> None:
    transaction.put(RowItem(DUE, key_of(execution)))


def remove(transaction: Transaction, execution: Execution) -> None:
    transaction.delete(RowItem(DUE, key_of(execution)))


def until(at: datetime, page_size: int) -> Iterator[Due]:
    """What is due at an instant, the longest due first, read lazily."""
    bound = f"{epoch_ms(at) + 1:0{_DIGITS}}"
    for item in RowItem.query(DUE, RowItem.key < bound, page_size=page_size, consistent_read=True):
        _, tenant, execution_id = str(item.key).split("#", 2)
        yield Due(str(item.key), tenant, execution_id)


def key_of(execution: Execution) -> str:
    """The key of its entry."""
    return f"{epoch_ms(execution.watch_at):0{_DIGITS}}#{execution.tenant}#{execution.id}"

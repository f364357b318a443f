"""Lists of executions, in parts by state, with the counters of `pentarch.audit.spans`: exact totals of any time.

There is a list of all, and one of each workflow and each agent that was executed. Every change of a state moves the
execution's row in its two lists and their counters in the transaction of the change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pynamodb.expressions.operand import Path

from pentarch.audit import counted, spans
from pentarch.audit.counted import CountedLists
from pentarch.platform.clock import from_epoch_ms
from pentarch.platform.ids import uuid7_ms
from pentarch.platform.tables import Transaction
from workflows.ids import execution_before, execution_floor
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
LISTS = CountedLists(RowItem, floor=execution_floor, before=execution_before, consistent=True)


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
    parts = tuple(PARTS.values()) if state is None else (PARTS[state],)
    known = counted.counts(LISTS, f"{tenant}#{name}", parts, start, end)
    ids, more = counted.page(LISTS, known, limit=limit, offset=offset, cursor=cursor)
    return Page(tuple(ids), known.total, ids[-1] if more else None)

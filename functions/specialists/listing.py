"""Lists whose totals are exact: a row on each shelf, and counters, in the transaction of the change."""

from collections.abc import Iterable
from dataclasses import dataclass

from pynamodb.expressions.operand import Path

from pentarch.platform.tables import Transaction, batch_get
from specialists.table import ALL, ListRow, TotalsItem, list_key, totals_key

_FIRST = "0"
_LAST = "g"
"""Bounds of every id, which is a UUID."""


@dataclass(frozen=True, slots=True)
class Ids:
    """Newest first."""

    ids: tuple[str, ...]
    total: int


def shelve(
    transaction: Transaction,
    tenant: str,
    shelves: Iterable[str],
    identifier: str,
    *,
    before: str | None,
    after: str | None,
) -> None:
    """Bring lists and counters from one state to another; None: it is not there."""
    for shelf in shelves:
        counts: dict[str, int] = {}
        for state, amount in ((before, -1), (after, 1)):
            if state is None:
                continue
            for listed in {ALL, state}:
                counts[listed] = counts.get(listed, 0) + amount
        for listed, amount in counts.items():
            if amount < 0:
                transaction.delete(ListRow(tenant, list_key(shelf, listed, identifier)))
            elif amount > 0:
                transaction.put(ListRow(tenant, list_key(shelf, listed, identifier)))
        changes = [Path(listed).add(amount) for listed, amount in sorted(counts.items()) if amount]
        if changes:
            transaction.update(TotalsItem(tenant, totals_key(shelf)), changes)


def page(tenant: str, shelf: str, state: str | None, *, limit: int, offset: int) -> Ids:
    """One query over keys for the page and all before it, one read for the total."""
    listed = state or ALL
    rows = ListRow.query(
        tenant,
        ListRow.key.between(list_key(shelf, listed, _FIRST), list_key(shelf, listed, _LAST)),
        scan_index_forward=False,
        consistent_read=True,
        limit=offset + limit,
    )
    ids = [str(row.key).rpartition("#")[2] for row in rows][offset:] if limit else []
    [totals] = batch_get([(TotalsItem, tenant, totals_key(shelf))], consistent=True)
    return Ids(tuple(ids), int(getattr(totals, listed)) if totals else 0)

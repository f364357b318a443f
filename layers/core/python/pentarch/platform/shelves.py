"""Lists that are filtered, sorted and paged: the Meta-Agents lists of agents and workflows.

For each filter, and each combination of filters, there is a shelf; on each shelf a thing has one row for each order in
which it can be listed, and a counter tells how many things there are. All of it changes in the transaction of the
thing. Rows hold nothing but their keys, so a page costs itself and the keys before it, and with a cursor itself alone.

A search reads the names and descriptions of all things of a tenant; what keeps that bounded is `most`.

| key                              | item                                                              |
|----------------------------------|-------------------------------------------------------------------|
| list#shelf#order#value, tab, id  | a place on a shelf, in one order                                  |
| totals#shelf                     | how many there are on a shelf                                     |
| text#id                          | what searches read, and what they filter and sort by              |
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import combinations, islice
from typing import Any, NamedTuple

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from pentarch.platform.clock import epoch_ms
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.tables import Table, TableName, TenantTable, Transaction, batch_get

_NAME_BYTES = 400
"""Of a name in a key, which has 1024 bytes at most; names that begin alike so far are in the order of their ids."""
_TAB = "\t"
"""Sorts before everything that a name may hold, and parts the value from the id."""
_END = "\U0010ffff"
"""Sorts after everything."""


class Order(StrEnum):
    NAME = "name"
    CREATED = "created_at"
    UPDATED = "updated_at"


@dataclass(frozen=True, slots=True)
class Entry:
    """What lists know of a thing. Facets are what they filter by; their values hold no `#`, `&` or `=`."""

    id: str
    name: str
    description: str
    facets: Mapping[str, str]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What a list is asked; a cursor takes the place of the offset."""

    facets: Mapping[str, str] = field(default_factory=dict)
    order: Order = Order.CREATED
    descending: bool = True
    search: str = ""
    limit: int = 20
    offset: int = 0
    cursor: str | None = None


class Ids(NamedTuple):
    ids: tuple[str, ...]
    total: int
    next_cursor: str | None


class _Models(NamedTuple):
    row: type[Table]
    totals: Any
    text: Any


@dataclass(frozen=True)
class Shelves:
    """The lists in one table, whose keys are `tenant` and `key`."""

    variable: str
    """The environment variable that names the table."""
    most: int
    """Things that a tenant may have."""

    def move(
        self, transaction: Transaction, tenant: str, before: Entry | None, after: Entry | None, *, full: Exception
    ) -> None:
        """Bring the lists from one state to another (None: it is not there); `commit` raises `full` beyond `most`."""
        models = self._models
        there, wanted = set(_rows(before)), set(_rows(after))
        for key in sorted(there - wanted):
            transaction.delete(models.row(tenant, key))
        for key in sorted(wanted - there):
            transaction.put(models.row(tenant, key))
        left, joined = set(_shelves(before)), set(_shelves(after))
        for shelf in sorted(left ^ joined):
            amount = 1 if shelf in joined else -1
            count = models.totals.n
            room = (count.does_not_exist() | (count < self.most)) if shelf == "" and amount > 0 else None
            totals = models.totals(tenant, _totals_key(shelf))
            transaction.update(totals, [count.add(amount)], condition=room, otherwise=full)
        if after is not None:
            transaction.put(self._text(tenant, after))
        elif before is not None:
            transaction.delete(models.text(tenant, _text_key(before.id)))

    def page(self, tenant: str, asked: Question) -> Ids:
        """One read for the total, one query for the page; a search queries what there is to search, a megabyte each."""
        if asked.search.strip():
            return self._found(tenant, asked)
        shelf = _shelf(asked.facets)
        [totals] = batch_get([(self._models.totals, tenant, _totals_key(shelf))], consistent=True)
        total = int(totals.n) if totals else 0
        offset = 0 if asked.cursor else asked.offset
        if offset >= total:
            return Ids((), total, None)
        prefix = f"list#{shelf}#{asked.order}#"
        low, high = prefix, f"{prefix}{_END}"
        if asked.cursor:
            after = f"{prefix}{_read_cursor(asked)}"
            low, high = (low, after) if asked.descending else (after, high)
        rows = self._models.row.query(
            tenant,
            self._models.row.key.between(low, high),  # type: ignore[attr-defined]
            scan_index_forward=not asked.descending,
            consistent_read=True,
            limit=offset + asked.limit + 2,  # one more tells whether there is a next page, one is the cursor's own
        )
        keys = (str(row.key).removeprefix(prefix) for row in rows)  # type: ignore[attr-defined]
        return _paged(keys, total, offset, asked)

    def _found(self, tenant: str, asked: Question) -> Ids:
        models = self._models
        word = asked.search.strip().casefold()
        items = models.text.query(tenant, models.text.key.startswith(_text_key("")), consistent_read=True)
        found = [
            _sort_key(asked.order, item.name, int(item.created_at), int(item.updated_at), item.key.partition("#")[2])
            for item in items
            if (word in item.name.casefold() or word in item.description.casefold())
            and all(item.facets.get(name) == value for name, value in asked.facets.items())
        ]
        found.sort(reverse=asked.descending)
        total, offset = len(found), 0 if asked.cursor else asked.offset
        if asked.cursor:
            after = _read_cursor(asked)
            found = [key for key in found if (key < after if asked.descending else key > after)]
        return _paged(iter(found), total, offset, asked)

    def _text(self, tenant: str, entry: Entry) -> Table:
        text: Table = self._models.text(
            tenant,
            _text_key(entry.id),
            name=entry.name,
            description=entry.description,
            facets=dict(entry.facets),
            created_at=epoch_ms(entry.created_at),
            updated_at=epoch_ms(entry.updated_at),
        )
        return text

    @cached_property
    def _models(self) -> _Models:
        variable = self.variable

        class Item(TenantTable):
            class Meta:
                table_name = TableName(variable)

        class Row(Item):
            class Meta(Item.Meta):
                pass

        class Totals(Item):
            class Meta(Item.Meta):
                pass

            n = NumberAttribute(default=0)

        class Text(Item):
            class Meta(Item.Meta):
                pass

            name = UnicodeAttribute()
            description = UnicodeAttribute()
            facets = JSONAttribute()
            created_at = NumberAttribute()
            updated_at = NumberAttribute()

        return _Models(Row, Totals, Text)


def _paged(keys: Iterator[str], total: int, offset: int, asked: Question) -> Ids:
    """The page that begins after so many keys; the cursor's own row is no part of it."""
    last = _read_cursor(asked) if asked.cursor else None
    rest = islice((key for key in keys if key != last), offset, offset + asked.limit + 1)
    found = list(rest)
    page = found[: asked.limit]
    more = len(found) > asked.limit
    return Ids(tuple(key.rpartition(_TAB)[2] for key in page), total, _cursor(page[-1]) if more and page else None)


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _read_cursor(asked: Question) -> str:
    text = asked.cursor or ""
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        key = ""
    if not key.partition(_TAB)[2] or len(key) > 2 * _NAME_BYTES:
        msg = "cursor is the next cursor of an earlier page"
        raise InvalidInputError(msg, field="cursor")
    return key


def _rows(entry: Entry | None) -> Iterator[str]:
    if entry is None:
        return
    created, updated = epoch_ms(entry.created_at), epoch_ms(entry.updated_at)
    for shelf in _shelves(entry):
        for order in Order:
            yield f"list#{shelf}#{order}#{_sort_key(order, entry.name, created, updated, entry.id)}"


def _sort_key(order: Order, name: str, created_ms: int, updated_ms: int, identifier: str) -> str:
    match order:
        case Order.NAME:
            value = name.casefold().encode()[:_NAME_BYTES].decode(errors="ignore")
        case Order.CREATED:
            value = f"{created_ms:015}"
        case Order.UPDATED:
            value = f"{updated_ms:015}"
    return f"{value}{_TAB}{identifier}"


def _shelves(entry: Entry | None) -> Iterator[str]:
    """One for every combination of the entry's facets; the empty one holds everything."""
    if entry is None:
        return
    names: Sequence[str] = sorted(entry.facets)
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            yield _shelf({name: entry.facets[name] for name in chosen})


def _shelf(facets: Mapping[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in sorted(facets.items()))


def _totals_key(shelf: str) -> str:
    return f"totals#{shelf}"


def _text_key(identifier: str) -> str:
    return f"text#{identifier}"

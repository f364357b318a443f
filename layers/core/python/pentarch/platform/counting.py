"""Sums that take each thing in once, however often they are told of it.

A thing's mark and the sums that it goes into are written in one transaction, and a mark is written once. Taking a thing
out again is the same the other way round.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pynamodb.expressions.operand import Path

from pentarch.platform.tables import MAX_TRANSACTION_ITEMS, Table, Transaction, batch_get, key_names

Place = tuple[type[Table], str, str]
"""A model, and the hash and range key of an item."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing: where its mark lies, and what it adds to which items' attributes."""

    mark: Place
    sums: Mapping[Place, Mapping[str, int]]
    fields: Mapping[str, Any] = field(default_factory=dict)
    """What the mark's item holds beside its key."""


def add_once(counted: Mapping[str, Counted]) -> None:
    """Add what is not in the sums yet; the things' names are the caller's."""

    def put_mark(transaction: Transaction, one: Counted) -> None:
        model, hash_key, range_key = one.mark
        absent = _range_key(model).does_not_exist()
        transaction.put(model(hash_key, range_key, **one.fields), condition=absent, otherwise=_DoneBeforeError())

    _once(counted, put_mark, sign=1, done_if_marked=True)


def take_out_once(counted: Mapping[str, Counted]) -> None:
    """Subtract what is in the sums, and remove the marks."""

    def delete_mark(transaction: Transaction, one: Counted) -> None:
        model, hash_key, range_key = one.mark
        there = _range_key(model).exists()
        transaction.delete(model(hash_key, range_key), condition=there, otherwise=_DoneBeforeError())

    _once(counted, delete_mark, sign=-1, done_if_marked=False)


class _DoneBeforeError(Exception):
    """A mark is there already, or gone already: this is a repetition."""


def _once(
    counted: Mapping[str, Counted],
    write_mark: Callable[[Transaction, Counted], None],
    *,
    sign: int,
    done_if_marked: bool,
) -> None:
    pending = dict(counted)
    while pending:
        names = _first_chunk(pending)
        chunk = [pending[name] for name in names]
        transaction = Transaction()
        for one in chunk:
            write_mark(transaction, one)
        for (model, hash_key, range_key), amounts in _added_up(chunk).items():
            actions = [Path(name).add(sign * amount) for name, amount in amounts.items()]
            transaction.update(model(hash_key, range_key), actions)
        try:
            transaction.commit()
        except _DoneBeforeError:
            marks = batch_get([one.mark for one in chunk], consistent=True)
            names = [name for name, mark in zip(names, marks, strict=True) if bool(mark) is done_if_marked]
        for name in names:
            del pending[name]


def _first_chunk(pending: Mapping[str, Counted]) -> list[str]:
    """As many things as one transaction takes: their marks, and the items that they add to."""
    names: list[str] = []
    places: set[Place] = set()
    for name, one in pending.items():
        together = places | one.sums.keys()
        if names and len(names) + 1 + len(together) > MAX_TRANSACTION_ITEMS:
            break
        names.append(name)
        places = together
    return names


def _added_up(chunk: list[Counted]) -> dict[Place, dict[str, int]]:
    sums: dict[Place, dict[str, int]] = {}
    for one in chunk:
        for place, amounts in one.sums.items():
            total = sums.setdefault(place, {})
            for name, amount in amounts.items():
                total[name] = total.get(name, 0) + amount
    return sums


def _range_key(model: type[Table]) -> Path:
    return Path(key_names(model)[1])

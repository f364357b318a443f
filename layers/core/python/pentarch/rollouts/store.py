"""Where the records of roll-outs lie: in the infrastructure table, whose every partition has one kind of them.

| partition          | key                   | item                                                              |
|--------------------|-----------------------|-------------------------------------------------------------------|
| @stack             | rollout#id            | a roll-out of the stack's services, which belong to no tenant     |
| acme#specialist    | rollout#id            | of a specialist of the tenant acme                                |
| acme#configuration | rollout#id            | of a configuration                                                |
| any of them        | list#of#status#id     | a place in a list: of a resource (empty: of all), with a standing |
|                    |                       | (`any`: with whichever)                                           |

The partition names the kind, so that the policy of each slice can name the partitions that it may write. Places are
written together with the record; they hold nothing but their keys.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Generic

from pydantic import TypeAdapter
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from pentarch.platform.tables import TableName, TenantTable, Transaction, batch_get
from pentarch.rollouts.model import Kind, R, Status, TenantRollout, check_transition

STACK = "@stack"
"""No tenant has this name: names of tenants begin with a letter or a digit."""
_RECORD = "rollout#"
_ANY = "any"
_END = "g"
"""Sorts after every id, which is a UUID."""


class _Item(TenantTable):
    class Meta:
        table_name = TableName("INFRASTRUCTURE_TABLE")


class RecordItem(_Item):
    class Meta(_Item.Meta):
        pass

    data = UnicodeAttribute()
    revision = NumberAttribute()
    listed = UnicodeAttribute(null=True)


class PlaceItem(_Item):
    class Meta(_Item.Meta):
        pass


def partition_of(kind: Kind, tenant: str) -> str:
    return STACK if kind is Kind.SERVICE else f"{tenant}#{kind}"


@dataclass(frozen=True)
class Records(Generic[R]):
    """The records of one class."""

    record: type[R]

    def put(self, transaction: Transaction, partition: str, resource: str, one: R, *, otherwise: Exception) -> R:
        """Write a record and its places in the lists; `otherwise` is raised when it is not as it was read.

        Answers the record as it is then, which the next change of it has to begin with.
        """
        check_transition(one.listed, one.standing)
        written = replace(one, listed=one.standing)
        item = RecordItem(
            partition, _record_key(one.id), data=self._form.dump_json(written).decode(),
            revision=one.revision, listed=written.listed,
        )  # fmt: skip
        transaction.put(item, condition=_unchanged(one), otherwise=otherwise)
        for key in _places(resource, one.id, one.listed) - _places(resource, one.id, written.listed):
            transaction.delete(PlaceItem(partition, key))
        for key in _places(resource, one.id, written.listed) - _places(resource, one.id, one.listed):
            transaction.put(PlaceItem(partition, key))
        return written

    def get_many(self, places: Sequence[tuple[str, str]]) -> list[R | None]:
        """Records by partition and id, at most 100, None for each that is not there."""
        keys = [place_of(partition, one) for partition, one in places]
        return [self.read(item) if item else None for item in batch_get(keys, consistent=True)] if keys else []

    def read(self, item: RecordItem) -> R:
        return self._form.validate_json(item.data)

    @cached_property
    def _form(self) -> TypeAdapter[R]:
        return TypeAdapter(self.record)


TENANTS = Records(TenantRollout)


def put(transaction: Transaction, one: TenantRollout, *, otherwise: Exception) -> TenantRollout:
    """Write a tenant's record in the transaction of what it tells of; see `Records.put`."""
    return TENANTS.put(transaction, partition_of(one.kind, one.tenant), one.resource, one, otherwise=otherwise)


def place_of(partition: str, rollout_id: str) -> tuple[type[RecordItem], str, str]:
    """Where a record lies, for `batch_get` beside others."""
    return RecordItem, partition, _record_key(rollout_id)


def newest_first(
    partition: str,
    *,
    resource: str | None = None,
    status: Status | None = None,
    before: str | None = None,
    limit: int,
) -> list[str]:
    """Ids by the time they were asked for; `before` is the one that the last page ended with. One query of keys."""
    prefix = _RECORD
    if resource is not None or status is not None:
        prefix = f"list#{resource or ''}#{status or _ANY}#"
    keys: Condition = PlaceItem.key.between(prefix, f"{prefix}{before or _END}")
    found = PlaceItem.query(
        partition,
        keys,
        scan_index_forward=False,
        consistent_read=True,
        attributes_to_get=["tenant", "key"],
        limit=limit + 1,  # the page before ended with one of them
    )
    ids = (str(item.key).rpartition("#")[2] for item in found)
    return [one for one in ids if one != before][:limit]


def _unchanged(one: R) -> Condition:
    """Of the record: it is there as it was read, or not there at all."""
    if one.revision == 0:
        absent: Condition = RecordItem.key.does_not_exist()
        return absent
    listed = RecordItem.listed.does_not_exist() if one.listed is None else RecordItem.listed == one.listed
    unchanged: Condition = (RecordItem.revision == one.revision - 1) & listed
    return unchanged


def _record_key(rollout_id: str) -> str:
    return f"{_RECORD}{rollout_id}"


def _places(resource: str, rollout_id: str, listed: Status | None) -> set[str]:
    return set(_keys(resource, rollout_id, listed)) if listed is not None else set()


def _keys(resource: str, rollout_id: str, listed: Status) -> Iterator[str]:
    yield f"list#{resource}#{_ANY}#{rollout_id}"
    for of in ("", resource):
        yield f"list#{of}#{listed}#{rollout_id}"

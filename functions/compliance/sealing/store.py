"""Reading and writing the seals table."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from compliance.sealing import table
from compliance.sealing.signing import PublicKey
from compliance.sealing.table import BatchItem, HeadItem, KeyItem, MarkItem, PendingItem, TenantItem, TileItem
from pentarch.platform.tables import Transaction, batch_get
from pentarch.sealing import heads, tiles
from pentarch.sealing.heads import Head
from pentarch.sealing.leaves import canonical
from pentarch.sealing.merkle import HASH_BYTES
from pentarch.sealing.tiles import TileId
from pentarch.sealing.trail import Batch

MAX_LEAVES = 90
"""A transaction's 100 items: a mark for each, head, batch, pending mark, tenant, and a tile or two of each level."""
READ_AT_ONCE = 99
"""DynamoDB reads 100 items a call, of which one may be the head."""
_PAGE = 50


class OvertakenError(Exception):
    """Another sealer has appended since the tree was read."""


@dataclass(frozen=True, slots=True)
class Signed:
    head: Head
    signature: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    index: int
    batch: int


@dataclass(frozen=True, slots=True)
class Tree:
    """A tenant's tree, as far as appending to it needs to know it."""

    newest: Signed | None
    unfinished: Mapping[TileId, bytes]

    @property
    def size(self) -> int:
        return self.newest.head.size if self.newest else 0


def look(tenant: str, event_ids: Sequence[str]) -> tuple[Signed | None, dict[str, Mark]]:
    """The newest head, and those of the events that are sealed, in one consistent read for each 99 of them."""
    newest: Signed | None = None
    marks: dict[str, Mark] = {}
    for start in range(0, len(event_ids), READ_AT_ONCE):
        part = event_ids[start : start + READ_AT_ONCE]
        keys = [(MarkItem, table.marks_of(tenant, event_id), event_id) for event_id in part]
        # The head is read with the last of the marks: what was sealed before it was read is then known.
        found, *items = batch_get([(HeadItem, tenant, table.HEAD), *keys], consistent=True)
        newest = _signed(found)
        marks |= {
            event_id: Mark(int(item.index), int(item.batch))
            for event_id, item in zip(part, items, strict=True)
            if item is not None
        }
    return newest, marks


def newest(tenant: str) -> Signed | None:
    return _signed(batch_get([(HeadItem, tenant, table.HEAD)], consistent=True)[0])


def marks(tenant: str, event_ids: Sequence[str]) -> dict[str, Mark]:
    return look(tenant, event_ids)[1] if event_ids else {}


def read_tiles(tenant: str, places: Iterable[TileId]) -> dict[TileId, bytes]:
    """Tiles by their places. They only grow, so those that are longer than a tree are right for it."""
    wanted = list(dict.fromkeys(places))
    found: dict[TileId, bytes] = {}
    for start in range(0, len(wanted), READ_AT_ONCE):
        part = wanted[start : start + READ_AT_ONCE]
        items = batch_get([(TileItem, tenant, table.tile_key(*place)) for place in part], consistent=True)
        found |= {place: item.hashes for place, item in zip(part, items, strict=True) if item is not None}
    return found


def tree(tenant: str, newest: Signed | None) -> Tree:
    return Tree(newest, read_tiles(tenant, tiles.edge(newest.head.size)) if newest else {})


def append(before: Signed | None, batch: Batch, changed: Mapping[TileId, bytes]) -> None:
    """One transaction: all of a batch is there, or nothing. OvertakenError when the tree is not `before`'s any more."""
    head = batch.head
    tenant, statement = head.tenant, canonical(head.as_json()).decode()
    transaction = Transaction()
    transaction.put(
        HeadItem(tenant, table.HEAD, size=head.size, statement=statement, signature=batch.signature),
        condition=HeadItem.size == before.head.size if before else HeadItem.key.does_not_exist(),
        otherwise=OvertakenError(),
    )
    for place, (event_id, _) in enumerate(batch.leaves):
        transaction.put(
            MarkItem(table.marks_of(tenant, event_id), event_id, index=batch.first + place, batch=head.batch),
            condition=MarkItem.key.does_not_exist(),
            otherwise=OvertakenError(),
        )
    for (level, number), hashes in changed.items():
        transaction.put(TileItem(tenant, table.tile_key(level, number), hashes=hashes))
    transaction.put(
        BatchItem(
            tenant,
            table.batch_key(head.batch),
            statement=statement,
            signature=batch.signature,
            base=_packed(batch.base),
            ids=",".join(event_id for event_id, _ in batch.leaves),
            hashes=_packed(leaf for _, leaf in batch.leaves),
        )
    )
    transaction.put(PendingItem(table.pending_of(tenant), table.pending_key(head.batch)))
    if before is None:
        transaction.put(TenantItem(table.TENANTS, tenant))
    transaction.commit()


def batch(tenant: str, number: int) -> Batch | None:
    """None when there is no such batch, or its events were pruned."""
    [item] = batch_get([(BatchItem, tenant, table.batch_key(number))], consistent=True)
    return _batch(item) if item is not None and item.ids is not None else None


def head_of(tenant: str, number: int) -> Signed | None:
    """The head of any batch, pruned or not."""
    return _signed(batch_get([(BatchItem, tenant, table.batch_key(number))], consistent=True)[0])


def batches(tenant: str, first: int, last: int) -> Iterator[Batch]:
    """The batches [first, last] in order, read lazily, without those that were pruned."""
    if first > last:
        return
    span = BatchItem.key.between(table.batch_key(first), table.batch_key(last))
    for item in BatchItem.query(tenant, span, consistent_read=True, page_size=_PAGE):
        if item.ids is not None:
            yield _batch(item)


def strip(found: Batch) -> None:
    """Forget which events a batch had, after they were pruned; its head and the tree's tiles stay."""
    head = found.head
    with MarkItem.batch_write() as writes:
        for event_id, _ in found.leaves:
            writes.delete(MarkItem(table.marks_of(head.tenant, event_id), event_id))
    BatchItem(head.tenant, table.batch_key(head.batch)).update(
        actions=[BatchItem.ids.remove(), BatchItem.hashes.remove(), BatchItem.base.remove()]
    )


def pending(tenant: str) -> list[int]:
    """The numbers of the batches that the bucket does not hold yet, the oldest first."""
    found = PendingItem.query(table.pending_of(tenant), consistent_read=True, page_size=_PAGE, limit=_PAGE)
    return [int(item.key) for item in found]


def forget_pending(tenant: str, number: int) -> None:
    PendingItem(table.pending_of(tenant), table.pending_key(number)).delete()


def tenants() -> Iterator[tuple[str, str | None]]:
    """Every tenant with a trail, and how far the sweep has looked."""
    for item in TenantItem.query(table.TENANTS, page_size=_PAGE):
        yield item.key, item.swept_to


def note_swept(tenant: str, to: str) -> None:
    TenantItem(table.TENANTS, tenant).update(actions=[TenantItem.swept_to.set(to)])


def remember_key(key: PublicKey) -> None:
    KeyItem(table.KEYS, key.id, pem=key.pem).save()


def keys() -> dict[str, str]:
    """Every public key that trails were ever signed with, by its id."""
    return {item.key: item.pem for item in KeyItem.query(table.KEYS)}


def split(packed: bytes) -> tuple[str, ...]:
    """Hashes as the statements show them."""
    return tuple(packed[start : start + HASH_BYTES].hex() for start in range(0, len(packed), HASH_BYTES))


def _packed(hashes: Iterable[str]) -> bytes | None:
    """DynamoDB takes an empty binary only from newer clients; none at all says the same."""
    return b"".join(map(bytes.fromhex, hashes)) or None


def _signed(item: HeadItem | BatchItem | None) -> Signed | None:
    return None if item is None else Signed(heads.head_of(json.loads(item.statement)), item.signature)


def _batch(item: BatchItem) -> Batch:
    leaves = zip((item.ids or "").split(","), split(item.hashes or b""), strict=True)
    head = heads.head_of(json.loads(item.statement))
    return Batch(head, item.signature, split(item.base or b""), tuple(leaves))

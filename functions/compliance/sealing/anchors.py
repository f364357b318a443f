"""Where a pruned trail begins: signed, chained, and written before the first event is removed."""

import json
from dataclasses import dataclass

from compliance.sealing import table
from compliance.sealing.store import split
from compliance.sealing.table import AnchorItem
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.tables import Transaction, batch_get
from pentarch.sealing import heads
from pentarch.sealing.heads import Anchor
from pentarch.sealing.leaves import canonical


class OvertakenError(Exception):
    """Another run has written an anchor."""


@dataclass(frozen=True, slots=True)
class Kept:
    anchor: Anchor
    signature: bytes
    base: tuple[str, ...]
    """The perfect subtrees of the tree that was pruned, which give the anchor's root."""
    removed: int
    """The last batch whose events are removed."""


def newest(tenant: str) -> tuple[Anchor, bytes] | None:
    kept = read(tenant)
    return None if kept is None else (kept.anchor, kept.signature)


def read(tenant: str) -> Kept | None:
    [item] = batch_get([(AnchorItem, tenant, table.ANCHOR)], consistent=True)
    if item is None:
        return None
    return Kept(heads.anchor_of(json.loads(item.statement)), item.signature, split(item.base), int(item.removed))


def write(before: Kept | None, anchor: Anchor, signature: bytes, base: bytes, told: Event) -> None:
    """The anchor and the event that tells of it, together; `before` is the one that it follows."""

    def item(key: str) -> AnchorItem:
        return AnchorItem(
            anchor.tenant,
            key,
            number=anchor.number,
            statement=canonical(anchor.as_json()).decode(),
            signature=signature,
            base=base,
            removed=before.removed if before else 0,
        )

    transaction = Transaction()
    transaction.put(
        item(table.ANCHOR),
        condition=AnchorItem.number == before.anchor.number if before else AnchorItem.key.does_not_exist(),
        otherwise=OvertakenError(),
    )
    transaction.put(item(table.anchor_key(anchor.number)))
    events.record(transaction, told)
    transaction.commit()


def note_removed(tenant: str, batch: int) -> None:
    """A run that is behind another one says what the other has said already."""
    AnchorItem(tenant, table.ANCHOR).update(actions=[AnchorItem.removed.set(batch)])

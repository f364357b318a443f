"""Sealing: events become leaves of their tenant's tree, once each, and every batch's head is signed.

The head is signed first and then written in one transaction with the batch, by a condition on the head before it. So a
head that is stored is always signed, of several sealers at once one wins and the others read again, and a sealer that
dies leaves nothing half done: what it did not commit comes again, what it did commit is marked, event by event.
"""

import random
import time
from collections.abc import Iterator, Sequence

from compliance.sealing import archive, signing, store
from compliance.sealing.store import OvertakenError, Tree
from pentarch.events.model import Event
from pentarch.platform import clock
from pentarch.platform.errors import UnavailableError
from pentarch.sealing import heads, tiles
from pentarch.sealing.heads import NONE_BEFORE, Head
from pentarch.sealing.leaves import leaf_of
from pentarch.sealing.merkle import Frontier
from pentarch.sealing.trail import Batch

_ATTEMPTS = 20
"""A batch takes a fifth of a second; of four sealers that go on side by side each wins one time in four."""
_PAUSE_S = 0.02

Sealed = tuple[Batch, Sequence[Event]]


def seal(tenant: str, told: Sequence[Event]) -> Iterator[Sealed]:
    """Append those of a tenant's events that have no leaf yet, in the order in which they are given."""
    unique = list({event.id: event for event in told}.values())
    for start in range(0, len(unique), store.MAX_LEAVES):
        sealed = _seal_batch(tenant, unique[start : start + store.MAX_LEAVES])
        if sealed is not None:
            archive.keep(*sealed)
            yield sealed


def _seal_batch(tenant: str, told: Sequence[Event]) -> Sealed | None:
    for attempt in range(_ATTEMPTS):
        newest, marks = store.look(tenant, [event.id for event in told])
        fresh = [event for event in told if event.id not in marks]
        if not fresh:
            return None
        before = store.tree(tenant, newest)
        batch, changed = _next(tenant, before, fresh)
        try:
            store.append(newest, batch, changed)
        except OvertakenError:
            time.sleep(random.uniform(0, _PAUSE_S * 2 ** min(attempt, 5)))  # noqa: S311 (jitter is no secret)
        else:
            return batch, fresh
    msg = "others append to the same trail all the time"
    raise UnavailableError(msg, retry_after=1)


def _next(tenant: str, before: Tree, fresh: Sequence[Event]) -> tuple[Batch, dict[tuple[int, int], bytes]]:
    """The batch that comes after a tree, signed, and the tiles that it changes."""
    key = signing.public_key()
    leaves = [leaf_of(event.as_json()) for event in fresh]
    base = tiles.parts_of(before.unfinished, before.size)
    last = before.newest.head if before.newest else None
    if last is None or last.key_id != key.id:
        store.remember_key(key)
    now = clock.iso(clock.now())
    head = Head(
        tenant=tenant,
        batch=last.batch + 1 if last else 1,
        size=before.size + len(leaves),
        root=Frontier(before.size, list(base)).extend(leaves).root.hex(),
        previous=heads.hash_of(last) if last else NONE_BEFORE,
        timestamp=max(now, last.timestamp) if last else now,
        key_id=key.id,
    )
    signature = signing.sign(heads.signed_bytes(head))
    named = tuple((event.id, leaf.hex()) for event, leaf in zip(fresh, leaves, strict=True))
    batch = Batch(head, signature, tuple(part.hex() for part in base), named)
    return batch, tiles.append(before.unfinished, before.size, leaves)

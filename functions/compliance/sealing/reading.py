"""What was sealed, for whoever shows or exports it.

    whole = reading.whole(tenant)                      # the trail as it is now; more may be appended meanwhile
    for text in whole.document({"generated_at": ...}): # streams: a page of batches in memory, then a page of events
        ...
    proofs = reading.Proofs(tenant)                    # against the newest head; tiles are read once
    for proof in proofs.of(event_ids): ...             # None for what is not sealed (yet)

Events are read where they are stored, and leaves where they were sealed, so an export shows every difference.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from compliance.sealing import anchors, store
from compliance.sealing.store import Mark, Signed
from pentarch.events import store as events
from pentarch.sealing import merkle, tiles, trail
from pentarch.sealing.heads import Anchor
from pentarch.sealing.tiles import TileId

_EVENTS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Whole:
    """A trail from its first batch, or from where it was pruned to, up to a head."""

    tenant: str
    newest: Signed | None
    anchor: tuple[Anchor, bytes] | None

    @property
    def batches(self) -> tuple[int, int]:
        """The numbers of the first and the last; the first is the greater one if there is none."""
        first = self.anchor[0].batch + 1 if self.anchor else 1
        return first, self.newest.head.batch if self.newest else 0

    def entries(self) -> Iterator[dict[str, Any]]:
        """The events in the order of their leaves; one that is gone is left out, and the trail then shows it."""
        leaves = (
            (batch.first + place, event_id, batch.head)
            for batch in store.batches(self.tenant, *self.batches)
            for place, (event_id, _) in enumerate(batch.leaves)
        )
        while page := list(islice(leaves, _EVENTS_AT_ONCE)):
            found = events.get_many(self.tenant, [event_id for _, event_id, _ in page])
            for (index, _, head), event in zip(page, found, strict=True):
                if event is not None:
                    yield trail.entry(index, event.as_json(), batch=head.batch, sealed_at=head.timestamp)

    def document(self, about: trail.JsonObject) -> Iterator[str]:
        return trail.document(
            about,
            tenant=self.tenant,
            keys=store.keys(),
            complete=True,
            anchor=self.anchor,
            batches=store.batches(self.tenant, *self.batches),
            entries=self.entries(),
        )


def whole(tenant: str) -> Whole:
    return Whole(tenant, store.newest(tenant), anchors.newest(tenant))


@dataclass(frozen=True, slots=True)
class Proof:
    """Where an event's leaf is, and what leads from it to the head's root."""

    index: int
    batch: int
    path: list[bytes]


class Proofs:
    """Inclusion proofs against one head, for many events."""

    def __init__(self, tenant: str, newest: Signed | None = None) -> None:
        self._tenant = tenant
        self.newest = newest or store.newest(tenant)
        self._tiles: dict[TileId, bytes] = {}

    @property
    def keys(self) -> dict[str, str]:
        return store.keys()

    def of(self, event_ids: Sequence[str]) -> list[Proof | None]:
        """In the order of the ids; None for one that this head does not cover."""
        if self.newest is None:
            return [None] * len(event_ids)
        size = self.newest.head.size
        marks = store.marks(self._tenant, event_ids)
        covered = {event_id: mark for event_id, mark in marks.items() if mark.index < size}
        self._fetch([merkle.inclusion_ranges(mark.index, size) for mark in covered.values()])
        return [self._proof(covered.get(event_id), size) for event_id in event_ids]

    def leaf(self, index: int) -> bytes:
        """The hash that was sealed."""
        self._fetch([[(index, index + 1)]])
        return tiles.hash_of(self._tiles, index, index + 1)

    def consistency(self, first: int, second: int) -> list[bytes]:
        ranges = merkle.consistency_ranges(first, second)
        self._fetch([ranges])
        return [tiles.hash_of(self._tiles, *part) for part in ranges]

    def root(self, size: int) -> bytes:
        """The root that the tree had when it was smaller."""
        self._fetch([[(0, size)]])
        return tiles.hash_of(self._tiles, 0, size)

    def selection(self, about: trail.JsonObject, entries: Iterator[dict[str, Any]]) -> Iterator[str]:
        """A selection as a document; `entries` are `trail.entry`s with their paths, in the order of their leaves."""
        if self.newest is None:
            msg = "nothing is sealed, so nothing can be selected"
            raise LookupError(msg)
        head = (self.newest.head, self.newest.signature)
        return trail.selection(about, tenant=self._tenant, keys=self.keys, head=head, entries=entries)

    def _proof(self, mark: Mark | None, size: int) -> Proof | None:
        if mark is None:
            return None
        path = [tiles.hash_of(self._tiles, *part) for part in merkle.inclusion_ranges(mark.index, size)]
        return Proof(mark.index, mark.batch, path)

    def _fetch(self, ranges: Sequence[Sequence[merkle.Range]]) -> None:
        wanted = {place for each in ranges for place in tiles.needed(each)} - self._tiles.keys()
        if wanted:
            self._tiles |= store.read_tiles(self._tenant, sorted(wanted))

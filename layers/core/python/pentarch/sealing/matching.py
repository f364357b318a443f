"""An export's events, held against the leaves that were sealed: which was changed, inserted, removed or moved."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .leaves import JsonObject, leaf_of
from .verdict import Kind, Verdict


@dataclass(frozen=True, slots=True)
class Leaf:
    index: int
    hash: str
    batch: int


def readable(entries: list[Any], verdict: Verdict) -> Iterator[tuple[int, JsonObject, JsonObject]]:
    for place, entry in enumerate(entries):
        if isinstance(entry, Mapping) and isinstance(entry.get("event"), Mapping):
            yield place, entry, entry["event"]
        else:
            verdict.blame(Kind.UNREADABLE, f"entry {place} of the events is no event")


class Events:
    """Holds the events against the leaves of their batches."""

    def __init__(self, leaves: Mapping[str, Leaf], verdict: Verdict) -> None:
        self._leaves = leaves
        self._ids = {leaf.index: event_id for event_id, leaf in leaves.items()}
        self._verdict = verdict
        self._seen: set[str] = set()
        self._order: list[int] = []

    def check(self, entries: list[Any], *, complete: bool) -> None:
        found = list(readable(entries, self._verdict))
        given = {event.get("id") for _, _, event in found if isinstance(event.get("id"), str)}
        for place, entry, event in found:
            self._check_one(place, entry.get("index"), event, given)
        self._check_order()
        self._look_for_missing(complete=complete)

    def _check_one(self, place: int, index: object, event: JsonObject, given: set[Any]) -> None:
        event_id = str(event.get("id"))
        leaf = self._leaves.get(event_id)
        if leaf is None:
            own = self._ids.get(index) if isinstance(index, int) else None
            if own is not None and own not in given:
                self._seen.add(own)
                self._order.append(self._leaves[own].index)
                self._blame(Kind.CHANGED, own, f"was changed: its id is given as {event_id}")
            else:
                message = f"event {event_id} (entry {place}) was inserted: it is no leaf of the tree"
                self._verdict.blame(Kind.INSERTED, message, event_id=event_id)
        elif event_id in self._seen:
            self._blame(Kind.INSERTED, event_id, f"was inserted: it is there twice (entry {place})")
        else:
            self._seen.add(event_id)
            self._order.append(leaf.index)
            if leaf_of(event).hex() != leaf.hash:
                self._blame(Kind.CHANGED, event_id, "was changed: it is not what was sealed")
            elif index != leaf.index:
                self._blame(Kind.OUT_OF_ORDER, event_id, f"is out of order: it is given as leaf {index}")

    def _check_order(self) -> None:
        """Name the fewest events that have to be moved for the others to be in order."""
        in_order = _longest_rising(self._order)
        blamed = {fault.event_id for fault in self._verdict.faults}
        for index in self._order:
            if index not in in_order and self._ids[index] not in blamed:
                self._blame(Kind.OUT_OF_ORDER, self._ids[index], "is out of order")

    def _look_for_missing(self, *, complete: bool) -> None:
        absent = [event_id for event_id in self._leaves if event_id not in self._seen]
        if complete:
            for event_id in absent:
                self._blame(Kind.MISSING, event_id, "is missing")
        elif self._leaves:
            self._verdict.notes.append(
                f"a selection: {len(self._seen)} of the {len(self._leaves)} events of its batches are in the file, "
                "and nothing is said of others"
            )

    def _blame(self, kind: Kind, event_id: str, what: str) -> None:
        leaf = self._leaves[event_id]
        message = f"event {event_id} (leaf {leaf.index}, batch {leaf.batch}) {what}"
        self._verdict.blame(kind, message, event_id=event_id, index=leaf.index, batch=leaf.batch)


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The members of a longest strictly rising subsequence."""
    ends: list[int] = []
    """The least number that ends a rising subsequence of each length, ..."""
    places: list[int] = []
    """... and where it stands."""
    before: list[int | None] = []
    for place, number in enumerate(numbers):
        length = bisect_left(ends, number)
        ends[length : length + 1] = [number]
        places[length : length + 1] = [place]
        before.append(places[length - 1] if length else None)
    chosen, at = set(), places[-1] if places else None
    while at is not None:
        chosen.add(numbers[at])
        at = before[at]
    return chosen

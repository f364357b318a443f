"""The audit trail as JSON that anybody can check without us: `python -m pentarch verify-audit FILE`.

The form is that of `pentarch.sealing.trail`. All there is of a tenant is a complete trail: an event that is not in the
file is missed by its name. A range of time comes with the batches that it touches, and what filters choose with a path
for each event. Events that are too new to be sealed stand behind the others, under `unsealed`.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from compliance import stopping
from compliance.reports import bundle, trail
from compliance.reports.asked import EVERYTHING, Asked
from compliance.sealing import reading, store
from compliance.sealing.store import Signed
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform import clock
from pentarch.platform.jsons import encoded
from pentarch.sealing.trail import JsonObject, document, entry

_AT_ONCE = 99
"""Marks are read by so many."""
_END = "]}\n"


class _Place(NamedTuple):
    leaf: int
    batch: int
    event_id: str


def standing(tenant: str) -> dict[str, Any] | None:
    """Where the tenant's tree stands, for reports to refer to."""
    newest = store.newest(tenant)
    if newest is None:
        return None
    head = newest.head
    return {
        "tree_size": head.size,
        "root": head.root,
        "batch": head.batch,
        "signed_at": head.timestamp,
        "key_id": head.key_id,
    }


def export(asked: Asked, about: JsonObject) -> Iterator[bytes]:
    """The whole document; what the exporter says of it comes first."""
    if asked.start is None and asked.is_open and asked.filters == EVERYTHING:
        whole = reading.whole(asked.tenant)
        unsealed = _newest_unsealed(asked, whole.newest)
        texts = whole.document(about)
    else:
        newest = store.newest(asked.tenant)
        places, unsealed = _sorted_out(asked, newest)
        texts = _part(asked, about, newest, places)
    return bundle.gathered(text.encode() for text in _followed(texts, asked.tenant, unsealed))


def _part(asked: Asked, about: JsonObject, newest: Signed | None, places: Sequence[_Place]) -> Iterator[str]:
    if newest is not None and asked.filters != EVERYTHING:
        proofs = reading.Proofs(asked.tenant, newest)
        return proofs.selection(about, _entries(asked.tenant, places, proofs))
    return document(
        about,
        tenant=asked.tenant,
        keys=store.keys(),
        complete=False,
        batches=_batches(asked.tenant, places),
        entries=_entries(asked.tenant, places),
    )


def _sorted_out(asked: Asked, newest: Signed | None) -> tuple[list[_Place], list[str]]:
    """What is sealed, in the order of its leaves; and the ids of what is not, oldest first."""
    places: list[_Place] = []
    unsealed: list[str] = []
    for page in _pages(trail.events_of(asked)):
        marks = _marks(asked.tenant, page, newest)
        for event in page:
            mark = marks.get(event.id)
            if mark is None:
                unsealed.append(event.id)
            else:
                places.append(_Place(mark.index, mark.batch, event.id))
    places.sort()
    return places, sorted(unsealed)


def _newest_unsealed(asked: Asked, newest: Signed | None) -> list[str]:
    """Sealing follows the log, so the search ends with the first page of which everything is sealed."""
    unsealed: list[str] = []
    for page in _pages(trail.events_of(asked)):
        marks = _marks(asked.tenant, page, newest)
        if len(marks) == len(page):
            break
        unsealed.extend(event.id for event in page if event.id not in marks)
    return sorted(unsealed)


def _marks(tenant: str, page: Sequence[Event], newest: Signed | None) -> dict[str, store.Mark]:
    """Where the leaves of events are, as far as a head covers them."""
    if newest is None:
        return {}
    marks = store.marks(tenant, [event.id for event in page])
    return {event_id: mark for event_id, mark in marks.items() if mark.index < newest.head.size}


def _batches(tenant: str, places: Sequence[_Place]) -> Iterator[Any]:
    """The batches that have any of the leaves."""
    if places:
        touched = {place.batch for place in places}
        found = store.batches(tenant, min(touched), max(touched))
        yield from (batch for batch in found if batch.head.batch in touched)


def _entries(tenant: str, places: Iterable[_Place], proofs: reading.Proofs | None = None) -> Iterator[dict[str, Any]]:
    for page in _pages(places):
        ids = [place.event_id for place in page]
        found = [None] * len(ids) if proofs is None else proofs.of(ids)
        paths = [proof.path if proof else None for proof in found]
        for place, event, path in zip(page, events.get_many(tenant, ids), paths, strict=True):
            if event is not None:
                shown = {"batch": place.batch, "timestamp": clock.iso(event.at)}
                yield entry(place.leaf, event.as_json(), path, **shown)


def _followed(texts: Iterator[str], tenant: str, unsealed: Sequence[str]) -> Iterator[str]:
    """A document with the unsealed events behind its last member."""
    held = next(texts)
    for text in texts:
        yield held
        held = text
    if not held.endswith(_END):
        msg = "a trail ends with its events"
        raise ValueError(msg)
    yield held.removesuffix(_END) + '],"unsealed":['
    separator = "\n"
    for page in _pages(unsealed):
        for event in events.get_many(tenant, page):
            if event is not None:
                shown = {"event": event.as_json(), "timestamp": clock.iso(event.at)}
                yield separator + encoded(shown).decode()
                separator = "\n,"
    yield _END


def _pages(values: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(values)
    while page := list(islice(source, _AT_ONCE)):
        stopping.look_up()
        yield page

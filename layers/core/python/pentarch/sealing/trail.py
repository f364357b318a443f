"""An exported trail: its form, and the pieces that it is written from. `pentarch.sealing.verify` checks it.

One JSON document, in this order, so that it can be written as it is read:

    {
      "kind": "pentarch.audit-trail.v1",
      ...                                      what the exporter says of the export; not sealed
      "seal": {
        "tenant": "acme",
        "keys": {"<key id>": "<public key, PEM>"},
        "complete": true,
        "anchor": null,                        or {"statement": {...}, "signature": "..."}: where a pruned trail begins
        "batches": [                           in the order of their numbers
          {
            "head": {"statement": {...}, "signature": "<base64>"},
            "base": ["<hash>", ...],           the perfect subtrees of the tree before this batch, from the left
            "leaves": [["<event id>", "<leaf hash>"], ...]
          }
        ]
      },
      "events": [                              in the order of their leaves
        {"index": 0, "event": {"id": "...", "tenant": "acme", ...}}
      ]
    }

`event` is what `Event.as_json` gives; the SHA-256 of a zero byte and its canonical JSON (`pentarch.sealing.leaves`) is
its leaf. Any other member beside `index` and `event` is for the reader's eye, and not looked at. `base` and `leaves`
give the root that the head names, so each batch is proven by its own signature; and each head names the one before.

`complete` says that every event of every batch, from the first (or the anchor's) to the last, is in the document, so
that one that is not there is missing. Otherwise it is a selection: batches and events may be left out, what is there
is proven, and nothing is said of what is not there.

A small selection from a long trail is smaller with an inclusion proof for each event, in place of its batch:

    "seal": {"tenant": ..., "keys": {...}, "complete": false, "head": {"statement": {...}, "signature": "..."}},
    "events": [{"index": 7, "event": {...}, "path": ["<hash>", ...]}]

Behind the events there may be `unsealed`: events that were too new to have a leaf, of which nothing is proven.

Hashes are in hexadecimal. The bucket with Object Lock holds one document a batch, as a line of JSON: a batch as above,
with `"kind": "pentarch.audit-batch.v1"`, `keys` and its own `events`. Such lines one behind the other are a trail too.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .heads import Anchor, Head, signed

TRAIL = "pentarch.audit-trail.v1"
BATCH = "pentarch.audit-batch.v1"

JsonObject = Mapping[str, Any]
Leaf = tuple[str, str]
"""The id of an event, and the hash of its leaf."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What was appended at once, and the head that was signed then."""

    head: Head
    signature: bytes
    base: tuple[str, ...]
    leaves: tuple[Leaf, ...]

    @property
    def first(self) -> int:
        return self.head.size - len(self.leaves)

    def as_json(self) -> dict[str, Any]:
        return {
            "head": signed(self.head, self.signature),
            "base": list(self.base),
            "leaves": [list(leaf) for leaf in self.leaves],
        }


def document(
    about: JsonObject,
    *,
    tenant: str,
    keys: Mapping[str, str],
    complete: bool,
    batches: Iterable[Batch],
    entries: Iterable[JsonObject],
    anchor: tuple[Anchor, bytes] | None = None,
) -> Iterator[str]:
    """A trail's text in pieces. `batches` are read to their end before the first of `entries` is."""
    seal = {
        "tenant": tenant,
        "keys": dict(keys),
        "complete": complete,
        "anchor": None if anchor is None else signed(*anchor),
    }
    yield _opened({"kind": TRAIL, **about}) + ',"seal":' + _opened(seal) + ',"batches":['
    yield from _members(batch.as_json() for batch in batches)
    yield ']},"events":['
    yield from _members(entries)
    yield "]}\n"


def selection(
    about: JsonObject,
    *,
    tenant: str,
    keys: Mapping[str, str],
    head: tuple[Head, bytes],
    entries: Iterable[JsonObject],
) -> Iterator[str]:
    """A selection's text in pieces, where each of `entries` has its path in the tree of `head`."""
    seal = {"tenant": tenant, "keys": dict(keys), "complete": False, "head": signed(*head)}
    yield _opened({"kind": TRAIL, **about, "seal": seal}) + ',"events":['
    yield from _members(entries)
    yield "]}\n"


def entry(index: int, event: JsonObject, path: Sequence[bytes] | None = None, **shown: object) -> dict[str, Any]:
    """One of `entries`; `shown` is for the reader's eye."""
    told: dict[str, Any] = {"index": index, "event": event, **shown}
    if path is not None:
        told["path"] = [part.hex() for part in path]
    return told


def archived(batch: Batch, events: Sequence[JsonObject | None], keys: Mapping[str, str]) -> str:
    """A batch as the bucket keeps it: one line. `events` are in the order of the leaves, None for one that is gone."""
    entries = [entry(batch.first + place, event) for place, event in enumerate(events) if event is not None]
    return _json({"kind": BATCH, "keys": dict(keys), **batch.as_json(), "events": entries}) + "\n"


def _members(values: Iterable[JsonObject]) -> Iterator[str]:
    for number, value in enumerate(values):
        yield ("\n," if number else "\n") + _json(value)


def _opened(value: JsonObject) -> str:
    """An object that more members follow in."""
    return _json(value)[:-1]


def _json(value: JsonObject) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

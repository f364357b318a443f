"""The answers of the proof routes: what was sealed, the proof of it, and the key to check it with."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from compliance.sealing import anchors, signing, store
from compliance.sealing.errors import EventNotFoundError, NotSealedYetError
from compliance.sealing.reading import Proofs
from pentarch.events import store as events
from pentarch.platform.errors import InvalidInputError
from pentarch.sealing import heads
from pentarch.sealing.leaves import leaf_of
from pentarch.sealing.merkle import EMPTY_ROOT

SEALED_WITHIN_S = 60
"""What is promised of an event."""
_LATELY = timedelta(hours=1)
_LOOKED_AT = store.READ_AT_ONCE


def root(tenant: str, now: datetime) -> dict[str, Any]:
    newest, anchor = store.newest(tenant), anchors.newest(tenant)
    key = signing.public_key()
    return {
        "tree_size": newest.head.size if newest else 0,
        "root": newest.head.root if newest else EMPTY_ROOT.hex(),
        "batch": newest.head.batch if newest else 0,
        "sealed_at": newest.head.timestamp if newest else None,
        "signed_head": _signed(newest),
        "anchor": None if anchor is None else heads.signed(*anchor),
        "key_id": key.id,
        "algorithm": heads.ALGORITHM,
        "public_key": key.pem,
        **_waiting(tenant, now),
    }


def inclusion(tenant: str, event_id: str) -> dict[str, Any]:
    proofs = Proofs(tenant)
    event = events.get(tenant, event_id)
    if event is None:
        raise EventNotFoundError
    [proof] = proofs.of([event.id])
    if proof is None or proofs.newest is None:
        raise NotSealedYetError
    head, leaf = proofs.newest.head, proofs.leaf(proof.index)
    told = event.as_json()
    batch = store.head_of(tenant, proof.batch)
    return {
        "event": told,
        "is_unchanged": leaf_of(told) == leaf,
        "index": proof.index,
        "leaf_hash": leaf.hex(),
        "tree_size": head.size,
        "audit_path": [part.hex() for part in proof.path],
        "batch": proof.batch,
        "sealed_at": batch.head.timestamp if batch else None,
        "signed_head": _signed(proofs.newest),
        "algorithm": heads.ALGORITHM,
        "public_key": store.keys()[head.key_id],
    }


def consistency(tenant: str, first: int, second: int | None) -> dict[str, Any]:
    proofs = Proofs(tenant)
    size = proofs.newest.head.size if proofs.newest else 0
    second = size if second is None else second
    if not 1 <= second <= size:
        msg = f"to is the size of a tree, from 1 to {size}"
        raise InvalidInputError(msg, field="to")
    if not 1 <= first <= second:
        msg = f"from is the size of a tree, from 1 to {second}"
        raise InvalidInputError(msg, field="from")
    return {
        "from": first,
        "to": second,
        "from_root": proofs.root(first).hex(),
        "to_root": proofs.root(second).hex(),
        "path": [part.hex() for part in proofs.consistency(first, second)],
        "signed_head": _signed(proofs.newest),
    }


def _signed(found: store.Signed | None) -> dict[str, Any] | None:
    return None if found is None else heads.signed(found.head, found.signature)


def _waiting(tenant: str, now: datetime) -> dict[str, Any]:
    """How many of the newest events have no leaf yet, and how long the oldest of them waits."""
    lately = events.newest_first(tenant, start=now - _LATELY, end=now + _LATELY, page=_LOOKED_AT)
    looked_at = list(islice(lately, _LOOKED_AT))
    marks = store.marks(tenant, [event.id for event in looked_at])
    waiting = [event.at for event in looked_at if event.id not in marks]
    lag = max(0.0, (now - min(waiting)).total_seconds()) if waiting else 0.0
    return {
        "unsealed_events": len(waiting),
        "lag_seconds": round(lag, 3),
        "sealing_on_time": lag <= SEALED_WITHIN_S,
    }

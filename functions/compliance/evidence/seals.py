"""Evidence of the audit trail's seal: events as they lie in the log now, held against what was sealed and signed.

A sample: the newest events, which show whether sealing keeps up, and some that are spread over the assessed time; and
of some sealed batches every event, so that one that was taken out of the log is missed.
"""

from collections.abc import Iterator, Mapping, Sequence

from compliance.evidence.context import Collector, Context
from compliance.evidence.log import reading
from compliance.model import JsonObject
from compliance.sealing import signing, store
from compliance.sealing.reading import Proof, Proofs
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.sealing import heads
from pentarch.sealing.leaves import leaf_of
from pentarch.sealing.merkle import verify_inclusion

NEWEST = 40
SPREAD = 40
BATCHES = 4
"""Of up to 90 events each."""


def _seals(context: Context) -> Sequence[JsonObject]:
    found = reading(context).events
    chosen = sample(found)
    proofs = Proofs(context.tenant)
    head_faults = list(_head_faults(proofs))
    rows = [
        {
            "name": event.id,
            "age_s": (context.at - event.at).total_seconds(),
            "is_sealed": proof is not None,
            "faults": [] if proof is None else [*head_faults, *_event_faults(event, proof, proofs)],
            "of": len(found),
        }
        for event, proof in zip(chosen, proofs.of([event.id for event in chosen]), strict=True)
    ]
    return [*rows, *_gone(context, proofs, len(found))]


def sample(found: Sequence[Event]) -> list[Event]:
    """The newest, and every n-th of the others."""
    rest = found[NEWEST:]
    step = max(1, -(-len(rest) // SPREAD))
    return [*found[:NEWEST], *rest[::step]]


def _head_faults(proofs: Proofs) -> Iterator[str]:
    """The key is asked of KMS, not of the table: who can write to the table could have put a key of their own there."""
    if proofs.newest is None:
        return
    key, head = signing.public_key(), proofs.newest.head
    if head.key_id != key.id:
        yield f"the head of the tree is signed with the key {head.key_id}, which is not the stack's"
    elif not heads.verifier(key.pem)(heads.signed_bytes(head), proofs.newest.signature):
        yield "the head of the tree is not what was signed"


def _event_faults(event: Event, proof: Proof, proofs: Proofs) -> Iterator[str]:
    if proofs.newest is None:
        return
    head, leaf = proofs.newest.head, leaf_of(event.as_json())
    if leaf != proofs.leaf(proof.index):
        yield "it is not what was sealed: it was changed"
    elif not verify_inclusion(leaf, proof.index, head.size, proof.path, bytes.fromhex(head.root)):
        yield "its proof does not lead to the signed root"


def _gone(context: Context, proofs: Proofs, of: int) -> Iterator[JsonObject]:
    """Sealed events that the log does not have any more, though their batch was not pruned."""
    last = proofs.newest.head.batch if proofs.newest else 0
    for number in sorted({last - last * part // BATCHES for part in range(BATCHES)} - {0}):
        batch = store.batch(context.tenant, number)
        ids = [event_id for event_id, _ in batch.leaves] if batch else []
        for event_id, event in zip(ids, events.get_many(context.tenant, ids) if ids else [], strict=True):
            if event is None:
                message = f"it was sealed in batch {number}, and is gone from the log"
                yield {"name": event_id, "age_s": 0.0, "is_sealed": True, "faults": [message], "of": of}


COLLECTORS: Mapping[str, Collector] = {"seals": _seals}

"""Whether an exported trail is what was sealed; and if not, which event or batch is at fault.

A head's signature proves the root, the root proves the leaves of its batch, and a leaf proves its event. So what can be
said depends on what still holds: an event that its batch's leaves contradict is named by its id; leaves that their
root contradicts name the batch, since then nothing says which of them was changed.
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from . import heads
from .heads import Anchor, Head, Verify
from .leaves import leaf_of
from .matching import Events, Leaf, readable
from .merkle import Frontier, verify_inclusion
from .trail import TRAIL, JsonObject
from .verdict import Kind, Verdict


def examine(trail: JsonObject, trusted: Iterable[str] = (), known: JsonObject | None = None) -> Verdict:
    """KeyError, TypeError or ValueError where it has not the form of a trail.

    `known` is a signed head that somebody has seen: a complete trail has to lead up to it, so that its end is not cut.
    """
    if trail["kind"] != TRAIL:
        msg = f"it says that it is a {trail['kind']}, not a {TRAIL}"
        raise ValueError(msg)
    seal, entries = trail["seal"], trail["events"]
    verdict = Verdict(events=len(entries))
    keys = _keys(seal, list(trusted), verdict)
    if "head" in seal:
        _examine_selection(seal, entries, keys, verdict)
    else:
        _examine_batches(seal, entries, keys, verdict)
    if known is not None:
        _check_known(heads.head_of(known["statement"]), known, keys, verdict)
    if unsealed := trail.get("unsealed"):
        verdict.notes.append(f"{len(unsealed)} newer events were not sealed yet: nothing proves them")
    verdict.faults.sort(key=lambda fault: (fault.index is None, fault.index or 0, fault.batch or 0))
    return verdict


def _keys(seal: JsonObject, trusted: Sequence[str], verdict: Verdict) -> Mapping[str, Verify]:
    verdict.keys_trusted = bool(trusted)
    own = list(seal["keys"].values())
    if not trusted:
        names = ", ".join(sorted(heads.key_id_of(pem) for pem in own))
        verdict.notes.append(
            f"checked with the key in the file itself; that is proof only if {names} is the key of the stack"
        )
    return {heads.key_id_of(pem): heads.verifier(pem) for pem in trusted or own}


def _examine_selection(seal: JsonObject, entries: list[Any], keys: Mapping[str, Verify], verdict: Verdict) -> None:
    head = verdict.head = heads.head_of(seal["head"]["statement"])
    _check_signature(seal["head"], head, f"the head of batch {head.batch}", keys, verdict, batch=head.batch)
    _check_tenant(seal, head, verdict)
    root, seen, last = bytes.fromhex(head.root), set[int](), -1
    for place, entry, event in readable(entries, verdict):
        index, path = entry.get("index"), entry.get("path")
        name = f"event {event.get('id')} (leaf {index})"
        where = {"event_id": event.get("id"), "index": index if isinstance(index, int) else None}
        if not isinstance(index, int) or not _proves(leaf_of(event), index, head.size, path, root):
            verdict.blame(Kind.CHANGED, f"{name} was changed or inserted: its proof does not lead to the root", **where)
        elif index in seen:
            verdict.blame(Kind.INSERTED, f"{name} was inserted: it is there twice (entry {place})", **where)
        else:
            seen.add(index)
            if index < last:
                verdict.blame(Kind.OUT_OF_ORDER, f"{name} is out of order: it stands behind leaf {last}", **where)
            last = max(last, index)
    verdict.notes.append(f"a selection of the {head.size} events of the trail: nothing is said of the others")


def _proves(leaf: bytes, index: int, size: int, path: object, root: bytes) -> bool:
    try:
        parts = [bytes.fromhex(part) for part in path]  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        return False
    return verify_inclusion(leaf, index, size, parts, root)


def _examine_batches(seal: JsonObject, entries: list[Any], keys: Mapping[str, Verify], verdict: Verdict) -> None:
    complete = seal["complete"] is True
    anchor = _anchor(seal, keys, verdict)
    leaves: dict[str, Leaf] = {}
    before: Head | None = None
    for batch in seal["batches"]:
        head = heads.head_of(batch["head"]["statement"])
        _check_signature(batch["head"], head, f"batch {head.batch}", keys, verdict, batch=head.batch)
        _check_tenant(seal, head, verdict)
        if before is not None:
            _check_chain(before, head, batch, verdict, complete=complete)
        elif complete:
            _check_beginning(anchor, head, verdict)
        _check_leaves(batch, head, verdict)
        first = head.size - len(batch["leaves"])
        for place, (event_id, leaf) in enumerate(batch["leaves"]):
            leaves[event_id] = Leaf(first + place, leaf, head.batch)
        before = head
        verdict.batches += 1
        verdict.heads[head.batch] = heads.hash_of(head)
    verdict.head = before
    Events(leaves, verdict).check(entries, complete=complete)


def _anchor(seal: JsonObject, keys: Mapping[str, Verify], verdict: Verdict) -> Anchor | None:
    told = seal.get("anchor")
    if told is None:
        return None
    anchor = heads.anchor_of(told["statement"])
    _check_signature(told, anchor, "the anchor", keys, verdict)
    if anchor.tenant != seal["tenant"]:
        verdict.blame(Kind.ANCHOR, f"the anchor is of the tenant {anchor.tenant}")
    return anchor


def _check_signature(
    told: JsonObject, statement: Head | Anchor, name: str, keys: Mapping[str, Verify], verdict: Verdict, **where: int
) -> None:
    verify = keys.get(statement.key_id)
    if verify is None:
        verdict.blame(Kind.SIGNATURE, f"{name} is signed with a key that is not trusted: {statement.key_id}", **where)
    elif not verify(heads.signed_bytes(statement), b64decode(told["signature"])):
        verdict.blame(Kind.SIGNATURE, f"{name} was changed: its signature is not of what it says", **where)


def _check_tenant(seal: JsonObject, head: Head, verdict: Verdict) -> None:
    if head.tenant != seal["tenant"]:
        verdict.blame(Kind.BATCH, f"batch {head.batch} is of the tenant {head.tenant}", batch=head.batch)


def _check_chain(before: Head, head: Head, batch: JsonObject, verdict: Verdict, *, complete: bool) -> None:
    if head.batch <= before.batch:
        verdict.blame(
            Kind.BATCH, f"batch {head.batch} is out of order: it stands behind batch {before.batch}", batch=head.batch
        )
        return
    if head.batch > before.batch + 1:
        if complete:
            missing = f"leaves {before.size} to {head.size - len(batch['leaves']) - 1}"
            lost = (
                f"batch {before.batch + 1} is"
                if head.batch == before.batch + 2
                else f"batches {before.batch + 1} to {head.batch - 1} are"
            )
            verdict.blame(Kind.MISSING, f"{lost} missing ({missing})", batch=before.batch + 1, index=before.size)
        return
    base = Frontier(head.size - len(batch["leaves"]), [bytes.fromhex(part) for part in batch["base"]])
    if head.previous != heads.hash_of(before) or base.root.hex() != before.root:
        verdict.blame(Kind.BATCH, f"batch {head.batch} does not continue batch {before.batch}", batch=head.batch)


def _check_beginning(anchor: Anchor | None, head: Head, verdict: Verdict) -> None:
    """A trail begins with the first batch, or where its anchor says."""
    if anchor is None:
        if head.batch != 1:
            verdict.blame(
                Kind.MISSING,
                f"batches 1 to {head.batch - 1} are missing, and no anchor says that they were pruned",
                batch=1,
            )
    elif (anchor.batch + 1, anchor.head) != (head.batch, head.previous):
        verdict.blame(
            Kind.ANCHOR, f"the anchor is of batch {anchor.batch}, and the trail begins with batch {head.batch}"
        )
    else:
        verdict.notes.append(
            f"the trail begins at leaf {anchor.first}: what is before was pruned on {anchor.timestamp}, "
            f"after {anchor.events_days} days"
        )


def _check_known(known: Head, told: JsonObject, keys: Mapping[str, Verify], verdict: Verdict) -> None:
    """Whether the trail contains a head that somebody has seen."""
    _check_signature(told, known, "the head that you know", keys, verdict)
    size = verdict.head.size if verdict.head else 0
    if known.size > size:
        verdict.blame(
            Kind.MISSING, f"leaves {size} to {known.size - 1} are missing: the head that you know has them", index=size
        )
    elif known.batch not in verdict.heads:
        verdict.notes.append(f"batch {known.batch}, whose head you know, is not in the file")
    elif verdict.heads[known.batch] != heads.hash_of(known):
        verdict.blame(Kind.BATCH, f"batch {known.batch} is not the one whose head you know", batch=known.batch)


def _check_leaves(batch: JsonObject, head: Head, verdict: Verdict) -> None:
    leaves = batch["leaves"]
    tree = Frontier(head.size - len(leaves), [bytes.fromhex(part) for part in batch["base"]])
    if tree.is_whole and tree.extend(bytes.fromhex(leaf) for _, leaf in leaves).root.hex() == head.root:
        return
    first, last = head.size - len(leaves), head.size - 1
    verdict.blame(
        Kind.BATCH,
        f"batch {head.batch}: its leaves {first} to {last} do not give the signed root, so one of them was changed",
        batch=head.batch,
    )

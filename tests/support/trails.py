"""Sealed trails without AWS: a key, events, and what an exporter would write of them."""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pentarch.sealing import heads, trail
from pentarch.sealing.heads import NONE_BEFORE, Anchor, Head
from pentarch.sealing.leaves import leaf_of
from pentarch.sealing.merkle import Frontier
from pentarch.sealing.trail import Batch

TENANT = "acme"
AT = "2026-05-05T00:00:00.000Z"


class Key:
    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        public = self._private.public_key()
        self.pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.id = hashlib.sha256(der).hexdigest()

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message, ec.ECDSA(SHA256()))


@cache
def key() -> Key:
    return Key()


def event(number: int) -> dict[str, Any]:
    return {
        "id": f"01a1fe80-0000-7000-8000-{number:012d}",
        "tenant": TENANT,
        "type": "llm.completed",
        "actor": "key:k",
        "agent": None,
        "tags": ["access_control"],
        "data": {"number": number, "share": number / 3},
    }


def sealed(sizes: Sequence[int], signer: Key | None = None) -> list[Batch]:
    """Batches of these sizes."""
    signer = signer or key()
    batches: list[Batch] = []
    tree = Frontier()
    for size in sizes:
        base = tuple(part.hex() for part in tree.parts)
        leaves = [(event(tree.size + place)["id"], leaf_of(event(tree.size + place))) for place in range(size)]
        tree.extend(leaf for _, leaf in leaves)
        previous = heads.hash_of(batches[-1].head) if batches else NONE_BEFORE
        head = Head(TENANT, len(batches) + 1, tree.size, tree.root.hex(), previous, AT, signer.id)
        named = tuple((event_id, leaf.hex()) for event_id, leaf in leaves)
        batches.append(Batch(head, signer.sign(heads.signed_bytes(head)), base, named))
    return batches


def anchored(batch: Batch) -> tuple[Anchor, bytes]:
    """The anchor of a trail that was pruned up to a batch."""
    head = batch.head
    anchor = Anchor(
        TENANT, 1, head.size, head.batch, heads.hash_of(head), head.root, 90, NONE_BEFORE, AT, batch.head.key_id
    )
    return anchor, key().sign(heads.signed_bytes(anchor))


def exported(
    batches: Sequence[Batch], *, complete: bool = True, anchor: tuple[Anchor, bytes] | None = None
) -> dict[str, Any]:
    entries = [
        trail.entry(batch.first + place, event(batch.first + place))
        for batch in batches
        for place in range(len(batch.leaves))
    ]
    text = "".join(
        trail.document(
            {"generated_at": AT},
            tenant=TENANT,
            keys={key().id: key().pem},
            complete=complete,
            anchor=anchor,
            batches=batches,
            entries=entries,
        )
    )
    document: dict[str, Any] = json.loads(text)
    return document

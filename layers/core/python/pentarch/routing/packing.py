"""Proofs inside events: as they are while they are small, compressed when many candidates were judged."""

import base64
import json
from collections.abc import Mapping
from typing import Any, cast

from .proof import Proof

MAX_CANDIDATES = 8
"""Judged models of which a proof takes some 4 KB of an event; a write is paid by the kilobyte."""
_LEVEL = 3


def packed(proof: Proof) -> Mapping[str, Any]:
    if len(proof["evaluations"]) <= MAX_CANDIDATES:
        return cast("Mapping[str, Any]", proof)
    import gzip

    text = json.dumps(proof, separators=(",", ":")).encode()
    return {"gzip": base64.b64encode(gzip.compress(text, _LEVEL, mtime=0)).decode()}


def unpacked(value: Mapping[str, Any]) -> Proof:
    if "gzip" not in value:
        return cast("Proof", value)
    import gzip

    proof: Proof = json.loads(gzip.decompress(base64.b64decode(value["gzip"])))
    return proof

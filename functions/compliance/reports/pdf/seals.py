"""The last section of a report: what it rests on, and how that is checked without trust in whoever made it."""

from collections.abc import Iterator, Mapping
from typing import Any

from reportlab.platypus import Flowable

from compliance.reports.pdf import drawing, look
from compliance.reports.words import moment

Document = Mapping[str, Any]

_TRAIL_PATH = "GET /api/v1/compliance"
_STEPS = (
    f"1. Fetch the public key: {_TRAIL_PATH}/audit/root tells it with the signed head.",
    f"2. Export the trail: {_TRAIL_PATH}/export?format=json.",
    "3. On any machine, without a network, run: python -m pentarch verify-audit FILE --public-key PEM.",
    "4. An event that was changed, removed, inserted or put elsewhere is named.",
    f"5. {_TRAIL_PATH}/audit/consistency proves that a later tree only added to the one above.",
)


def evidence_section(document: Document) -> Iterator[Flowable]:
    evidence = document["evidence"]
    yield look.said("Evidence and seals", look.SECTION)
    yield look.said("Evidence", look.GROUP)
    yield look.said(
        "The evidence was collected first and judged afterwards. It is kept as it was, so that every verdict of this "
        "report can be made again from it."
    )
    yield drawing.facts(
        [
            ("Object", evidence["key"]),
            ("SHA-256", evidence["sha256"]),
            ("Collected", moment(evidence["collected_at"])),
        ]
    )
    yield from seal_section(document["seal"])


def seal_section(seal: Mapping[str, Any] | None) -> Iterator[Flowable]:
    yield look.said("Seal of the audit trail", look.GROUP)
    if seal is None:
        yield look.said("No event of this tenant had been sealed when this report was made.")
        return
    yield look.said(
        "Every event of the audit trail is a leaf of a Merkle tree (RFC 9162), whose root is signed with a key that "
        "cannot leave AWS KMS. This is where the tree stood:"
    )
    known = (("Leaves", "tree_size"), ("Root hash", "root"), ("Signed", "signed_at"), ("Key", "key_id"))
    pairs = [(name, moment(seal[key]) if key == "signed_at" else seal[key]) for name, key in known if seal.get(key)]
    yield drawing.facts(pairs)
    yield look.said("How to check it", look.GROUP)
    for line in _STEPS:
        yield look.said(line)

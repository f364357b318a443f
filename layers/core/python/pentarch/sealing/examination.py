"""Reading what somebody was handed, in any of the forms that a trail comes in."""

import json
from collections.abc import Iterable, Sequence

from .heads import key_id_of
from .trail import BATCH, TRAIL, JsonObject
from .verdict import Fault, Kind, Verdict
from .verify import examine


def examine_text(text: str, trusted: Iterable[str] = (), known: str | None = None) -> Verdict:
    """An export, the bucket's documents one behind the other, or a reply with the proof of one event.

    `trusted` are public keys in PEM; ValueError if one is none. Without any, the keys in the text are taken.
    `known` is a reply with a signed head that the trail has to contain.
    """
    own = list(trusted)
    for pem in own:
        key_id_of(pem)
    try:
        return examine(_trail_of(text), own, None if known is None else _head_in(known))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
        return Verdict([Fault(Kind.UNREADABLE, f"this is no exported trail: {error!r}")])


def _trail_of(text: str) -> JsonObject:
    try:
        told = json.loads(text)
    except ValueError:
        return _joined([json.loads(line) for line in text.split("\n") if line.strip()])
    if told.get("kind") == BATCH:
        return _joined([told])
    told = told.get("data", told)
    return _of_proof(told) if "audit_path" in told else dict(told)


def _head_in(text: str) -> JsonObject:
    told = json.loads(text)
    found: JsonObject = told.get("data", told)["signed_head"]
    return found


def _of_proof(told: JsonObject) -> JsonObject:
    statement = told["signed_head"]["statement"]
    return {
        "kind": TRAIL,
        "seal": {
            "tenant": statement["tenant"],
            "keys": {statement["key_id"]: told["public_key"]},
            "complete": False,
            "head": told["signed_head"],
        },
        "events": [{"index": told["index"], "event": told["event"], "path": told["audit_path"]}],
    }


def _joined(lines: Sequence[JsonObject]) -> JsonObject:
    """The bucket's documents as one trail, which begins where the first of them does."""
    keys: dict[str, str] = {}
    for line in lines:
        if line.get("kind") != BATCH:
            msg = f"a line is no {BATCH}"
            raise ValueError(msg)
        keys |= line["keys"]
    return {
        "kind": TRAIL,
        "seal": {
            "tenant": lines[0]["head"]["statement"]["tenant"],
            "keys": keys,
            "complete": True,
            "batches": list(lines),
        },
        "events": [entry for line in lines for entry in line["events"]],
    }

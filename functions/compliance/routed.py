"""Whether a confidential call went where its proof says that it had to go: for checks, and for what is not kept."""

from collections.abc import Iterator

from compliance.facts import read
from compliance.model import JsonObject
from pentarch.routing import proof
from pentarch.routing.packing import unpacked
from pentarch.routing.proof import Proof


def faults(call: JsonObject) -> Iterator[str]:
    """The decision is made again from the proof, and held against what the call's event tells besides."""
    packed = read(call, "routing")
    if packed is None:
        yield "there is no proof of how it was routed"
        return
    try:
        held = unpacked(packed)
    except (ValueError, TypeError, OSError):
        yield "the proof cannot be read"
        return
    wrong = proof.verify(held)
    yield from wrong or _of_another_call(call, held)


def _of_another_call(call: JsonObject, held: Proof) -> Iterator[str]:
    proven = held["problem"]["need"].get("sensitivity")
    if proven != read(call, "sensitivity"):
        yield f"the proof is of a call of class {proven}, not {call['sensitivity']}"
    served = read(call, "model")
    if served is not None and not read(call, "cached") and served != held["chosen"]:
        yield f"{served} answered, and the proof chose {held['chosen']}"

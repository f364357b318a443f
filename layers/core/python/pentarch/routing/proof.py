"""Proofs of decisions: everything a decision depended on, and how to check it with no trust in who made it."""

import hashlib
import json
from typing import Any, NotRequired, TypedDict

from .model import Decision, Evaluation, Problem, Weights
from .rules import decide

VERSION = "routing-1"
"""Names the rules and the score; a proof is checked with those that it was made by."""


class Proof(TypedDict):
    """`chosen` may be another than the first of the order when the first ones failed: `failures` tells of them."""

    version: str
    snapshot_hash: str
    """SHA-256 of the problem as canonical JSON."""
    problem: Problem
    weights: Weights
    order: list[str]
    evaluations: list[Evaluation]
    chosen: str | None
    failures: NotRequired[list[dict[str, str]]]


def canonical(value: object) -> bytes:
    """JSON with sorted keys and no spaces: the same bytes for the same value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def snapshot_hash(problem: Problem) -> str:
    ordered = {**problem, "candidates": sorted(problem["candidates"], key=lambda one: one["service_id"])}
    return hashlib.sha256(canonical(ordered)).hexdigest()


def prove(problem: Problem, decision: Decision, chosen: str | None) -> Proof:
    return {
        "version": VERSION,
        "snapshot_hash": snapshot_hash(problem),
        "problem": problem,
        "weights": problem["weights"],
        "order": decision["order"],
        "evaluations": decision["evaluations"],
        "chosen": chosen,
    }


def verify(proof: Any) -> list[str]:  # noqa: ANN401 (whatever somebody hands in as a proof)
    """What is wrong with a proof, each in a sentence; nothing when it holds. Never raises."""
    try:
        return _faults(proof)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        return [f"this is no routing proof: {type(error).__name__} {error}"]


def _faults(proof: Proof) -> list[str]:
    if proof["version"] != VERSION:
        return [f"the proof is of version {proof['version']!r}, and these rules are {VERSION!r}"]
    faults: list[str] = []
    if snapshot_hash(proof["problem"]) != proof["snapshot_hash"]:
        faults.append("snapshot_hash is not the hash of the problem")
    if proof["weights"] != proof["problem"]["weights"]:
        faults.append("weights are not those of the problem")
    decision = decide(proof["problem"])
    if decision["order"] != proof["order"]:
        faults.append(f"the order is {decision['order']}, not {proof['order']}")
    told = {evaluation["service_id"]: evaluation for evaluation in proof["evaluations"]}
    for evaluation in decision["evaluations"]:
        name = evaluation["service_id"]
        if told.pop(name, None) != evaluation:
            faults.append(f"{name} is judged otherwise: {json.dumps(evaluation, sort_keys=True)}")
    faults.extend(f"{name} is judged and is no candidate" for name in told)
    faults.extend(_choice_faults(proof, decision["order"]))
    return faults


def _choice_faults(proof: Proof, order: list[str]) -> list[str]:
    """Whoever was chosen is the first feasible one that did not fail."""
    failed = {failure["service_id"] for failure in proof.get("failures", [])}
    left = [name for name in order if name not in failed]
    expected = left[0] if left else None
    return [] if proof["chosen"] == expected else [f"{expected} was to be chosen, not {proof['chosen']}"]

"""The trace of a model call's routing, read out of the call's event: it needs no record of its own."""

from typing import Any

from pentarch.events.model import Event
from pentarch.platform.clock import iso
from pentarch.routing import composite
from pentarch.routing.model import MATCHING, OPTIMIZATION, RULES, SECURITY, STAGES, Stage
from pentarch.routing.packing import unpacked
from pentarch.routing.proof import Proof

_RESULTS: dict[Stage, str] = {
    MATCHING: "matched",
    RULES: "satisfied",
    SECURITY: "verified",
    OPTIMIZATION: "selected",
}


def trace_of(event: Event) -> dict[str, Any] | None:
    """The trace as `/api/traces/{id}` gives it; None for an event that chose nothing."""
    if "routing" not in event.data:
        return None
    proof = unpacked(event.data["routing"])
    need = proof["problem"]["need"]
    chosen = None if proof["chosen"] is None else composite.chosen_of(proof)
    furthest = OPTIMIZATION if proof["order"] else _furthest(proof)
    passed = STAGES.index(furthest)
    trace: dict[str, Any] = {
        "trace_id": event.id,
        "timestamp": iso(event.at),
        "request": {
            "intent": need["capabilities"][0],
            "traits": need["traits"],
            "required_capabilities": [],
            "constraints": need["constraints"],
            "sensitivity": need.get("sensitivity"),
            "prompt_sha256": event.data.get("prompt_sha256"),
            "requested_model": event.data.get("requested_model"),
        },
        "decision": None,
        "proof": {
            "master_equation_score": None,
            "contract_match": passed > STAGES.index(MATCHING),
            "rule_satisfaction": passed > STAGES.index(RULES),
            "security_verified": passed > STAGES.index(SECURITY),
            "guarantee_composition": None,
            "links": [proof],
        },
        "audit_trail": _steps(proof, furthest, iso(event.at)),
    }
    if chosen is None:
        reason = str(event.data.get("reason", "every feasible model failed"))
        trace["error"] = {"code": "NO_MODEL_ANSWERED" if proof["order"] else "NO_MATCHING_SERVICE", "message": reason}
    else:
        trace["decision"] = {
            "service_id": chosen["service_id"],
            "service_url": chosen["base_url"],
            "method": "POST",
            "headers": {},
        }
        trace["proof"]["master_equation_score"] = composite.score([proof])
        trace["proof"]["guarantee_composition"] = composite.compose([chosen])
    return trace


def _furthest(proof: Proof) -> Stage:
    reached = (one["excluded"]["stage"] for one in proof["evaluations"] if one["excluded"] is not None)
    return max(reached, key=STAGES.index, default=MATCHING)


def _steps(proof: Proof, furthest: Stage, timestamp: str) -> list[dict[str, str]]:
    """The stages that were passed, and each feasible model that did not answer."""
    feasible = bool(proof["order"])
    steps = [
        {
            "step": stage,
            "timestamp": timestamp,
            "result": _RESULTS[stage] if feasible or stage != furthest else "refused",
        }
        for stage in STAGES[: STAGES.index(furthest) + 1]
    ]
    for failure in proof.get("failures", []):
        result = f"{failure['service_id']}: {failure['reason']}"
        steps.append({"step": "fallback", "timestamp": timestamp, "result": result})
    return steps

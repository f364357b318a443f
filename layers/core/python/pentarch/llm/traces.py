"""The trace of a model call's routing, read out of the call's event: it needs no record of its own."""

from typing import Any

from pentarch.events.model import Event
from pentarch.platform.clock import iso
from pentarch.routing import composite, places, stages
from pentarch.routing.model import OPTIMIZATION
from pentarch.routing.packing import unpacked
from pentarch.routing.proof import Proof


def trace_of(event: Event) -> dict[str, Any] | None:
    """The trace as `/api/traces/{id}` gives it; None for an event that chose nothing."""
    if "routing" not in event.data:
        return None
    proof = unpacked(event.data["routing"])
    need = proof["problem"]["need"]
    chosen = None if proof["chosen"] is None else composite.chosen_of(proof)
    furthest = OPTIMIZATION if proof["order"] else stages.furthest(proof)
    timestamp = iso(event.at)
    trace: dict[str, Any] = {
        "trace_id": event.id,
        "timestamp": timestamp,
        "request": {
            "intent": need["capabilities"][0],
            "traits": need["traits"],
            "required_capabilities": need["capabilities"][1:],
            "constraints": need["constraints"],
            "sensitivity": need.get("sensitivity"),
            "prompt_sha256": event.data.get("prompt_sha256"),
            "requested_model": event.data.get("requested_model"),
        },
        "decision": None,
        "proof": {
            "master_equation_score": None,
            **stages.passed(furthest),
            "guarantee_composition": None,
            "links": [proof],
        },
        "audit_trail": [
            *stages.steps(furthest, timestamp, feasible=bool(proof["order"])),
            *_fallbacks(proof, timestamp),
        ],
    }
    if chosen is None:
        reason = str(event.data.get("reason", "every feasible model failed"))
        trace["error"] = {"code": "NO_MODEL_ANSWERED" if proof["order"] else "NO_MATCHING_SERVICE", "message": reason}
    else:
        trace["decision"] = {
            "service_id": chosen["service_id"],
            "service_url": places.asked_at(chosen, f"llm.{need['capabilities'][0]}"),
            "method": "POST",
            "headers": places.reference(chosen),
        }
        trace["proof"]["master_equation_score"] = composite.score([proof])
        trace["proof"]["guarantee_composition"] = composite.compose([chosen])
    return trace


def _fallbacks(proof: Proof, timestamp: str) -> list[dict[str, str]]:
    """Each feasible model that did not answer."""
    return [
        {"step": "fallback", "timestamp": timestamp, "result": f"{failure['service_id']}: {failure['reason']}"}
        for failure in proof.get("failures", [])
    ]

"""Routing a request: gather who offers what it needs, decide, and keep a trace of it, of a refusal too."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pentarch.events.actor import Actor
from pentarch.platform.clock import epoch_ms, iso
from pentarch.platform.errors import PentarchError
from pentarch.platform.ids import uuid7
from pentarch.routing import composite, places, stages
from pentarch.routing.composite import Selection
from pentarch.routing.model import MATCHING, OPTIMIZATION, RULES, SECURITY, Candidate, Need, Stage
from pentarch.routing.policies import combine
from pentarch.routing.proof import canonical
from pentarch.services import store, traces
from registry import builtin, facts, policies
from registry.errors import NoMatchingServiceError, RuleViolationError, SecurityViolationError
from registry.schemas import RoutedRequest, RouteRequest

MAX_TOLD = 50
"""Candidates of which a refusal tells; the trace has all."""
MAX_SHOWN = 1_000
"""Candidates up to which an answer holds the whole proof: Lambda's answers have 6 MB at most. The trace has it."""
_REFUSALS: dict[Stage, tuple[type[PentarchError], str]] = {
    MATCHING: (NoMatchingServiceError, "no service matches the request"),
    RULES: (RuleViolationError, "policies forbid every service that matches the request"),
    SECURITY: (SecurityViolationError, "no service that matches the request may be trusted with it"),
}
"""By the furthest stage that any candidate reached."""


def route(actor: Actor, asked: RouteRequest, at: datetime) -> dict[str, Any]:
    """The decision as the caller hears of it; a dry run leaves no trace.

    Raises what `_REFUSALS` says when nothing is feasible.
    """
    request, governance = asked.request, policies.of(actor.tenant, actor.subject)
    need: Need = {
        "capabilities": list(dict.fromkeys([request.intent, *request.required_capabilities])),
        "constraints": asked.constraints.asked(),
        "traits": request.traits,
        "sensitivity": policies.sensitivity_of("\n".join(_texts(request.payload)), request.sensitivity, governance),
    }
    rules = combine(governance.policies, asked.policies.asked())

    def candidates_of(capability: str) -> list[Candidate]:
        offered = store.candidates(actor.tenant, capability, at)
        return offered + builtin.offering(actor.tenant, capability)

    selection = composite.select(need, rules, governance.weights, candidates_of, governance.standing)
    trace = _trace(request, need, selection, uuid7(epoch_ms(at)), at)
    if not asked.dry_run:
        _keep(actor, need, selection, trace, at)
    if not selection.is_feasible:
        raise _refusal(selection, None if asked.dry_run else trace["trace_id"])
    return _answer(trace, selection, dry_run=asked.dry_run)


def _keep(actor: Actor, need: Need, selection: Selection, trace: dict[str, Any], at: datetime) -> None:
    feasible = selection.is_feasible
    event = facts.did(
        actor,
        facts.DECIDED if feasible else facts.REFUSED,
        trace["trace_id"],
        at,
        sensitivity=need.get("sensitivity"),
        intent=need["capabilities"][0],
        services=[one["service_id"] for one in selection.chosen] if feasible else None,
        score=trace["proof"]["master_equation_score"] if feasible else None,
        code=None if feasible else trace["error"]["code"],
        snapshot_hashes=[link["snapshot_hash"] for link in selection.links],
    )
    traces.keep(actor.tenant, trace, event)


def _trace(request: RoutedRequest, need: Need, selection: Selection, trace_id: str, at: datetime) -> dict[str, Any]:
    """The trace as the reference has it, with everything that the decision depended on but the payload."""
    furthest = OPTIMIZATION if selection.is_feasible else stages.furthest(selection.links[-1])
    trace: dict[str, Any] = {
        "trace_id": trace_id,
        "timestamp": iso(at),
        "request": {
            "intent": request.intent,
            "traits": request.traits,
            "required_capabilities": request.required_capabilities,
            "constraints": need["constraints"],
            "sensitivity": need.get("sensitivity"),
            "payload_sha256": hashlib.sha256(canonical(request.payload)).hexdigest(),
        },
        "decision": _decision(need["capabilities"], selection.chosen) if selection.is_feasible else None,
        "proof": _told(selection, furthest),
        "audit_trail": stages.steps(furthest, iso(at), feasible=selection.is_feasible),
    }
    if not selection.is_feasible:
        error, message = _REFUSALS[furthest]
        trace["error"] = {"code": error.code, "message": message}
    return trace


def _told(selection: Selection, furthest: Stage) -> dict[str, Any]:
    told: dict[str, Any] = {
        "master_equation_score": composite.score(selection.links) if selection.is_feasible else None,
        **stages.passed(furthest),
        "guarantee_composition": composite.compose(selection.chosen) if selection.is_feasible else None,
        "links": selection.links,
    }
    if selection.whole is not None:
        told["whole"] = selection.whole
    return told


def _decision(capabilities: list[str], chain: list[Candidate]) -> dict[str, Any]:
    """Where to send the request: the one service, or the first of a chain and after it the others."""
    if len(chain) == 1:
        return _stop(capabilities[0], chain[0])
    stops = [
        {"capability": capability} | _stop(capability, one) for capability, one in zip(capabilities, chain, strict=True)
    ]
    return _stop(capabilities[0], chain[0]) | {"chain": stops}


def _stop(capability: str, one: Candidate) -> dict[str, Any]:
    return {
        "service_id": one["service_id"],
        "service_url": one["base_url"] if builtin.is_reserved(one["service_id"]) else places.asked_at(one, capability),
        "method": "POST",
        "headers": places.reference(one),
    }


def _answer(trace: dict[str, Any], selection: Selection, *, dry_run: bool) -> dict[str, Any]:
    proof = dict(trace["proof"])
    if not dry_run and sum(len(link["evaluations"]) for link in selection.links) > MAX_SHOWN:
        for part in ("links", "whole"):
            proof.pop(part, None)
        proof["snapshot_hashes"] = [link["snapshot_hash"] for link in selection.links]
    return {
        "decision": trace["decision"],
        "proof": proof,
        "trace": {
            "trace_id": None if dry_run else trace["trace_id"],
            "timestamp": trace["timestamp"],
            "decision_path": [step["step"] for step in trace["audit_trail"]],
        },
    }


def _refusal(selection: Selection, trace_id: str | None) -> PentarchError:
    last = selection.links[-1]
    error, message = _REFUSALS[stages.furthest(last)]
    excluded = [*stages.exclusions(last)]
    told = [{"service_id": name, **exclusion} for name, exclusion in excluded[:MAX_TOLD]]
    details: dict[str, Any] = {"trace_id": trace_id, "candidates": len(excluded), "excluded": told}
    if selection.whole is not None:
        details["capability"] = last["problem"]["need"]["capabilities"][0]
    return error(message, details=details)


def _texts(value: object) -> Iterator[str]:
    """Every text in a JSON value, however deep."""
    left = [value]
    while left:
        match left.pop():
            case str() as text:
                yield text
            case dict() as found:
                left.extend(found.keys())
                left.extend(found.values())
            case list() as found:
                left.extend(found)
            case int() | float() as number if not isinstance(number, bool):
                yield str(number)

"""Choosing, as pure functions: match contracts, evaluate rules, verify security, then optimise.

Feasible is who covers the need, keeps every constraint and breaks no policy; there is no trading one for another. The
same problem gives the same decision, whatever the order of its candidates.
"""

from collections.abc import Callable, Iterator

from . import gates, places, scoring
from .model import (
    MATCHING,
    RULES,
    SECURITY,
    SENSITIVITIES,
    Candidate,
    Decision,
    Evaluation,
    Exclusion,
    Need,
    Policies,
    Problem,
    Stage,
)

LOWEST = SENSITIVITIES[0]
"""What a candidate may see of which nobody said anything: public prompts, and nothing else."""

Finding = tuple[str, str]
"""The rule that was broken, and how, in words."""
Judge = Callable[[Candidate, Need, Policies], Iterator[Finding]]


def decide(problem: Problem) -> Decision:
    """Judge every candidate, and put the feasible ones in order: the one asked for, then by preference and score."""
    need, policies, weights = problem["need"], problem["policies"], problem["weights"]
    closed = gates.closed_by(problem)
    ranks: list[tuple[bool, int, float, str]] = []
    evaluations: list[Evaluation] = []
    for candidate in sorted(problem["candidates"], key=lambda one: one["service_id"]):
        name = candidate["service_id"]
        excluded = exclusion(candidate, need, policies, closed=closed)
        if excluded is not None:
            evaluations.append({"service_id": name, "excluded": excluded, "utilities": None, "score": None})
            continue
        utilities = scoring.utilities(candidate, need)
        score = scoring.score(utilities, weights)
        evaluations.append({"service_id": name, "excluded": None, "utilities": utilities, "score": score})
        ranks.append((name != need.get("asked_for"), -candidate.get("preference", 0), -score, name))
    return {"order": [name for _, _, _, name in sorted(ranks)], "evaluations": evaluations}


def exclusion(candidate: Candidate, need: Need, policies: Policies, *, closed: str | None = None) -> Exclusion | None:
    """The first demand that a candidate does not meet, in the order of the stages; None when it is feasible.

    `closed` is why nothing may go outside at present.
    """
    for stage, judge in _STAGES:
        for rule, reason in judge(candidate, need, policies):
            return {"stage": stage, "rule": rule, "reason": reason}
        if stage == RULES and closed is not None and not places.is_internal(candidate["base_url"]):
            return {"stage": stage, "rule": gates.RULE, "reason": closed}
    return None


def _contract(candidate: Candidate, need: Need, _: Policies) -> Iterator[Finding]:
    if not candidate["active"]:
        yield "active", "the service is inactive"
    offered = candidate["capabilities"]
    missing = [name for name in need["capabilities"] if name not in offered]
    if missing:
        yield "capabilities", f"it does not offer {', '.join(sorted(set(missing)))}"
    size, capacity = need.get("size_tokens"), candidate.get("capacity_tokens")
    if size is not None and capacity is not None and size > capacity:
        yield "capacity_tokens", f"{size} tokens are more than the {capacity} that it takes"
    if need["constraints"]:
        yield from _bounds(candidate, need)


def _bounds(candidate: Candidate, need: Need) -> Iterator[Finding]:
    """What is not promised is not kept: an unknown value breaks a bound on it."""
    bounds = need["constraints"]
    for name, is_upper, known in _BOUNDED:
        bound: float | None = bounds.get(name)  # type: ignore[assignment]
        if bound is None:
            continue
        value = known(candidate)
        if value is None:
            yield name, "it promises nothing about this"
        elif value > bound if is_upper else value < bound:
            yield name, f"{value:g} is {'over' if is_upper else 'under'} the bound of {bound:g}"


def _rules(candidate: Candidate, _: Need, policies: Policies) -> Iterator[Finding]:
    data = candidate["data_policy"]
    if candidate["service_id"] in policies.get("denied_services", ()):
        yield "denied_services", "a policy denies the service"
    regions = policies.get("allowed_regions")
    if regions is not None and data.get("region") not in regions:
        yield "allowed_regions", f"its region is {data.get('region') or 'unknown'}"
    required = policies.get("required_certifications")
    lacking = sorted(set(required) - set(data.get("certifications", ()))) if required else ()
    if lacking:
        yield "required_certifications", f"it is not certified for {', '.join(lacking)}"
    longest, kept = policies.get("max_retention_days"), data.get("retention_days")
    if longest is not None and (kept is None or kept > longest):
        yield "max_retention_days", "it keeps data " + ("for nobody knows how long" if kept is None else f"{kept} days")
    least = policies.get("min_reliability")
    if least is not None:
        success = scoring.reliability(candidate)
        if success is None or success < least:
            yield "min_reliability", f"its reliability is {'unknown' if success is None else format(success, 'g')}"


def _security(candidate: Candidate, need: Need, policies: Policies) -> Iterator[Finding]:
    address = candidate["base_url"]
    if not policies.get("allow_external_services", candidate.get("vouched", False)) and not places.is_internal(address):
        yield "allow_external_services", "it is outside, and no policy allows that"
    if policies.get("require_encryption", False) and not places.is_encrypted(address):
        yield "require_encryption", "the way to it is not encrypted"
    clearance = candidate["data_policy"].get("max_sensitivity", LOWEST)
    wanted = need.get("sensitivity", LOWEST)
    if SENSITIVITIES.index(wanted) > SENSITIVITIES.index(clearance):
        yield "sensitivity", f"it may see {clearance} at most, and this is {wanted}"
    if candidate.get("needs_credential", False) and not candidate.get("credential_ref"):
        yield "credential", "it needs a credential, and none is registered"
    if candidate.get("credential_missing", False):
        yield "credential", "its credential_ref names nothing that is stored"


_BOUNDED: tuple[tuple[str, bool, Callable[[Candidate], float | None]], ...] = (
    ("max_latency_ms", True, scoring.latency_ms),
    ("max_cost_per_token", True, lambda candidate: candidate["cost_per_token"]),
    (
        "min_throughput_tokens_per_sec",
        False,
        lambda candidate: candidate["guarantees"].get("throughput_tokens_per_sec"),
    ),
    ("min_reliability", False, scoring.reliability),
)
"""What a bound is called, whether it is an upper one, and what it bounds."""
_STAGES: tuple[tuple[Stage, Judge], ...] = ((MATCHING, _contract), (RULES, _rules), (SECURITY, _security))

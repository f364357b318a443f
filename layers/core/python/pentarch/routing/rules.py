"""Choosing, as pure functions: feasible first, then the order. The same input gives the same decision."""

from collections.abc import Iterable

from pentarch.routing.model import Candidate, Decision, Need

LOWEST_CLEARANCE = 0
"""What a candidate may see of which nobody said anything: public prompts, and nothing else."""

CAPABILITY = "capability"
CLEARANCE = "clearance"
CAPACITY = "capacity"


def exclusion(candidate: Candidate, need: Need) -> str | None:
    """The first demand that a candidate does not meet; None when it is feasible."""
    if need.capability not in candidate.capabilities:
        return CAPABILITY
    if need.sensitivity > (LOWEST_CLEARANCE if candidate.clearance is None else candidate.clearance):
        return CLEARANCE
    if need.size > candidate.capacity:
        return CAPACITY
    return None


def decide(candidates: Iterable[Candidate], need: Need) -> Decision:
    """The feasible candidates: the one asked for, then by preference, then by cost; ties break by id."""
    feasible: list[Candidate] = []
    excluded: dict[str, str] = {}
    for candidate in candidates:
        reason = exclusion(candidate, need)
        if reason is None:
            feasible.append(candidate)
        else:
            excluded[candidate.id] = reason
    feasible.sort(key=lambda one: (one.id != need.asked_for, -one.preference, one.cost_nano_usd, one.id))
    return Decision(tuple(candidate.id for candidate in feasible), excluded)

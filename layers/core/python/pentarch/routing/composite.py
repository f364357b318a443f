"""Decisions for requests that need several capabilities: one service for all of them, else a chain of services.

A chain is chosen link by link in the order of the capabilities, each link by `rules.decide` on its own. The bounds hold
for the whole chain, so each link is asked for what the links before it have left over. Choosing greedily may miss a
chain that keeps the bounds; a chain that was chosen always keeps them.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypedDict

from . import scoring
from .model import (
    Candidate,
    Constraints,
    Guarantees,
    Need,
    Policies,
    Problem,
    Standing,
    Weights,
)
from .proof import Proof, prove
from .rules import decide

_DIGITS = 9

CandidatesOf = Callable[[str], Sequence[Candidate]]
"""Whoever offers a capability, feasible or not."""


class Composition(TypedDict, total=False):
    """What a chain promises; what one link does not promise, the chain does not."""

    latency_ms: float
    throughput_tokens_per_sec: float
    reliability: float
    cost_per_token: float


class Selection(NamedTuple):
    """`links` has one proof of a service that covers all, or one for each capability up to the first without any.

    `whole` proves of a chain that no single service could do it.
    """

    links: list[Proof]
    whole: Proof | None = None

    @property
    def is_feasible(self) -> bool:
        return all(link["chosen"] is not None for link in self.links)

    @property
    def chosen(self) -> list[Candidate]:
        return [chosen_of(link) for link in self.links]


def select(
    need: Need,
    policies: Policies,
    weights: Weights,
    candidates_of: CandidatesOf,
    standing: dict[str, Standing] | None = None,
) -> Selection:
    """Choose for a need whose capabilities are in the order in which a chain would go through them."""

    def link_of(asked: Need, candidates: Sequence[Candidate]) -> Proof:
        problem: Problem = {"need": asked, "policies": policies, "weights": weights, "candidates": list(candidates)}
        if standing is not None:
            problem["standing"] = standing
        decision = decide(problem)
        return prove(problem, decision, decision["order"][0] if decision["order"] else None)

    first, *others = need["capabilities"]
    whole = link_of(need, candidates_of(first))
    if whole["chosen"] is not None or not others:
        return Selection([whole])
    links: list[Proof] = []
    left = need["constraints"]
    for capability in need["capabilities"]:
        asked: Need = {**need, "capabilities": [capability], "constraints": left}
        link = link_of(asked, candidates_of(capability))
        links.append(link)
        if link["chosen"] is None:
            break
        left = what_is_left(left, chosen_of(link))
    return Selection(links, whole)


def what_is_left(bounds: Constraints, taken: Candidate) -> Constraints:
    """The bounds that the rest of a chain has to keep, after a link that keeps its own."""
    left: Constraints = {**bounds}
    latency, cost, reliability = scoring.latency_ms(taken), taken["cost_per_token"], scoring.reliability(taken)
    if "max_latency_ms" in left and latency is not None:
        left["max_latency_ms"] = round(left["max_latency_ms"] - latency, _DIGITS)
    if "max_cost_per_token" in left and cost is not None:
        left["max_cost_per_token"] = round(left["max_cost_per_token"] - cost, _DIGITS)
    if "min_reliability" in left and reliability:
        left["min_reliability"] = round(left["min_reliability"] / reliability, _DIGITS)
    return left


def compose(chain: Sequence[Candidate]) -> Composition:
    """Latencies and costs add up, the slowest link gives the throughput, reliabilities multiply."""
    guarantees: list[Guarantees] = [one["guarantees"] for one in chain]
    found: Composition = {}
    if all("latency_ms" in one for one in guarantees):
        found["latency_ms"] = _tidy(math.fsum(one["latency_ms"] for one in guarantees))
    if all("throughput_tokens_per_sec" in one for one in guarantees):
        found["throughput_tokens_per_sec"] = min(one["throughput_tokens_per_sec"] for one in guarantees)
    if all("reliability" in one for one in guarantees):
        found["reliability"] = _tidy(math.prod(one["reliability"] for one in guarantees))
    costs = [one["cost_per_token"] for one in chain if one["cost_per_token"] is not None]
    if len(costs) == len(chain):
        found["cost_per_token"] = _tidy(math.fsum(costs))
    return found


def score(links: Sequence[Proof]) -> float:
    """The mean of the links' scores."""
    return round(math.fsum(score_of(link) for link in links) / len(links), _DIGITS)


def score_of(link: Proof) -> float:
    found = (one["score"] for one in link["evaluations"] if one["service_id"] == link["chosen"])
    return next(found, None) or 0.0


def chosen_of(link: Proof) -> Candidate:
    return next(one for one in link["problem"]["candidates"] if one["service_id"] == link["chosen"])


def _tidy(value: float) -> float:
    """Without the last digits' noise of adding and multiplying, and whole when it is."""
    rounded = round(float(value), 12)
    return int(rounded) if rounded.is_integer() else rounded

"""The score of a feasible candidate: a weighted sum of utilities, each between 0 and 1.

A utility depends on its candidate alone, so a service that joins or leaves changes nobody else's score:

- latency: `1000 / (1000 + ms)`, one half at a second
- throughput: `t / (t + 50)`, one half at 50 tokens a second
- cost: `0.00001 / (0.00001 + dollars per token)`, one half at ten dollars a million
- reliability: the share of requests that succeed
- traits: the share of the traits asked for that it has; 1 when none is asked for

Of what a contract promises and what was measured, the worse counts; what nobody knows counts 0.
"""

from .model import Candidate, Need, Weights

HALF_LATENCY_MS = 1_000.0
HALF_THROUGHPUT = 50.0
HALF_COST_USD = 0.000_01
_DIGITS = 9
"""Rounded, so that a proof compares on every machine."""


def latency_ms(candidate: Candidate) -> float | None:
    promised, measured = candidate["guarantees"].get("latency_ms"), candidate["observed"].get("latency_ms")
    return promised if measured is None else measured if promised is None else max(promised, measured)


def reliability(candidate: Candidate) -> float | None:
    promised, measured = candidate["guarantees"].get("reliability"), candidate["observed"].get("success_rate")
    return promised if measured is None else measured if promised is None else min(promised, measured)


def utilities(candidate: Candidate, need: Need) -> dict[str, float]:
    latency = latency_ms(candidate)
    throughput = candidate["guarantees"].get("throughput_tokens_per_sec", 0.0)
    cost = candidate["cost_per_token"]
    wanted, traits = need["traits"], candidate["traits"]
    matched = len([name for name, value in wanted.items() if traits.get(name) == value])
    return {
        "latency": 0.0 if latency is None else round(HALF_LATENCY_MS / (HALF_LATENCY_MS + latency), _DIGITS),
        "throughput": round(throughput / (throughput + HALF_THROUGHPUT), _DIGITS),
        "cost": 0.0 if cost is None else round(HALF_COST_USD / (HALF_COST_USD + cost), _DIGITS),
        "reliability": round(reliability(candidate) or 0.0, _DIGITS),
        "traits": round(matched / len(wanted), _DIGITS) if wanted else 1.0,
    }


def score(utility: dict[str, float], weights: Weights) -> float:
    return round(
        weights["latency"] * utility["latency"]
        + weights["throughput"] * utility["throughput"]
        + weights["cost"] * utility["cost"]
        + weights["reliability"] * utility["reliability"]
        + weights["traits"] * utility["traits"],
        _DIGITS,
    )

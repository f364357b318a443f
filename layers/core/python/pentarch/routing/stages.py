"""How far a decision came: what a trace tells of its stages, whoever asked for it."""

from collections.abc import Iterator

from .model import MATCHING, OPTIMIZATION, RULES, SECURITY, STAGES, Exclusion, Stage
from .proof import Proof

_RESULTS: dict[Stage, str] = {
    MATCHING: "matched",
    RULES: "satisfied",
    SECURITY: "verified",
    OPTIMIZATION: "selected",
}


def exclusions(proof: Proof) -> Iterator[tuple[str, Exclusion]]:
    """Who was taken out, and why."""
    for one in proof["evaluations"]:
        if one["excluded"] is not None:
            yield one["service_id"], one["excluded"]


def furthest(proof: Proof) -> Stage:
    """The last stage that any candidate which was taken out had reached."""
    reached = (exclusion["stage"] for _, exclusion in exclusions(proof))
    return max(reached, key=STAGES.index, default=MATCHING)


def passed(stage: Stage) -> dict[str, bool]:
    """What the references call the stages before one."""
    index = STAGES.index(stage)
    return {
        "contract_match": index > STAGES.index(MATCHING),
        "rule_satisfaction": index > STAGES.index(RULES),
        "security_verified": index > STAGES.index(SECURITY),
    }


def steps(stage: Stage, timestamp: str, *, feasible: bool) -> list[dict[str, str]]:
    """The audit trail up to a stage, which refused everybody unless something is feasible."""
    return [
        {
            "step": one,
            "timestamp": timestamp,
            "result": _RESULTS[one] if feasible or one != stage else "refused",
        }
        for one in STAGES[: STAGES.index(stage) + 1]
    ]

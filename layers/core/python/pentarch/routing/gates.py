"""Gates: while the own house is not in order, what is confidential does not go outside.

A gate names a framework and what the last assessment of it must have found. The state of the assessments is part of the
problem, so a proof shows later why a gate was open or closed. A state that nobody knows closes it.
"""

from collections.abc import Iterator, Mapping

from .model import SENSITIVITIES, Gate, Problem, Standing

RULE = "compliance_gates"


def closed_by(problem: Problem) -> str | None:
    """Why nothing may go outside for this problem, in words; None when every gate is open."""
    sensitivity = problem["need"].get("sensitivity", SENSITIVITIES[0])
    for gate in problem["policies"].get("compliance_gates", ()):
        least = gate.get("from_sensitivity", SENSITIVITIES[0])
        if SENSITIVITIES.index(sensitivity) >= SENSITIVITIES.index(least):
            for reason in _missed(gate, problem.get("standing", {})):
                return reason
    return None


def _missed(gate: Gate, standings: Mapping[str, Standing]) -> Iterator[str]:
    framework = gate["framework"]
    standing = standings.get(framework)
    if standing is None:
        yield f"{framework} was never assessed"
        return
    least, most, oldest = gate.get("min_score"), gate.get("max_critical_findings"), gate.get("max_age_days")
    if least is not None and standing["score"] < least:
        yield f"{framework} was assessed at {standing['score']:g}, under {least:g}"
    if most is not None and standing["critical_findings"] > most:
        yield f"{framework} has {standing['critical_findings']} critical findings, more than {most}"
    if oldest is not None and standing["age_days"] > oldest:
        yield f"{framework} was assessed {standing['age_days']:g} days ago, more than {oldest}"

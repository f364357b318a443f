"""Scores of an assessment: plain arithmetic over verdicts, in which a check that saw nothing counts as one that failed.

A control's score is the weighted share of its checks that passed, a check weighing by its severity. Checks that do not
apply count neither way. The overall score is the share that the controls' scores make of the controls' weights.

So no score can rise because evidence is missing: a check that passed and is not seen any more takes its share away,
one that failed had none. What was seen at all is told beside the score, as `assessed_share`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from compliance.model import Severity, Verdict

SEVERITY_WEIGHTS: Mapping[Severity, int] = {
    Severity.CRITICAL: 8,
    Severity.HIGH: 4,
    Severity.MEDIUM: 2,
    Severity.LOW: 1,
}
"""Each severity weighs twice the one below it."""
CRITICAL_FACTOR = 0.5
"""What is left of a control's score while one of its critical checks has not passed, however many others have."""
_DIGITS = 4


class ControlStatus(StrEnum):
    COMPLIANT = "compliant"
    """Every check that applies has passed."""
    PARTIALLY_COMPLIANT = "partially_compliant"
    NON_COMPLIANT = "non_compliant"
    """No check has passed, or a critical one has failed."""
    NOT_ASSESSED = "not_assessed"
    """No check could see its evidence."""
    NOT_APPLICABLE = "not_applicable"
    """The evidence was seen, and holds nothing that the control is about."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the scores need of a check."""

    severity: Severity
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ControlScore:
    status: ControlStatus
    score: float
    """In [0, 1]; 0 for what was not assessed or does not apply, which its status says."""
    weight: float

    @property
    def is_assessed(self) -> bool:
        return self.status not in (ControlStatus.NOT_ASSESSED, ControlStatus.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Overall:
    score: float
    assessed_share: float
    """How much of the applicable controls' weight belongs to controls of which something was seen."""


def score_control(results: Iterable[Result], weight: float) -> ControlScore:
    applicable = [result for result in results if result.verdict is not Verdict.NOT_APPLICABLE]
    verdicts = {result.verdict for result in applicable}
    if not applicable:
        return ControlScore(ControlStatus.NOT_APPLICABLE, 0.0, weight)
    if verdicts == {Verdict.NOT_ASSESSED}:
        return ControlScore(ControlStatus.NOT_ASSESSED, 0.0, weight)
    passed = [result for result in applicable if result.verdict is Verdict.PASSED]
    score = _weight(passed) / _weight(applicable)
    missing = [result for result in applicable if result.verdict is not Verdict.PASSED]
    if any(result.severity is Severity.CRITICAL for result in missing):
        score *= CRITICAL_FACTOR
    return ControlScore(_status(applicable, passed), round(score, _DIGITS), weight)


def score_all(controls: Sequence[ControlScore]) -> Overall:
    """Controls that do not apply are left out; those that were not assessed count with their 0."""
    applicable = [control for control in controls if control.status is not ControlStatus.NOT_APPLICABLE]
    total = sum(control.weight for control in applicable)
    if not total:
        return Overall(0.0, 0.0)
    score = sum(control.score * control.weight for control in applicable) / total
    seen = sum(control.weight for control in applicable if control.is_assessed) / total
    return Overall(round(score, _DIGITS), round(seen, _DIGITS))


def _weight(results: Iterable[Result]) -> int:
    return sum(SEVERITY_WEIGHTS[result.severity] for result in results)


def _status(applicable: Sequence[Result], passed: Sequence[Result]) -> ControlStatus:
    failed_critically = any(
        result.severity is Severity.CRITICAL and result.verdict is Verdict.FAILED for result in applicable
    )
    if not passed or failed_critically:
        return ControlStatus.NON_COMPLIANT
    return ControlStatus.COMPLIANT if len(passed) == len(applicable) else ControlStatus.PARTIALLY_COMPLIANT

"""What scores may never do, for any controls and any verdicts."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.model import Severity, Verdict
from compliance.scoring import ControlScore, ControlStatus, Overall, Result, score_all, score_control

RESULTS = st.lists(st.builds(Result, st.sampled_from(Severity), st.sampled_from(Verdict)), min_size=1, max_size=8)
CONTROLS = st.lists(st.tuples(RESULTS, st.integers(1, 9).map(float)), min_size=1, max_size=6)
Controls = Sequence[tuple[Sequence[Result], float]]


def scored(controls: Controls) -> tuple[list[ControlScore], Overall]:
    each = [score_control(results, weight) for results, weight in controls]
    return each, score_all(each)


def becoming(controls: Controls, verdict: Verdict, at: tuple[int, int]) -> Controls:
    """The controls with the verdict of one check another."""
    place, check = at[0] % len(controls), at[1]
    results, weight = controls[place]
    check %= len(results)
    changed = [*results[:check], replace(results[check], verdict=verdict), *results[check + 1 :]]
    return [*controls[:place], (changed, weight), *controls[place + 1 :]]


def is_no_better(worse: Controls, than: Controls) -> bool:
    now, now_overall = scored(worse)
    before, overall = scored(than)
    return now_overall.score <= overall.score and all(
        one.score <= other.score for one, other in zip(now, before, strict=True)
    )


@given(CONTROLS, st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_one_more_failure_never_raises_a_score(controls: Controls, at: tuple[int, int]) -> None:
    assert is_no_better(becoming(controls, Verdict.FAILED, at), controls)


@given(CONTROLS, st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_not_seeing_evidence_never_raises_a_score(controls: Controls, at: tuple[int, int]) -> None:
    unseen = becoming(controls, Verdict.NOT_ASSESSED, at)
    assert is_no_better(unseen, controls)
    assert scored(unseen)[1].assessed_share <= scored(controls)[1].assessed_share


@given(CONTROLS, st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_a_check_that_passes_never_lowers_a_control(controls: Controls, at: tuple[int, int]) -> None:
    better = becoming(controls, Verdict.PASSED, at)
    assert all(one.score >= other.score for one, other in zip(scored(better)[0], scored(controls)[0], strict=True))


@given(CONTROLS, st.randoms())
def test_the_order_does_not_matter(controls: Controls, random: st.randoms) -> None:  # type: ignore[valid-type]
    shuffled = [(random.sample(results, len(results)), weight) for results, weight in controls]  # type: ignore[attr-defined]
    assert scored(shuffled) == scored(controls)
    each = scored(controls)[0]
    assert score_all(random.sample(each, len(each))) == score_all(each)  # type: ignore[attr-defined]


@given(CONTROLS)
def test_scores_lie_between_0_and_1_and_1_needs_everything_seen_and_passed(controls: Controls) -> None:
    each, overall = scored(controls)
    for (results, _), control in zip(controls, each, strict=True):
        verdicts = {result.verdict for result in results} - {Verdict.NOT_APPLICABLE}
        assert 0 <= control.score <= 1
        assert (control.score == 1) == (verdicts == {Verdict.PASSED}) == (control.status is ControlStatus.COMPLIANT)
        if verdicts == {Verdict.NOT_ASSESSED}:
            assert (control.status, control.score) == (ControlStatus.NOT_ASSESSED, 0)
    assert 0 <= overall.score <= overall.assessed_share <= 1


def verdicts(*pairs: tuple[Severity, Verdict]) -> list[Result]:
    return [Result(*pair) for pair in pairs]


@pytest.mark.parametrize(
    ("results", "status", "score"),
    [
        ([(Severity.HIGH, Verdict.PASSED), (Severity.LOW, Verdict.FAILED)], ControlStatus.PARTIALLY_COMPLIANT, 0.8),
        ([(Severity.HIGH, Verdict.FAILED), (Severity.LOW, Verdict.PASSED)], ControlStatus.PARTIALLY_COMPLIANT, 0.2),
        ([(Severity.HIGH, Verdict.FAILED)], ControlStatus.NON_COMPLIANT, 0.0),
        (
            [(Severity.CRITICAL, Verdict.PASSED)] * 3 + [(Severity.CRITICAL, Verdict.FAILED)],
            ControlStatus.NON_COMPLIANT,
            0.375,
        ),
        (
            [(Severity.CRITICAL, Verdict.PASSED)] * 3 + [(Severity.CRITICAL, Verdict.NOT_ASSESSED)],
            ControlStatus.PARTIALLY_COMPLIANT,
            0.375,
        ),
        ([(Severity.HIGH, Verdict.PASSED), (Severity.HIGH, Verdict.NOT_APPLICABLE)], ControlStatus.COMPLIANT, 1.0),
        ([(Severity.HIGH, Verdict.NOT_APPLICABLE)], ControlStatus.NOT_APPLICABLE, 0.0),
        (
            [(Severity.HIGH, Verdict.FAILED), (Severity.HIGH, Verdict.NOT_ASSESSED)],
            ControlStatus.NON_COMPLIANT,
            0.0,
        ),
    ],
)
def test_a_control_weighs_its_checks_by_severity(
    results: list[tuple[Severity, Verdict]], status: ControlStatus, score: float
) -> None:
    found = score_control(verdicts(*results), 1)
    assert (found.status, found.score) == (status, score)


def test_what_does_not_apply_counts_neither_way_and_what_was_not_seen_counts_as_nothing() -> None:
    fine = score_control(verdicts((Severity.LOW, Verdict.PASSED)), 1)
    unseen = score_control(verdicts((Severity.LOW, Verdict.NOT_ASSESSED)), 3)
    idle = score_control(verdicts((Severity.LOW, Verdict.NOT_APPLICABLE)), 9)
    assert score_all([fine, unseen, idle]) == Overall(0.25, 0.25)
    assert score_all([idle]) == Overall(0.0, 0.0)

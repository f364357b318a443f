"""States and what they may become."""

import subprocess
import sys

import pytest

from specialists.deployments import shortcomings
from specialists.lifecycle import STATUS_TRANSITIONS, TRAINING_TRANSITIONS, Status, TrainingState
from support.template import ROOT


def test_every_state_says_what_it_may_become() -> None:
    assert set(STATUS_TRANSITIONS) == set(Status)
    assert set(TRAINING_TRANSITIONS) == set(TrainingState)


def test_nothing_leaves_an_end_and_an_end_can_be_reached_from_everywhere_else() -> None:
    ends = {state for state in TrainingState if state.ended}
    assert ends == {TrainingState.COMPLETED, TrainingState.FAILED, TrainingState.CANCELLED}
    assert all(TrainingState.CANCELLED in TRAINING_TRANSITIONS[state] for state in set(TrainingState) - ends)


def test_a_state_is_shown_in_the_references_words() -> None:
    assert TrainingState.VALIDATING.shown == "running"
    assert TrainingState.QUEUED.shown == "queued"


@pytest.mark.parametrize(
    ("criteria", "accuracy", "latency", "found"),
    [
        ({}, None, None, 0),
        ({"min_accuracy": 0.9}, 0.9, 1.0, 0),
        ({"min_accuracy": 0.9}, 0.89, 1.0, 1),
        ({"min_accuracy": 0.9}, None, 1.0, 1),
        ({"max_latency": 5.0}, None, 5.0, 0),
        ({"max_latency": 5.0, "min_accuracy": 0.9}, 0.1, 5.1, 2),
    ],
)
def test_criteria_decide_whether_a_version_may_be_deployed(
    criteria: dict[str, float], accuracy: float | None, latency: float | None, found: int
) -> None:
    assert len(shortcomings(criteria, accuracy, latency)) == found


def test_requests_that_only_read_tables_do_not_pay_for_numpy() -> None:
    program = "import sys, specialists.api; print([n for n in ('numpy', 'scipy', 'sklearn') if n in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": f"{ROOT}/functions:{ROOT}/layers/core/python"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "[]"

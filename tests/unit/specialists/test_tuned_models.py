"""What providers tell of a tuned model, and how its words become labels."""

import pytest

from specialists import estimating
from specialists.finetuning import told
from specialists.finetuning.answering import label_of

LABELS = ("positive", "negative", "Not sure", "not sure")


@pytest.mark.parametrize(
    ("words", "label"),
    [
        ("positive", "positive"),
        (" Positive.\n", "positive"),
        ("**negative**", "negative"),
        ("Not sure", "Not sure"),
        ("NOT SURE", None),
        ("positive, I think", None),
        ("", None),
    ],
)
def test_words_are_a_label_only_where_there_is_one_that_they_mean(words: str, label: str | None) -> None:
    assert label_of(words, LABELS) == label


def test_the_losses_of_steps_become_those_of_epochs() -> None:
    steps = [("0", "1.0", "0.5"), ("1", "1", "0.25"), ("2", "2", "0.1"), ("3", "2", "nan"), ("x", "y", "z")]
    rows = [dict(zip(("step_number", "epoch_number", "training_loss"), step, strict=True)) for step in steps]
    assert told.stepwise(rows) == {"step": 3, "total_steps": 3, "curve": [[1, 0.375], [2, 0.1]]}
    assert told.stepwise([{"other": "1"}]) == {}


def test_a_first_estimate_grows_with_the_bytes_and_the_epochs() -> None:
    pace = estimating.calibrated()
    assert pace.look > pace.epoch > 0
    small, more, longer = (estimating.seconds(*one, pace) for one in ((10**6, 1), (10**9, 1), (10**9, 9)))
    assert estimating.START_S <= small < more < longer
    assert estimating.seconds(None, 1, pace) == pytest.approx(small, abs=1)

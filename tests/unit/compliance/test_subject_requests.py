"""When a request of a data subject is due, and what names a person."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.subjects.model import TRANSITIONS, Person, State, due


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-11-21", "2026-12-21"),
        ("2026-12-31", "2027-01-31"),
        ("2027-01-31", "2027-02-28"),
        ("2028-01-30", "2028-02-29"),
    ],
)
def test_an_answer_is_due_a_month_later(received: str, expected: str) -> None:
    at = datetime.fromisoformat(f"{received}T13:45:00+00:00")
    assert due(at) == datetime.fromisoformat(f"{expected}T13:45:00+00:00")


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 (bounds)
def test_a_month_has_28_to_31_days(received: datetime) -> None:
    assert 28 <= (due(received) - received).days <= 31


ANN = Person("user:ann", "ann", ("ann",), ("user:u_4k2m",))


@pytest.mark.parametrize("text", ["ann", "Ann's laptop", "of ANN.", '{"username":"ann"}', "user:ann"])
def test_a_name_is_found_as_a_word(text: str) -> None:
    assert ANN.is_named_in(text)


@pytest.mark.parametrize("text", ["", "annual report", "hannah", "channel", "anna", "ann2"])
def test_a_name_inside_another_word_is_another_name(text: str) -> None:
    assert not ANN.is_named_in(text)


def test_a_subject_that_holds_a_name_is_told_from_one_that_does_not() -> None:
    assert ANN.named_subjects == ()
    assert Person("ann", "ann", ("ann",), ("user:ann", "user:u_1")).named_subjects == ("user:ann",)


def test_every_state_that_is_not_an_end_can_be_left() -> None:
    assert {state for state, following in TRANSITIONS.items() if not following} == {
        state for state in State if not state.is_open
    }

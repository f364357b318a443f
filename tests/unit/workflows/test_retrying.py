"""Pauses before the next attempt."""

from hypothesis import given
from hypothesis import strategies as st

from workflows.definition import Failure, RetryPolicy
from workflows.retrying import is_worth, pause_s


@given(attempt=st.integers(1, 10), name=st.text(max_size=20), multiplier=st.floats(1, 10), first=st.floats(0, 100))
def test_a_pause_lies_between_half_of_its_length_and_all_of_it(
    attempt: int, name: str, multiplier: float, first: float
) -> None:
    policy = RetryPolicy(backoff_multiplier=multiplier, initial_delay=first, max_delay=50)
    whole = pause_s(policy.model_copy(update={"jitter": False}), attempt, name)
    assert whole <= 50
    assert whole / 2 <= pause_s(policy, attempt, name) <= whole
    assert pause_s(policy, attempt, name) == pause_s(policy, attempt, name)


def test_a_pause_is_as_long_as_the_other_side_asks_for() -> None:
    assert pause_s(RetryPolicy(), 1, "a", retry_after=60) == 60


def test_retries_are_bounded_and_for_what_may_pass() -> None:
    policy = RetryPolicy(max_retries=2)
    assert [is_worth(policy, Failure.UNAVAILABLE, attempt) for attempt in (1, 2, 3)] == [True, True, False]
    assert not is_worth(policy, Failure.INVALID, 1)
    assert not is_worth(None, Failure.UNAVAILABLE, 1)

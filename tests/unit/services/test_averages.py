"""Averages that forget: an observation counts half as much every ten minutes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pentarch.services.averages import FORGOTTEN_AFTER, HALF_LIFE, Averages

AT = datetime(2026, 7, 1, tzinfo=UTC)


def test_observations_of_one_moment_count_the_same() -> None:
    averages = Averages()
    for milliseconds in (100, 200, 600):
        averages = averages.observing(AT, success=True, latency_ms=milliseconds)
    assert averages.observed(AT) == {"success_rate": 1.0, "latency_ms": 300.0}


def test_after_a_half_life_an_observation_counts_half() -> None:
    averages = Averages().observing(AT, success=True, latency_ms=100)
    averages = averages.observing(AT + HALF_LIFE, success=False, latency_ms=1)
    assert averages.observed(AT + HALF_LIFE) == {"success_rate": 0.333333, "latency_ms": 100.0}


def test_what_nobody_measured_lately_is_not_told() -> None:
    assert Averages().observed(AT) == {}
    averages = Averages().observing(AT, success=False, latency_ms=None)
    assert averages.observed(AT + FORGOTTEN_AFTER) == {"success_rate": 0.0}
    assert averages.observed(AT + FORGOTTEN_AFTER + timedelta(seconds=1)) == {}


@given(st.lists(st.tuples(st.integers(0, 10_000), st.booleans(), st.none() | st.floats(0, 1e6)), min_size=1))
def test_averages_stay_within_what_was_observed(seen: list[tuple[int, bool, float | None]]) -> None:
    averages = Averages()
    for seconds, success, milliseconds in seen:
        averages = averages.observing(AT + timedelta(seconds=seconds), success=success, latency_ms=milliseconds)
    assert averages.at is not None
    told = averages.observed(averages.at)
    assert 0 <= told["success_rate"] <= 1
    timed = [milliseconds for _, success, milliseconds in seen if success and milliseconds is not None]
    if timed:
        slack = 1e-6 * (1 + max(timed))
        assert min(timed) - slack <= told["latency_ms"] <= max(timed) + slack

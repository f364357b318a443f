import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.usage.latency import BUCKETS, FACTOR, Latency, bucket, middle_ms

MILLISECONDS = st.floats(min_value=1.01, max_value=200_000)


def histogram(times: list[float]) -> Latency:
    return sum((Latency({bucket(one): 1}, 0, round(one * 1000)) for one in times), Latency())


@given(MILLISECONDS)
def test_the_middle_of_a_bucket_is_off_by_nine_percent_at_most(milliseconds: float) -> None:
    assert middle_ms(bucket(milliseconds)) / milliseconds == pytest.approx(1, rel=0.0906)


@given(st.lists(MILLISECONDS, min_size=1, max_size=60), st.integers(0, 59))
def test_merged_parts_say_what_the_whole_says(times: list[float], cut: int) -> None:
    assert histogram(times[:cut]) + histogram(times[cut:]) == histogram(times)


def test_the_95th_percentile_is_that_of_the_requests_within_a_bucket() -> None:
    times = [float(n) for n in range(10, 1010)]
    exact = statistics.quantiles(times, n=20)[-1] / 1000
    assert histogram(times).quantile_s(0.95) == pytest.approx(exact, rel=FACTOR - 1)


def test_nothing_asked_is_zero_and_what_takes_for_ever_is_in_the_last_bucket() -> None:
    assert Latency().quantile_s(0.95) == 0.0
    assert Latency().average_s() == 0.0
    assert bucket(1e12) == BUCKETS - 1
    assert bucket(0.0) == 0

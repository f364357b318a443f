import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.work.sharding import (
    MAX_INPUTS,
    MAX_PAUSE_S,
    MAX_SHARDS,
    MAX_TRIES,
    longest_run,
    pause_s,
    shard_size,
    split,
)

INPUTS = st.integers(min_value=1, max_value=MAX_INPUTS)


@given(INPUTS)
def test_every_input_is_in_exactly_one_shard(inputs: int) -> None:
    assert [index for run in split(inputs) for index in run] == list(range(inputs))


@given(INPUTS)
def test_there_are_never_more_shards_than_progress_can_read(inputs: int) -> None:
    shards = split(inputs)
    assert 1 <= len(shards) <= MAX_SHARDS
    assert {len(run) for run in shards[:-1]} <= {shard_size(inputs)}
    assert longest_run(inputs) == max(len(run) for run in shards)


@pytest.mark.parametrize(("inputs", "shards"), [(1, 1), (10, 1), (11, 2), (1_000, 100), (2_001, 182), (100_000, 200)])
def test_small_jobs_run_wide(inputs: int, shards: int) -> None:
    assert len(split(inputs)) == shards


def test_pauses_grow_up_to_what_a_queue_can_do() -> None:
    pauses = [pause_s(tries) for tries in range(1, MAX_TRIES)]
    assert pauses == [30, 90, 270, 810]
    assert pause_s(1, 60) == 60
    assert pause_s(9, 10**6) == MAX_PAUSE_S

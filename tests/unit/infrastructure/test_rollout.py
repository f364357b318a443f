"""Laws of the plan of a roll-out."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure import rollout
from infrastructure.model import Strategy
from infrastructure.rollout import BACK, DONE, WHOLE, Act, due, plan

WEIGHTS = st.sampled_from([*rollout.WEIGHTS.values(), *rollout.CONTAINER_WEIGHTS.values()])
COUNTS = st.integers(1, 30)


@given(WEIGHTS, COUNTS)
def test_the_weights_of_a_batch_rise_to_the_whole(weights: Sequence[int], count: int) -> None:
    steps = plan(weights, count)
    for batch in range(count):
        shifted = [step.weight for step in steps if step.act is Act.SHIFT and step.batch == batch]
        assert shifted == sorted(set(shifted))
        assert shifted[-1] == WHOLE


@given(WEIGHTS, COUNTS)
def test_each_shift_is_checked_before_anything_else_happens(weights: Sequence[int], count: int) -> None:
    steps = plan(weights, count)
    for step, following in zip(steps, (*steps[1:], DONE), strict=True):
        if step.act is Act.SHIFT:
            assert following == (Act.CHECK, step.batch, step.weight)


@given(WEIGHTS, COUNTS)
def test_no_traffic_moves_before_every_new_version_has_started(weights: Sequence[int], count: int) -> None:
    steps = plan(weights, count)
    prepared = {step.batch for step in steps[:count]}
    assert prepared == set(range(count))
    assert all(step.act is not Act.PREPARE for step in steps[count:])


@given(WEIGHTS, COUNTS, st.data())
def test_after_a_failure_the_only_way_is_back(weights: Sequence[int], count: int, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(plan(weights, count))))
    assert due(weights, count, position, failed=True) == BACK


@given(WEIGHTS, COUNTS)
def test_walking_the_plan_ends_and_progress_never_falls(weights: Sequence[int], count: int) -> None:
    position, seen = 0, [rollout.progress(weights, count, 0)]
    while due(weights, count, position, failed=False) != DONE:
        position += 1
        seen.append(rollout.progress(weights, count, position))
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0, 1)


@pytest.mark.parametrize(
    ("strategy", "batches"),
    [
        (Strategy.ROLLING_UPDATE, (("a", "b"), ("c",))),
        (Strategy.BLUE_GREEN, (("a", "b", "c"),)),
        (Strategy.CANARY, (("a", "b", "c"),)),
    ],
)
def test_only_a_rolling_update_takes_turns(strategy: Strategy, batches: tuple[tuple[str, ...], ...]) -> None:
    assert rollout.batches(strategy, [["a", "b"], [], ["c"]]) == batches


def test_a_roll_out_without_a_plan_has_no_progress() -> None:
    assert rollout.progress(rollout.WEIGHTS[Strategy.CANARY], 0, 0) == 0

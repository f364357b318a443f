"""Laws of the plan of a roll-out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure import rollout
from infrastructure.model import Strategy
from infrastructure.rollout import BACK, DONE, WHOLE, Act, due, plan

STRATEGIES = st.sampled_from(list(Strategy))
COUNTS = st.integers(1, 30)


@given(STRATEGIES, COUNTS)
def test_the_weights_of_a_batch_rise_to_the_whole(strategy: Strategy, count: int) -> None:
    steps = plan(strategy, count)
    for batch in range(count):
        weights = [step.weight for step in steps if step.act is Act.SHIFT and step.batch == batch]
        assert weights == sorted(set(weights))
        assert weights[-1] == WHOLE


@given(STRATEGIES, COUNTS)
def test_each_shift_is_checked_before_anything_else_happens(strategy: Strategy, count: int) -> None:
    steps = plan(strategy, count)
    for step, following in zip(steps, (*steps[1:], DONE), strict=True):
        if step.act is Act.SHIFT:
            assert following == (Act.CHECK, step.batch, step.weight)


@given(STRATEGIES, COUNTS)
def test_no_traffic_moves_before_every_new_version_has_started(strategy: Strategy, count: int) -> None:
    steps = plan(strategy, count)
    prepared = {step.batch for step in steps[:count]}
    assert prepared == set(range(count))
    assert all(step.act is not Act.PREPARE for step in steps[count:])


@given(STRATEGIES, COUNTS, st.data())
def test_after_a_failure_the_only_way_is_back(strategy: Strategy, count: int, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(plan(strategy, count))))
    assert due(strategy, count, position, failed=True) == BACK


@given(STRATEGIES, COUNTS)
def test_walking_the_plan_ends_and_progress_never_falls(strategy: Strategy, count: int) -> None:
    position, seen = 0, [rollout.progress(strategy, count, 0)]
    while due(strategy, count, position, failed=False) != DONE:
        position += 1
        seen.append(rollout.progress(strategy, count, position))
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
    assert rollout.progress(Strategy.CANARY, 0, 0) == 0

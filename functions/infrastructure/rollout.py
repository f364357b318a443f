"""The plan of a roll-out: which step comes next, given the strategy and how the last one went. Nothing here acts.

First every function's new version is made and probed, so that a version which does not start meets no traffic at all,
of none of the functions. Then the batches have their turns: more and more of the traffic, a look after each shift.
Whatever goes wrong, the way back is the same: every function to the version that it had.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from infrastructure.model import Rollout, Strategy

WHOLE = 100
WEIGHTS: dict[Strategy, tuple[int, ...]] = {
    Strategy.ROLLING_UPDATE: (WHOLE,),
    Strategy.BLUE_GREEN: (WHOLE,),
    Strategy.CANARY: (10, 50, WHOLE),
}
"""Percent of the traffic that a batch's new versions get, shift by shift."""
CONTAINER_WEIGHTS = WEIGHTS | {Strategy.CANARY: (10, WHOLE)}
"""ECS shifts a canary's traffic twice."""


class Act(StrEnum):
    PREPARE = "prepare"
    SHIFT = "shift"
    CHECK = "check"
    BACK = "back"
    DONE = "done"


class Step(NamedTuple):
    act: Act
    batch: int = 0
    weight: int = 0


DONE = Step(Act.DONE)
BACK = Step(Act.BACK)


def batches(strategy: Strategy, groups: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Groups of functions, in their order, as the strategy takes turns with them."""
    filled = tuple(tuple(group) for group in groups if group)
    if strategy is Strategy.ROLLING_UPDATE or not filled:
        return filled
    return (tuple(name for group in filled for name in group),)


def weights_of(one: Rollout) -> Sequence[int]:
    return (CONTAINER_WEIGHTS if one.place else WEIGHTS)[one.strategy]


def plan(weights: Sequence[int], count: int) -> tuple[Step, ...]:
    """All the steps of a roll-out of so many batches that meets no trouble."""
    prepared = [Step(Act.PREPARE, batch) for batch in range(count)]
    shifted = [
        Step(act, batch, weight) for batch in range(count) for weight in weights for act in (Act.SHIFT, Act.CHECK)
    ]
    return (*prepared, *shifted)


def due(weights: Sequence[int], count: int, position: int, *, failed: bool) -> Step:
    """What is to be done after `position` steps."""
    if failed:
        return BACK
    steps = plan(weights, count)
    return steps[position] if position < len(steps) else DONE


def progress(weights: Sequence[int], count: int, position: int) -> float:
    """0 to 1; what has no plan yet has not begun."""
    total = len(plan(weights, count))
    return round(min(position / total, 1.0), 4) if total else 0.0

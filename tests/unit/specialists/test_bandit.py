"""Off-policy evaluation against answers that are known."""

import numpy as np
import pytest

from specialists.training.bandit import Floats, Logged, choices, evaluate

REWARDS = np.array([[0.8, 0.1], [0.2, 0.5]])
"""The true mean reward of each action (columns) in each of two contexts (rows)."""


def a_log(rows: int, *, promised: Floats | None = None, seed: int = 0) -> tuple[Logged, float]:
    """A log of a skewed logger, and the true value of the policy that takes the best action of each context."""
    rng = np.random.default_rng(seed)
    context = rng.integers(0, 2, rows)
    first = np.where(context == 0, 0.3, 0.8)
    action = (rng.random(rows) > first).astype(np.int32)
    propensity = np.where(action == 0, first, 1 - first)
    reward = (rng.random(rows) < REWARDS[context, action]).astype(float)
    best = np.zeros((rows, 2))
    best[np.arange(rows), REWARDS[context].argmax(axis=1)] = 1
    told = REWARDS[context] if promised is None else np.broadcast_to(promised, (rows, 2))
    return Logged(action, reward, propensity, best, told), float((0.8 + 0.5) / 2)


@pytest.mark.parametrize("estimate", ["ips", "snips", "dr"])
def test_each_estimate_finds_the_true_value(estimate: str) -> None:
    log, truth = a_log(40_000)
    found = evaluate(log)[estimate]
    assert found["value"] == pytest.approx(truth, abs=0.02)
    assert found["low"] < truth < found["high"]


def test_doubly_robust_is_right_though_the_regression_is_wrong() -> None:
    log, truth = a_log(40_000, promised=np.array([5.0, -3.0]))
    assert evaluate(log)["dr"]["value"] == pytest.approx(truth, abs=0.1)


def test_a_good_regression_makes_the_interval_narrower_than_weighing_alone() -> None:
    log, _ = a_log(5_000)
    found = evaluate(log)
    width = {name: found[name]["high"] - found[name]["low"] for name in ("ips", "dr")}
    assert width["dr"] < width["ips"]


def test_the_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = 0
    for seed in range(200):
        log, truth = a_log(400, seed=seed)
        found = evaluate(log)["dr"]
        held += found["low"] <= truth <= found["high"]
    assert 180 <= held <= 200


def test_a_small_log_has_the_estimates_that_one_can_do_by_hand() -> None:
    log = Logged(
        action=np.array([0, 1], dtype=np.int32),
        reward=np.array([1.0, 0.0]),
        propensity=np.array([0.5, 0.25]),
        policy=np.array([[1.0, 0.0], [0.0, 1.0]]),
        promised=np.array([[0.5, 0.0], [0.0, 0.5]]),
    )
    found = evaluate(log)
    assert found["ips"]["value"] == 1.0  # (1/0.5 * 1 + 1/0.25 * 0) / 2
    assert found["snips"]["value"] == pytest.approx(2 / 6, abs=1e-6)
    assert found["dr"]["value"] == 0.0  # ((0.5 + 2 * 0.5) + (0.5 + 4 * -0.5)) / 2


def test_epsilon_spreads_some_of_the_choices() -> None:
    shares = choices(np.array([[0.1, 0.9, 0.3]]), 0.3)
    assert shares.sum() == pytest.approx(1)
    assert shares.tolist() == [pytest.approx([0.1, 0.8, 0.1])]

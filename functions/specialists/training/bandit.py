"""Choosing actions from what was logged: a contextual bandit, and what its policy would have earned.

The log holds a context, the action that was taken, its reward, and the probability with which it was taken. For each
action a ridge regression says what reward a context promises; the policy takes the most promising action, and spreads
a share `epsilon` of its choices evenly. What it would have earned is estimated on rows that it did not learn from:

- IPS weighs each reward by how much likelier the policy takes that action than the logger did: unbiased, wide.
- SNIPS divides by the weights' sum instead of their number: slightly biased, narrower.
- DR (doubly robust) adds to the regression's promise the weighed error of that promise: unbiased if either the
  propensities or the regression are right, and narrow where the regression is good.

Intervals are normal ones of 95 %, from the rows' own spread.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from specialists.arrays import Arrays
from specialists.datasets.chunks import Block, ChunkReader
from specialists.datasets.splitting import Split
from specialists.parameters import Reinforcement
from specialists.training import features

Floats = NDArray[np.float64]
_Z_95 = 1.959963984540054
"""The normal distribution's 97.5th percentile."""


class Logged(NamedTuple):
    """Rows of a log, with what a policy would have done and what a regression promises."""

    action: NDArray[np.int32]
    reward: Floats
    propensity: Floats
    policy: Floats
    """Rows by actions: how likely the policy takes each."""
    promised: Floats
    """Rows by actions: the reward that the regression promises."""


def evaluate(log: Logged) -> dict[str, dict[str, float]]:
    """The policy's mean reward by each estimate, with its interval."""
    rows = np.arange(len(log.action))
    weights = log.policy[rows, log.action] / log.propensity
    direct = (log.policy * log.promised).sum(axis=1)
    robust = direct + weights * (log.reward - log.promised[rows, log.action])
    found = {"ips": _interval(weights * log.reward), "dr": _interval(robust)}
    total = float(weights.sum())
    if total > 0:
        value = float((weights * log.reward).sum()) / total
        spread = float(np.sqrt((weights**2 * (log.reward - value) ** 2).sum())) / total
        found["snips"] = _bounds(value, spread)
    return found | {"logged": _interval(log.reward)}


def _interval(values: Floats) -> dict[str, float]:
    spread = float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return _bounds(float(values.mean()), float(spread))


def _bounds(value: float, spread: float) -> dict[str, float]:
    return {
        "value": round(value, 6),
        "low": round(value - _Z_95 * spread, 6),
        "high": round(value + _Z_95 * spread, 6),
    }


class Policy:
    """Sums over the rows, from which the regressions follow exactly: one pass is enough."""

    stopped = False

    def __init__(self, parameters: Reinforcement, prepared: Mapping[str, Any]) -> None:
        self._parameters = parameters
        self._prepared = prepared
        self._actions = len(prepared["labels"])
        width = len(prepared["columns"]) + 1
        self._products = np.zeros((self._actions, width, width))
        self._sums = np.zeros((self._actions, width))

    def epoch(self, number: int, reader: ChunkReader) -> dict[str, Any]:
        del number
        for block in reader.blocks(Split.TRAIN):
            context = self._context(block)
            for action in range(self._actions):
                mine = block.known["code"] == action
                self._products[action] += context[mine].T @ context[mine]
                self._sums[action] += context[mine].T @ block.known["reward"][mine]
        return self._measured(reader)

    def _measured(self, reader: ChunkReader) -> dict[str, Any]:
        split = Split.VALIDATION if reader.rows(Split.VALIDATION) else Split.TEST
        weights = self._weights()
        loss, rows = 0.0, 0
        for block in reader.blocks(split):
            promised = self._context(block) @ weights.T
            taken = promised[np.arange(len(block)), block.known["code"]]
            loss += float(((block.known["reward"] - taken) ** 2).sum())
            rows += len(block)
        return {"loss": round(loss / max(1, rows), 6)}

    def finish(self, reader: ChunkReader) -> tuple[dict[str, NDArray[Any]], dict[str, Any], dict[str, Any]]:
        split = Split.TEST if reader.rows(Split.TEST) else Split.VALIDATION
        weights = self._weights()
        parts = [self._logged(block, weights) for block in reader.blocks(split)]
        log = Logged(*(np.concatenate(column) for column in zip(*parts, strict=True)))
        metrics = {
            **self._measured(reader),
            "policy_value": evaluate(log),
            "measured_on": {"split": str(split), "rows": len(log.action)},
        }
        facts = {
            "kind": "policy",
            "epsilon": self._parameters.epsilon,
            **{name: self._prepared[name] for name in ("form", "columns", "labels", "scaler")},
        }
        return {"weights": weights}, facts, metrics

    def _logged(self, block: Block, weights: Floats) -> Logged:
        promised = self._context(block) @ weights.T
        return Logged(
            block.known["code"],
            block.known["reward"],
            block.known["propensity"],
            choices(promised, self._parameters.epsilon),
            promised,
        )

    def _weights(self) -> Floats:
        """One regression for each action; the constant is not held down."""
        penalty = self._parameters.ridge * np.eye(self._products.shape[1])
        penalty[-1, -1] = 1e-9
        return np.stack([np.linalg.solve(self._products[n] + penalty, self._sums[n]) for n in range(self._actions)])

    def _context(self, block: Block) -> Floats:
        return context(block.features, self._prepared)

    def arrays(self) -> Arrays:
        return {"products": self._products, "sums": self._sums}

    def facts(self) -> dict[str, Any]:
        return {}

    def restore(self, arrays: Arrays, facts: Mapping[str, Any]) -> None:
        del facts
        self._products, self._sums = arrays["products"], arrays["sums"]


class Model:
    """Says which action to take."""

    def __init__(self, arrays: Arrays, facts: Mapping[str, Any]) -> None:
        self._facts = facts
        self._weights = arrays["weights"]

    def predict(self, inputs: Sequence[Any]) -> list[dict[str, Any]]:
        promised = context(features.numbers(inputs), self._facts) @ self._weights.T
        labels = self._facts["labels"]
        told = []
        for row, shares in zip(promised, choices(promised, self._facts["epsilon"]), strict=True):
            best = int(row.argmax())
            told.append(
                {
                    "prediction": labels[best],
                    "expected_rewards": features.best(labels, row),
                    "propensities": features.best(labels, shares),
                }
            )
        return told


def choices(promised: Floats, epsilon: float) -> Floats:
    """How likely each action is taken: the most promising one, but for a share that is spread evenly."""
    shares = np.full(promised.shape, epsilon / promised.shape[1])
    shares[np.arange(len(promised)), promised.argmax(axis=1)] += 1 - epsilon
    return shares


def context(matrix: Floats, prepared: Mapping[str, Any]) -> Floats:
    scaled = features.scaled(matrix, prepared["scaler"])
    return np.hstack([scaled, np.ones((len(scaled), 1))])

"""How good a classifier is on rows that stream by: nothing is kept but a matrix of labels against labels."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FLOOR = 1e-12
MAX_SHOWN = 50
"""Labels up to which the confusion matrix is told."""


def p95(times: Sequence[float]) -> float | None:
    """The 95th percentile; None of nothing."""
    return round(sorted(times)[int(0.95 * (len(times) - 1))], 3) if times else None


class Score:
    def __init__(self, labels: int) -> None:
        self._confusion = np.zeros((labels, labels), dtype=np.int64)
        self._loss = 0.0

    def take(self, probabilities: NDArray[Any], codes: NDArray[Any]) -> None:
        given = np.clip(probabilities[np.arange(len(codes)), codes], _FLOOR, 1)
        self._loss += float(-np.log(given).sum())
        np.add.at(self._confusion, (codes, probabilities.argmax(axis=1)), 1)

    def told(self, labels: Sequence[str] | None = None) -> dict[str, Any]:
        """Loss and accuracy; with labels also macro F1 and the matrix (rows: what is, columns: what was said)."""
        rows = int(self._confusion.sum())
        right = np.diag(self._confusion)
        told: dict[str, Any] = {
            "loss": round(self._loss / rows, 6) if rows else 0.0,
            "accuracy": round(float(right.sum()) / rows, 6) if rows else 0.0,
        }
        if labels is None:
            return told
        told["macro_f1"] = round(_macro_f1(self._confusion), 6)
        if len(labels) <= MAX_SHOWN:
            told["confusion_matrix"] = {"labels": list(labels), "rows": self._confusion.tolist()}
        return told


def _macro_f1(confusion: NDArray[np.int64]) -> float:
    """Over the labels that are there or were said."""
    right = np.diag(confusion)
    both = confusion.sum(axis=0) + confusion.sum(axis=1)
    there = both > 0
    return float((2 * right[there] / both[there]).mean()) if there.any() else 0.0

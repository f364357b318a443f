"""From a model's raw output to what it says: pure functions over arrays."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pentarch.models.manifest import OutputSpec

_MAX_WIDE = 7_680.0
"""Wider than any input: boxes of different classes are moved apart by it, so that none suppresses another's."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something in a picture, and where: left, top, right and bottom in pixels."""

    name: str
    confidence: float
    box: tuple[float, float, float, float]

    def told(self, width: int, height: int) -> dict[str, Any]:
        left, top, right, bottom = self.box
        clipped = (min(max(left, 0), width), min(max(top, 0), height), min(right, width), min(bottom, height))
        return {
            "class": self.name,
            "confidence": round(self.confidence, 4),
            "bbox": [round(float(one), 1) for one in clipped],
        }


@dataclass(frozen=True, slots=True)
class Class:
    name: str
    confidence: float
    number: int

    def told(self) -> dict[str, Any]:
        return {"class": self.name, "confidence": round(self.confidence, 4), "class_id": self.number}


def classes(output: NDArray[np.float32], labels: tuple[str, ...], spec: OutputSpec, top_k: int) -> list[Class]:
    """The surest first; of equal ones the lower number."""
    scores = output.reshape(-1).astype(np.float64)
    if spec.layout == "logits":
        grown = np.exp(scores - scores.max())
        scores = grown / grown.sum()
    order = np.lexsort((np.arange(scores.size), -scores))[:top_k]
    return [Class(labels[int(n)], float(np.clip(scores[n], 0, 1)), int(n)) for n in order]


def boxes(
    output: NDArray[np.float32],
    labels: tuple[str, ...],
    spec: OutputSpec,
    scale: tuple[float, float],
    offset: tuple[float, float],
) -> list[Found]:
    """YOLOv8: for each place the middle, width and height of a box, and a score for each class."""
    rows = output[0].T.astype(np.float64)
    scores = rows[:, 4:]
    numbers = scores.argmax(1)
    best = scores[np.arange(len(scores)), numbers]
    kept = best >= spec.confidence
    rows, numbers, best = rows[kept], numbers[kept], best[kept]
    middle, half = rows[:, :2], rows[:, 2:4] / 2
    corners = np.concatenate([middle - half, middle + half], axis=1)
    chosen = suppressed(corners + (numbers * _MAX_WIDE)[:, None], best, spec.iou)[: spec.max_detections]
    shift, factor = np.array([*offset, *offset]), np.array([*scale, *scale])
    placed = (corners - shift) / factor
    return [
        Found(labels[int(numbers[n])], float(min(best[n], 1.0)), tuple(float(one) for one in placed[n]))  # type: ignore[arg-type]
        for n in chosen
    ]


def suppressed(corners: NDArray[np.float64], scores: NDArray[np.float64], iou: float) -> list[int]:
    """Non-maximum suppression: the surest boxes, none overlapping a surer one by more than `iou`."""
    areas = np.prod(np.maximum(corners[:, 2:] - corners[:, :2], 0), axis=1)
    order = np.lexsort((np.arange(len(scores)), -scores))
    kept: list[int] = []
    while order.size:
        first, rest = int(order[0]), order[1:]
        kept.append(first)
        low = np.maximum(corners[first, :2], corners[rest, :2])
        high = np.minimum(corners[first, 2:], corners[rest, 2:])
        shared = np.prod(np.maximum(high - low, 0), axis=1)
        union = areas[first] + areas[rest] - shared
        overlap = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
        order = rest[overlap <= iou]
    return kept

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pentarch.models.manifest import OutputSpec
from vision.answers import Found, boxes, classes, suppressed

LOGITS, YOLO = OutputSpec(layout="logits"), OutputSpec(layout="yolov8")
CORNER = st.tuples(st.floats(0, 50), st.floats(0, 50), st.floats(1, 50), st.floats(1, 50))


def overlap(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    width = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    height = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    shared = width * height
    return float(shared / (np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2]) - shared))


@given(st.lists(st.tuples(CORNER, st.floats(0, 1)), min_size=1, max_size=12), st.floats(0.1, 0.9))
def test_what_is_kept_does_not_overlap_and_what_is_not_overlaps_a_surer_one(
    found: list[tuple[tuple[float, float, float, float], float]], iou: float
) -> None:
    corners = np.array([[left, top, left + width, top + height] for (left, top, width, height), _ in found])
    scores = np.array([score for _, score in found])
    kept = suppressed(corners, scores, iou)
    for place, one in enumerate(kept):
        assert all(overlap(corners[one], corners[other]) <= iou + 1e-9 for other in kept[:place])
    for gone in set(range(len(found))) - set(kept):
        surer = [one for one in kept if scores[one] >= scores[gone]]
        assert any(overlap(corners[gone], corners[one]) > iou - 1e-9 for one in surer)


@given(st.lists(st.floats(-30, 30, width=32), min_size=1, max_size=20), st.integers(1, 25))
def test_classes_are_the_surest_first_and_share_one(scores: list[float], top_k: int) -> None:
    labels = tuple(f"label {n}" for n in range(len(scores)))
    found = classes(np.array([scores], np.float32), labels, LOGITS, top_k)
    sure = [one.confidence for one in found]
    assert sure == sorted(sure, reverse=True)
    assert len(found) == min(top_k, len(scores))
    assert sum(sure) <= 1 + 1e-9
    assert found[0].name == labels[found[0].number]


def test_probabilities_are_told_as_they_are() -> None:
    spec = OutputSpec(layout="probabilities")
    [first, _] = classes(np.array([[0.25, 0.75]], np.float32), ("cat", "dog"), spec, 2)
    assert first.told() == {"class": "dog", "confidence": 0.75, "class_id": 1}


def test_boxes_of_one_class_suppress_each_other_and_lie_where_the_picture_has_them() -> None:
    output = np.zeros((1, 6, 4), np.float32)
    output[0, :, 0] = [160, 160, 80, 40, 0.9, 0.0]
    output[0, :, 1] = [164, 160, 80, 40, 0.8, 0.0]  # nearly the same place, the same class
    output[0, :, 2] = [160, 160, 80, 40, 0.1, 0.7]  # the same place, another class
    output[0, :, 3] = [20, 20, 4, 4, 0.2, 0.1]  # not sure enough
    found = boxes(output, ("cat", "dog"), YOLO, scale=(0.5, 0.5), offset=(0.0, 80.0))
    assert [(one.name, round(one.confidence, 3)) for one in found] == [("cat", 0.9), ("dog", 0.7)]
    assert found[0].box == pytest.approx((240, 120, 400, 200))


def test_no_box_is_sure_enough_in_an_empty_picture() -> None:
    assert boxes(np.zeros((1, 6, 10), np.float32), ("cat", "dog"), YOLO, (1, 1), (0, 0)) == []


def test_a_box_ends_at_the_pictures_edge() -> None:
    assert Found("cat", 0.91234, (-5, 2, 105.26, 40)).told(100, 50)["bbox"] == [0.0, 2.0, 100.0, 40.0]

"""What needs no weights of ours: measured scenes anywhere; texts, people and faces where OpenCV and RapidOCR are.

Those two do not fit into a Lambda beside onnxruntime (docs/decisions/0026); the local stack has them.
"""

import math
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pentarch.analysis.model import Engine, Outcome
from vision.answers import Found, suppressed
from vision.engines import scene
from vision.model import Analysis, Question
from vision.pictures import Picture

NAME = "pentarch/vision"
_PERSON, _FACE = "person", "face"
_HOG_SIDE = 640
"""People are looked for in a picture of this size: the detector's own figure is 64 x 128."""
_LEAST_FIGURE = (64, 128)
_FACE_NEIGHBOURS = 6
_LEAST_FACE = 24
_IOU = 0.4
_LEAST_CONFIDENCE = 0.65
_LEAST_READ = 0.75
"""Below it lies what texture is mistaken for."""


def capabilities() -> tuple[str, ...]:
    found = [Analysis.SCENE_ANALYSIS]
    if find_spec("cv2") is not None:
        found.append(Analysis.OBJECT_DETECTION)
        if find_spec("rapidocr") is not None:
            found.append(Analysis.TEXT_EXTRACTION)
    return tuple(found)


class LocalBackend:
    def __init__(self) -> None:
        self.engine = Engine(NAME, "pentarch", capabilities())

    def answer(self, question: Question, timeout_s: float) -> Outcome[Any]:
        del timeout_s  # nothing here waits for anybody
        match question.capability:
            case Analysis.OBJECT_DETECTION:
                picture = question.picture
                found = [one.told(picture.width, picture.height) for one in objects(picture)]
                return Outcome(found, facts={"found": len(found)})
            case Analysis.TEXT_EXTRACTION:
                lines = texts(question.picture)
                return Outcome(lines, facts={"found": len(lines)}, text="\n".join(line["text"] for line in lines))
            case _:
                return Outcome(scene.measured(question.picture.image))


def objects(picture: Picture) -> list[Found]:
    """People as OpenCV's histogram of gradients knows them upright and whole, faces as its cascade does from the front.

    Confidences are the detectors' own margins through a logistic curve: they order what was found, and are no
    probabilities.
    """
    found = [*_people(picture), *_faces(picture)]
    return sorted(found, key=lambda one: (-one.confidence, one.box))


def texts(picture: Picture) -> list[dict[str, Any]]:
    """Lines of text from top to bottom, each in the upright box around it."""
    read = _reader()(np.ascontiguousarray(picture.pixels()[:, :, ::-1]))
    if read.txts is None or read.boxes is None:
        return []
    lines = []
    for text, confidence, corners in zip(read.txts, read.scores, read.boxes, strict=True):
        low, high = corners.min(0) * picture.scale, corners.max(0) * picture.scale
        box = [round(float(one), 1) for one in (*low, *high)]
        lines.append({"text": str(text), "confidence": round(float(confidence), 4), "bbox": box})
    return lines


def _people(picture: Picture) -> list[Found]:
    grey, scale = _grey(picture, _HOG_SIDE)
    if grey.shape[1] < _LEAST_FIGURE[0] or grey.shape[0] < _LEAST_FIGURE[1]:
        return []
    places, weights = _figures().detectMultiScale(grey, winStride=(8, 8), padding=(8, 8), scale=1.05)
    return _kept(_PERSON, places, [float(one) for one in np.ravel(weights)], scale, middle=1.0, width=0.6)


def _faces(picture: Picture) -> list[Found]:
    import cv2

    grey, scale = _grey(picture, 1024)
    if min(grey.shape) < _LEAST_FACE:
        return []
    places, _, weights = _frontal().detectMultiScale3(
        cv2.equalizeHist(grey),
        scaleFactor=1.1,
        minNeighbors=_FACE_NEIGHBOURS,
        minSize=(_LEAST_FACE, _LEAST_FACE),
        outputRejectLevels=True,
    )
    return _kept(_FACE, places, [float(one) for one in np.ravel(weights)], scale, middle=2.0, width=1.5)


def _kept(
    name: str,
    places: Any,  # noqa: ANN401 (OpenCV gives an array, or an empty tuple)
    weights: list[float],
    scale: float,
    *,
    middle: float,
    width: float,
) -> list[Found]:
    if len(places) == 0:
        return []
    sides = np.asarray(places, dtype=np.float64)
    corners = np.concatenate([sides[:, :2], sides[:, :2] + sides[:, 2:]], axis=1) * scale
    sure = [1 / (1 + math.exp(-(weight - middle) / width)) for weight in weights]
    return [
        Found(name, sure[n], (corners[n, 0], corners[n, 1], corners[n, 2], corners[n, 3]))
        for n in suppressed(corners, np.array(sure), _IOU)
        if sure[n] >= _LEAST_CONFIDENCE
    ]


def _grey(picture: Picture, side: int) -> tuple[NDArray[np.uint8], float]:
    """The picture in grey, at most `side` pixels long; and by what a place in it is multiplied."""
    small = picture.image.convert("L")
    small.thumbnail((side, side))
    return np.asarray(small), picture.width / small.width


@cache
def _figures() -> Any:  # noqa: ANN401 (OpenCV's classes have no stubs worth it)
    import cv2

    found = cv2.HOGDescriptor()
    found.setSVMDetector(np.array(cv2.HOGDescriptor.getDefaultPeopleDetector()))
    return found


@cache
def _frontal() -> Any:  # noqa: ANN401 (as above)
    import cv2
    import cv2.data

    return cv2.CascadeClassifier(f"{cv2.data.haarcascades}haarcascade_frontalface_default.xml")


@cache
def _reader() -> Any:  # noqa: ANN401 (RapidOCR has no types)
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical", "Global.text_score": _LEAST_READ, "Global.use_cls": False})

"""From a picture to a model's input, as its manifest says: pure functions over arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pentarch.models.manifest import InputSpec

_BAR = 114
"""The grey of the bars beside a letterboxed picture, as YOLO is trained."""
_CROP = 0.875
"""The share of a picture's shorter side that classifiers of photographs are shown: 224 of 256."""
_STANDS_OUT = 0.35
_FLAT = 8.0
"""A difference of grey below which there is nothing but ground."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A model's input, and how a place in it becomes a place in the picture: `(place - offset) / scale`."""

    values: NDArray[np.float32]
    scale: tuple[float, float]
    offset: tuple[float, float]


def prepared(image: Image.Image, given: InputSpec) -> Prepared:
    sized, scale, offset = _SIZED[given.resize](image, given)
    pixels = np.asarray(sized, dtype=np.float32).reshape(given.height, given.width, given.channels)
    mean, std = (np.asarray(one, dtype=np.float32) for one in (given.mean, given.std))
    values = (pixels * np.float32(given.scale) - mean) / std
    if given.layout == "NCHW":
        values = values.transpose(2, 0, 1)
    return Prepared(np.ascontiguousarray(values[None]), scale, offset)


Sized = tuple[Image.Image, tuple[float, float], tuple[float, float]]


def _stretched(image: Image.Image, given: InputSpec) -> Sized:
    sized = _coloured(image, given).resize((given.width, given.height), Image.Resampling.BILINEAR)
    return sized, (given.width / image.width, given.height / image.height), (0.0, 0.0)


def _cropped(image: Image.Image, given: InputSpec) -> Sized:
    """The middle, in the proportions of the input."""
    scale = max(given.width / image.width, given.height / image.height) / _CROP
    width, height = given.width / scale, given.height / scale
    left, top = (image.width - width) / 2, (image.height - height) / 2
    box = (left, top, left + width, top + height)
    size = (given.width, given.height)
    sized = _coloured(image, given).resize(size, Image.Resampling.BILINEAR, box=box)
    return sized, (scale, scale), (-left * scale, -top * scale)


def _letterboxed(image: Image.Image, given: InputSpec) -> Sized:
    scale = min(given.width / image.width, given.height / image.height)
    width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    left, top = (given.width - width) // 2, (given.height - height) // 2
    coloured = _coloured(image, given)
    ground = Image.new(coloured.mode, (given.width, given.height), (_BAR,) * len(coloured.getbands()))
    ground.paste(coloured.resize((width, height), Image.Resampling.BILINEAR), (left, top))
    return ground, (width / image.width, height / image.height), (float(left), float(top))


def _as_figure(image: Image.Image, given: InputSpec) -> Sized:
    grey = np.asarray(image.convert("L"), dtype=np.float64)
    return Image.fromarray(figure(grey, given.width, given.height)), (1.0, 1.0), (0.0, 0.0)


def figure(grey: NDArray[np.float64], width: int, height: int) -> NDArray[np.uint8]:
    """What stands out from the ground, light on black, cut out and as large as fits in its own proportions.

    The ground is what most of the picture's edge is; a picture that is all ground is black.
    """
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    difference = np.abs(grey - np.median(edge))
    top = float(difference.max())
    if top < _FLAT:
        return np.zeros((height, width), np.uint8)
    stands_out = difference > top * _STANDS_OUT
    rows, columns = np.flatnonzero(stands_out.any(1)), np.flatnonzero(stands_out.any(0))
    cut = difference[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    seen = Image.fromarray((cut / top * 255).astype(np.uint8))
    scale = min(width / seen.width, height / seen.height)
    size = (max(1, round(seen.width * scale)), max(1, round(seen.height * scale)))
    ground = Image.new("L", (width, height))
    ground.paste(seen.resize(size, Image.Resampling.BILINEAR), ((width - size[0]) // 2, (height - size[1]) // 2))
    return np.asarray(ground)


def _coloured(image: Image.Image, given: InputSpec) -> Image.Image:
    return image if given.channels == len("RGB") else image.convert("L")


_SIZED = {"stretch": _stretched, "crop": _cropped, "letterbox": _letterboxed, "figure": _as_figure}

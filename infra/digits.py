"""Build a small classifier of digits, and its manifest: `python -m digits FOLDER`, with functions/ on the path.

It is trained on scikit-learn's digits (1,797 scans of handwriting, 8 by 8 pixels) and on digits drawn with the fonts
that Pillow and ReportLab carry, each also turned, sheared, thickened and thinned. A layer of fixed random features and
a ridge regression on top: it has one solution, so the same packages on the same machine make the same file.
"""

import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from vision.preparing import figure

Grey = NDArray[np.float64]
MODEL_ID = "digits"
SIDE = 12
HELD_OUT = 397
"""Scans that are not trained on: what `measured` is told of."""
_SEED = 20
_FEATURES = 800
_RIDGE = 3.0
_SURENESS = 6.0
"""What the scores are multiplied by to be logits; the likeliest for the scans that are held out."""
_SCAN_VARIANTS, _DRAWN_VARIANTS = 3, 60
_FONTS = ("Vera.ttf", "VeraBd.ttf", "VeraIt.ttf")
_CANVAS = 64


def build(folder: Path) -> None:
    """Write `digits.onnx` and `digits.json`."""
    model, measured = made()
    manifest = {
        "id": MODEL_ID,
        "name": "Digits",
        "description": f"Single digits, dark on light or light on dark; {measured:.1%} of the scans held out are right",
        "version": "1.0.0",
        "task": "image_classification",
        "labels": [str(digit) for digit in range(10)],
        "input": {"width": SIDE, "height": SIDE, "channels": 1, "resize": "figure", "scale": 1 / 255},
        "output": {"layout": "logits"},
        "sha256": sha256(model).hexdigest(),
        "size_bytes": len(model),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "digits.onnx").write_bytes(model)
    (folder / "digits.json").write_text(json.dumps(manifest, indent=1))


def made() -> tuple[bytes, float]:
    """The model's file, and the share of the scans held out that it knows."""
    from sklearn.datasets import load_digits

    dice = np.random.default_rng(_SEED)
    scans, digits = load_digits(return_X_y=True)
    order = dice.permutation(len(scans))
    kept, out = order[:-HELD_OUT], order[-HELD_OUT:]
    shown = [(scan, int(digit)) for scan, digit in zip(scans, digits, strict=True)]
    seen = [*_scanned([shown[n] for n in kept], dice), *_drawn(dice)]
    features = np.stack([one.reshape(-1) for one, _ in seen]) / 255
    weights = (dice.normal(size=(SIDE * SIDE, _FEATURES)) / 4).astype(np.float32)
    bias = dice.uniform(-0.5, 0.5, _FEATURES).astype(np.float32)
    hidden = np.maximum(features.astype(np.float32) @ weights + bias, 0).astype(np.float64)
    wanted = np.where(np.array([digit for _, digit in seen])[:, None] == np.arange(10), 1.0, -1.0)
    solved = np.linalg.solve(hidden.T @ hidden + _RIDGE * np.eye(_FEATURES), hidden.T @ wanted)
    # Rounded, so that a last bit that another processor computes otherwise does not make another file.
    last = np.round(solved * _SURENESS, 4).astype(np.float32)
    asked = np.stack([_figure(_scan(shown[n][0])).reshape(-1) for n in out]).astype(np.float32) / 255
    said = (np.maximum(asked @ weights + bias, 0) @ last).argmax(1)
    return _graph(weights, bias, last), float((said == digits[out]).mean())


def _scanned(shown: list[tuple[Any, int]], dice: np.random.Generator) -> Iterator[tuple[NDArray[np.uint8], int]]:
    for values, digit in shown:
        scan = _scan(values)
        yield _figure(scan), digit
        for _ in range(_SCAN_VARIANTS):
            yield _figure(_bent(scan, dice)), digit


def _drawn(dice: np.random.Generator) -> Iterator[tuple[NDArray[np.uint8], int]]:
    for font in _fonts():
        for digit in range(10):
            drawn = Image.new("L", (_CANVAS, _CANVAS))
            left, top, right, bottom = font.getbbox(str(digit))
            place = (_CANVAS / 2 - (left + right) / 2, _CANVAS / 2 - (top + bottom) / 2)
            ImageDraw.Draw(drawn).text(place, str(digit), fill=255, font=font)
            for _ in range(_DRAWN_VARIANTS):
                yield _figure(_bent(drawn, dice)), digit


def _fonts() -> list[Any]:
    found = find_spec("reportlab")
    folder = Path(str(found.origin)).parent / "fonts" if found else None
    carried = [ImageFont.truetype(folder / name, 40) for name in _FONTS] if folder else []
    return [ImageFont.load_default(40), *carried]


def _scan(values: Any) -> Image.Image:  # noqa: ANN401 (a row of scikit-learn's array)
    """64 values from 0 to 16, with a ground around them, as a picture that can be bent."""
    ground = np.zeros((12, 12), np.uint8)
    ground[2:10, 2:10] = np.asarray(values).reshape(8, 8) / 16 * 255
    return Image.fromarray(ground).resize((48, 48), Image.Resampling.BICUBIC)


def _bent(image: Image.Image, dice: np.random.Generator) -> Image.Image:
    angle, shear, width = dice.uniform(-0.22, 0.22), dice.uniform(-0.25, 0.25), dice.uniform(0.75, 1.3)
    turned = np.array([[np.cos(angle) * width, -np.sin(angle) + shear], [np.sin(angle) * width, np.cos(angle)]])
    middle = np.array(image.size) / 2
    shift = middle - turned @ middle
    told = (*turned[0], shift[0], *turned[1], shift[1])
    bent = image.transform(image.size, Image.Transform.AFFINE, told, Image.Resampling.BILINEAR)
    match int(dice.integers(0, 4)):
        case 1:
            return bent.filter(ImageFilter.MaxFilter(3))
        case 2:
            return bent.filter(ImageFilter.MinFilter(3))
        case 3:
            return bent.point([0] * 100 + [255] * 156)
    return bent


def _figure(image: Image.Image) -> NDArray[np.uint8]:
    return figure(np.asarray(image, dtype=np.float64), SIDE, SIDE)


def _graph(weights: NDArray[np.float32], bias: NDArray[np.float32], last: NDArray[np.float32]) -> bytes:
    from onnx import TensorProto, checker, helper, numpy_helper

    nodes = [
        helper.make_node("Flatten", ["picture"], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "weights", "bias"], ["sums"]),
        helper.make_node("Relu", ["sums"], ["hidden"]),
        helper.make_node("MatMul", ["hidden", "last"], ["logits"]),
    ]
    tensors = {"weights": weights, "bias": bias, "last": last}
    graph = helper.make_graph(
        nodes,
        MODEL_ID,
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 1, SIDE, SIDE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 10])],
        [numpy_helper.from_array(values, name) for name, values in tensors.items()],
    )
    model = helper.make_model(
        graph, producer_name="pentarch", ir_version=10, opset_imports=[helper.make_opsetid("", 17)]
    )
    checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    build(Path(sys.argv[1]))

"""Pictures a second through the real handler, against the bare library calls that the same answers take; cold start.

AWS answers in this process (see `generate`), so what lies between the two is Pentarch: reading the form, the gate,
choosing with a proof, the event. Both are measured in turns in one run, by CPU time.
"""

import io
import statistics
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from typing import Any

import numpy as np
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from bench import cold_start
from bench.generate import FakeAws, answered_by, use_tables
from support.lambdas import rest_event
from support.pictures import BOUNDARY, encoded, form

ROUNDS = 7
PICTURES = 5
LABELS = tuple(f"class {n}" for n in range(1000))
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def network() -> bytes:
    """A classifier of photographs with made-up weights: 0.6 billion multiplications, a sixth of ResNet-50's."""
    dice = np.random.default_rng(0)
    widths = (3, 48, 96, 192, 384)
    nodes, tensors, before = [], [], "picture"
    for number, (given, made) in enumerate(pairwise(widths)):
        weights = dice.normal(size=(made, given, 3, 3)).astype(np.float32) / (3 * given**0.5)
        tensors.append(numpy_helper.from_array(weights, f"w{number}"))
        nodes.append(helper.make_node("Conv", [before, f"w{number}"], [f"c{number}"], strides=[2, 2], pads=[1] * 4))
        nodes.append(helper.make_node("Relu", [f"c{number}"], [f"r{number}"]))
        before = f"r{number}"
    last = dice.normal(size=(widths[-1], len(LABELS))).astype(np.float32)
    tensors.append(numpy_helper.from_array(last, "last"))
    nodes.append(helper.make_node("GlobalAveragePool", [before], ["pooled"]))
    nodes.append(helper.make_node("Flatten", ["pooled"], ["flat"]))
    nodes.append(helper.make_node("MatMul", ["flat", "last"], ["logits"]))
    given_info = helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, 224, 224])
    made_info = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, len(LABELS)])
    graph = helper.make_graph(nodes, "bench", [given_info], [made_info], tensors)
    made_model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 17)])
    return bytes(made_model.SerializeToString())


def photograph(width: int, height: int) -> bytes:
    """Smooth areas with some grain: about as large as a camera's JPEG."""
    dice = np.random.default_rng(1)
    rough = Image.fromarray(dice.integers(0, 256, (height // 16, width // 16, 3), dtype=np.uint8))
    smooth = np.asarray(rough.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float64)
    grained = np.clip(smooth + dice.normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)
    return encoded(Image.fromarray(grained), "JPEG", quality=85)


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    for _ in range(PICTURES):
        work()
    return (time.process_time() - started) / PICTURES


def compare() -> dict[str, Any]:
    use_tables()
    from pentarch.models import sessions, store
    from pentarch.models.manifest import Manifest
    from pentarch.models.model import Registered, State
    from vision.api import handler
    from vision.engines import local, registry, scene
    from vision.pictures import opened

    content = network()
    manifest = Manifest.model_validate(
        {
            "id": "bench",
            "task": "image_classification",
            "labels": LABELS,
            "input": {"width": 224, "height": 224, "mean": _MEAN, "std": _STD},
            "output": {"layout": "logits"},
            "sha256": sha256(content).hexdigest(),
            "size_bytes": len(content),
        }
    )
    model = Registered("bench", "bench", manifest, State.LOADED, datetime.now(UTC), "bench")
    store.get = lambda *_, **__: model
    store.every = lambda _: [model]  # type: ignore[assignment]
    registry.SHELF._warm["bench", "bench", f"/{manifest.sha256}"] = sessions.of_bytes(manifest, content)
    options = ort.SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    mean, std = np.array(_MEAN, np.float32), np.array(_STD, np.float32)

    def bare_classify(picture: bytes) -> None:
        image = Image.open(io.BytesIO(picture))
        image.draft("RGB", (2048, 2048))
        small = image.convert("RGB").resize((224, 224), Image.Resampling.BILINEAR)
        values = (np.asarray(small, np.float32) / 255 - mean) / std
        [scores] = session.run(None, {"picture": np.ascontiguousarray(values.transpose(2, 0, 1)[None])})
        np.argsort(-scores[0])[:5].tolist()

    def bare_scene(picture: bytes) -> None:
        image = Image.open(io.BytesIO(picture))
        image.draft("RGB", (2048, 2048))
        scene.measured(image.convert("RGB"))

    def bare_objects(picture: bytes) -> None:
        local.objects(opened(picture))

    cases = {
        "classify, 2 MP": ("classify", photograph(1600, 1200), [("model", "bench")], bare_classify),
        "scene, 2 MP": ("analyze", photograph(1600, 1200), [("analysis_type", "scene_analysis")], bare_scene),
        "people and faces, 2 MP": (
            "analyze",
            photograph(1600, 1200),
            [("analysis_type", "object_detection")],
            bare_objects,
        ),
        "classify, 0.05 MP": ("classify", photograph(256, 192), [("model", "bench")], bare_classify),
    }
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    aws = FakeAws(headers)
    figures: dict[str, Any] = {}
    with answered_by(aws), redirect_stdout(io.StringIO()):
        for name, (path, picture, fields, bare) in cases.items():
            event = rest_event("POST", f"/api/v2/ai/vision/{path}", headers=headers, body=form(picture, fields))

            def through(event: dict[str, Any] = event) -> None:
                answer = handler(event, None)
                assert answer["statusCode"] == 200, answer["body"]

            def alone(picture: bytes = picture, bare: Callable[[bytes], None] = bare) -> None:
                bare(picture)

            seconds(through), seconds(alone)
            rounds = [(seconds(alone), seconds(through)) for _ in range(ROUNDS)]
            figures[f"{name}: library, pictures/s"] = 1 / statistics.median(one for one, _ in rounds)
            figures[f"{name}: handler, pictures/s"] = 1 / statistics.median(other for _, other in rounds)
            figures[f"{name}: ratio (target: 0.8)"] = statistics.median(one / other for one, other in rounds)
    for slice_ in ("vision.api", "models.api"):
        cold_start.seconds(f"import {slice_}")
        figures[f"import of {slice_}, s"] = min(cold_start.seconds(f"import {slice_}") for _ in range(5))
    figures["first model opened, s"] = min(cold_start.seconds("import onnxruntime, PIL.Image") for _ in range(5))
    return figures

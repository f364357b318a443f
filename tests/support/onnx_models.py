"""Small ONNX models for tests, and their manifests."""

from functools import cache
from hashlib import sha256
from typing import Any

import boto3
import numpy as np
from onnx import TensorProto, helper, numpy_helper

from pentarch.files import store as files

SIDE = 8


@cache
def darkness() -> bytes:
    """Two scores of a grey picture: how dark it is, and how light."""
    weights = np.stack([-np.ones(SIDE * SIDE), np.ones(SIDE * SIDE)], axis=1).astype(np.float32) / 16
    nodes = [
        helper.make_node("Flatten", ["picture"], ["flat"]),
        helper.make_node("Gemm", ["flat", "weights", "bias"], ["scores"]),
    ]
    tensors = {"weights": weights, "bias": np.array([2.0, -2.0], np.float32)}
    return _model(nodes, tensors, [1, 1, SIDE, SIDE], [1, 2])


@cache
def boxes() -> bytes:
    """A detector that always finds the same: YOLOv8's output for two classes and three places."""
    found = np.zeros((1, 6, 3), np.float32)
    found[0, :, 0] = [16, 16, 8, 8, 0.9, 0.0]
    found[0, :, 1] = [17, 16, 8, 8, 0.8, 0.0]
    found[0, :, 2] = [16, 16, 8, 8, 0.0, 0.7]
    nodes = [
        helper.make_node("ReduceMean", ["picture"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "nothing"], ["zero"]),
        helper.make_node("Add", ["found", "zero"], ["scores"]),
    ]
    tensors = {"found": found, "nothing": np.array(0, np.float32)}
    return _model(nodes, tensors, [1, 3, 32, 32], [1, 6, 3])


def _model(nodes: list[Any], tensors: dict[str, Any], given: list[int], made: list[int]) -> bytes:
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, given)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, made)],
        [numpy_helper.from_array(values, name) for name, values in tensors.items()],
    )
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 17)])
    return bytes(model.SerializeToString())


def classifier(content: bytes | None = None, **changes: Any) -> dict[str, Any]:
    content = darkness() if content is None else content
    return {
        "id": "darkness",
        "task": "image_classification",
        "labels": ["dark", "light"],
        "input": {"width": SIDE, "height": SIDE, "channels": 1},
        "output": {"layout": "logits"},
        "sha256": sha256(content).hexdigest(),
        "size_bytes": len(content),
    } | changes


def detector(**changes: Any) -> dict[str, Any]:
    content = boxes()
    return {
        "id": "finder",
        "task": "object_detection",
        "labels": ["cat", "dog"],
        "input": {"width": 32, "height": 32, "resize": "letterbox"},
        "output": {"layout": "yolov8"},
        "sha256": sha256(content).hexdigest(),
        "size_bytes": len(content),
    } | changes


def upload(form: dict[str, Any], content: bytes) -> None:
    """What S3 does with the form."""
    boto3.client("s3").put_object(Bucket=files.bucket(), Key=form["fields"]["key"], Body=content)

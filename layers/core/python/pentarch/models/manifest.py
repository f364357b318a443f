"""What a registered model says of itself: a JSON document, checked field by field.

It tells everything that is needed to serve the file: how a picture becomes the model's input, and how its output
becomes an answer.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

CLASSIFICATION, DETECTION = "image_classification", "object_detection"
MAX_LABELS = 25_000
"""ImageNet's largest list has 21,841; an item holds 400 KB."""
MAX_LABELS_BYTES = 250_000
MAX_SIDE = 2048
MAX_MODEL_BYTES = 512 * 1024 * 1024

Word = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"\S")]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0, le=1)]
Side = Annotated[int, Field(ge=1, le=MAX_SIDE)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InputSpec(_Strict):
    """How a picture becomes the model's input: sized, then `(value * scale - mean) / std` of values from 0 to 255."""

    width: Side
    height: Side
    channels: Literal[1, 3] = 3
    """RGB, or grey."""
    name: Word | None = None
    """Of the model's input, where it has several."""
    layout: Literal["NCHW", "NHWC"] = "NCHW"
    resize: Literal["stretch", "crop", "letterbox", "figure"] = "stretch"
    """`crop`: the middle, as classifiers of photographs are trained. `letterbox`: all of it between grey bars, as YOLO
    is. `figure`: what stands out from a plain ground, light on black, as scans of single characters are."""
    scale: Positive = 1 / 255
    mean: Annotated[tuple[Finite, ...], Field(min_length=1, max_length=3)] = (0.0,)
    std: Annotated[tuple[Positive, ...], Field(min_length=1, max_length=3)] = (1.0,)

    @model_validator(mode="after")
    def _per_channel(self) -> "InputSpec":
        for name, values in (("mean", self.mean), ("std", self.std)):
            if len(values) not in (1, self.channels):
                msg = f"{name} has {len(values)} numbers: one, or one for each of {self.channels} channels"
                raise ValueError(msg)
        if self.resize == "figure" and self.channels != 1:
            msg = "resize: a figure is grey, so channels is 1"
            raise ValueError(msg)
        return self


class OutputSpec(_Strict):
    """How the model's output becomes an answer; the bounds are those of detections."""

    layout: Literal["logits", "probabilities", "yolov8"]
    name: Word | None = None
    confidence: Share = 0.25
    iou: Share = 0.45
    max_detections: Annotated[int, Field(ge=1, le=1000)] = 100


class Manifest(_Strict):
    id: Name
    task: Literal["image_classification", "object_detection"]
    labels: Annotated[tuple[Word, ...], Field(min_length=1, max_length=MAX_LABELS)]
    """In the order of the model's outputs."""
    input: InputSpec
    output: OutputSpec
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """Of the model's file: nothing else is ever loaded for it."""
    size_bytes: Annotated[int, Field(ge=1, le=MAX_MODEL_BYTES)]
    format: Literal["onnx"] = "onnx"
    name: Word | None = None
    version: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"\S")] = "1.0.0"
    description: Annotated[str, StringConstraints(max_length=2000)] = ""

    @model_validator(mode="after")
    def _fits(self) -> "Manifest":
        detects = self.task == DETECTION
        if detects != (self.output.layout == "yolov8"):
            msg = f"output.layout: {self.output.layout} is no output of {self.task}"
            raise ValueError(msg)
        if detects and self.input.channels == 1:
            msg = "input.channels: a detector sees three"
            raise ValueError(msg)
        if sum(len(label.encode()) + 4 for label in self.labels) > MAX_LABELS_BYTES:
            msg = f"labels: together they have more than {MAX_LABELS_BYTES} bytes"
            raise ValueError(msg)
        return self

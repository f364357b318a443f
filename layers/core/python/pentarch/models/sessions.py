"""A model's file as something that answers: read, held against its hash, and opened by onnxruntime.

Needs the vision layer; nothing here is imported before it is used.
"""

import os
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pentarch.files import store as files
from pentarch.files.errors import FileMissingError
from pentarch.models.errors import LoadFailedError
from pentarch.models.manifest import DETECTION, InputSpec, Manifest
from pentarch.models.model import Registered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ELSEWHERE = b"\x0a\x08location"
"""How ONNX says that a tensor lies in another file: key `location` of its external data."""
_WITHOUT_A_BATCH = 3


@dataclass(frozen=True, slots=True)
class Session:
    """An opened model: one picture's input in, its raw output out."""

    manifest: Manifest
    size: int
    """Of its file, in bytes."""
    _session: Any
    _input: str
    _output: str

    def run(self, prepared: "NDArray[np.float32]") -> "NDArray[np.float32]":
        import numpy as np

        [found] = self._session.run([self._output], {self._input: prepared})
        return np.asarray(found, dtype=np.float32)


def opened(model: Registered) -> Session:
    """Raises LoadFailedError when the file is missing, is another one, or does not do what the manifest says."""
    return of_bytes(model.manifest, content(model))


def content(model: Registered) -> bytes:
    try:
        found = files.get(model.key)
    except FileMissingError as error:
        msg = "the model's file was not uploaded"
        raise LoadFailedError(msg) from error
    if sha256(found).hexdigest() != model.manifest.sha256:
        msg = "the uploaded file is another one than sha256 names"
        raise LoadFailedError(msg)
    return found


def of_bytes(manifest: Manifest, found: bytes) -> Session:
    import onnxruntime as ort

    if _ELSEWHERE in found:
        msg = "the model's tensors lie in other files; one file holds all of a model here"
        raise LoadFailedError(msg)
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = os.cpu_count() or 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads wait, and burn no CPU
    try:
        session = ort.InferenceSession(found, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own exceptions have no common base of theirs
        msg = "the file is no ONNX model that onnxruntime can open"
        raise LoadFailedError(msg) from error
    given = _chosen("input", manifest.input.name, session.get_inputs())
    _fits(manifest.input, given.shape)
    made = _chosen("output", manifest.output.name, session.get_outputs())
    return Session(manifest, len(found), session, given.name, made.name)


def tried(session: Session) -> None:
    """Ask it once, with a black picture: what it gives must be as many scores as it has labels."""
    import numpy as np

    manifest = session.manifest
    given = manifest.input
    sides = [given.height, given.width]
    shape = [1, given.channels, *sides] if given.layout == "NCHW" else [1, *sides, given.channels]
    try:
        found = session.run(np.zeros(shape, dtype=np.float32))
    except Exception as error:
        msg = "the model does not answer an input of the manifest's size"
        raise LoadFailedError(msg) from error
    labels = len(manifest.labels)
    if manifest.task == DETECTION:
        if found.ndim != _WITHOUT_A_BATCH or found.shape[1] != labels + 4:
            msg = f"output: of shape {list(found.shape)}; YOLOv8 with {labels} labels gives [1, {labels + 4}, n]"
            raise LoadFailedError(msg)
    elif found.size != labels:
        msg = f"output: {found.size} scores, and the manifest has {labels} labels"
        raise LoadFailedError(msg)


def _chosen(kind: str, name: str | None, offered: Any) -> Any:  # noqa: ANN401 (onnxruntime's NodeArg)
    names = [one.name for one in offered]
    if name is None:
        if len(offered) != 1 and kind == "input":
            msg = f"{kind}.name: the model has {', '.join(names)}; say which"
            raise LoadFailedError(msg)
        return offered[0]
    for one in offered:
        if one.name == name:
            return one
    msg = f"{kind}.name: the model has {', '.join(names)} and no {name}"
    raise LoadFailedError(msg)


def _fits(given: InputSpec, shape: list[Any]) -> None:
    """A dimension that the model leaves open is a name or None."""
    channels, sides = given.channels, (given.height, given.width)
    wanted = [1, channels, *sides] if given.layout == "NCHW" else [1, *sides, channels]
    bound = [one if isinstance(one, int) else None for one in shape]
    if len(bound) != len(wanted) or any(a is not None and a != b for a, b in zip(bound, wanted, strict=True)):
        msg = f"input: the model takes {shape}, and the manifest says {wanted}"
        raise LoadFailedError(msg)

"""Arrays and facts as files: an uncompressed npz without pickled objects, and a JSON manifest that names its hashes.

The manifest's own hash names both, and is the same whenever the arrays and the facts are.
"""

import io
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pentarch.files import store as files
from specialists.errors import ModelTamperedError

Arrays = Mapping[str, NDArray[Any]]
FORMAT = 1


def pack(arrays: Arrays) -> bytes:
    """The same bytes for the same arrays: numpy writes neither a time nor an order of its own."""
    buffer = io.BytesIO()
    np.savez(buffer, **{name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)})  # type: ignore[arg-type]
    return buffer.getvalue()


def unpack(content: bytes) -> dict[str, NDArray[Any]]:
    with np.load(io.BytesIO(content), allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


def write(prefix: str, arrays: Arrays, facts: Mapping[str, Any]) -> str:
    """Write both files below a prefix; their hash. What is there already under it is the same."""
    content = pack(arrays)
    manifest = {
        "format": FORMAT,
        "file": sha256(content).hexdigest(),
        "arrays": {
            name: {"dtype": str(array.dtype), "shape": list(array.shape)} for name, array in sorted(arrays.items())
        },
        "facts": dict(facts),
    }
    text = canonical(manifest)
    name = sha256(text).hexdigest()
    files.put(f"{prefix}/{name}/arrays.npz", content, "application/octet-stream")
    files.put(f"{prefix}/{name}/manifest.json", text, "application/json")
    return name


def read(prefix: str, name: str) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Arrays and facts; ModelTamperedError when either file is not the one that its hash names."""
    text = files.get(f"{prefix}/{name}/manifest.json")
    if sha256(text).hexdigest() != name:
        msg = "the manifest is not the one that was written"
        raise ModelTamperedError(msg)
    manifest = json.loads(text)
    content = files.get(f"{prefix}/{name}/arrays.npz")
    if sha256(content).hexdigest() != manifest["file"]:
        msg = "the arrays are not the ones that were written"
        raise ModelTamperedError(msg)
    return unpack(content), manifest["facts"]


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

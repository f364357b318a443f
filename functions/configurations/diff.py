"""What changed between two versions, as a JSON Patch (RFC 6902) over `{"value": ..., "description": ...}`."""

import hashlib
import json
from typing import Any

from pentarch.configuration.model import Content

Patch = list[dict[str, Any]]
_LONG_BYTES = 4 * 1024


def patch(old: Content | None, new: Content | None) -> Patch:
    """Precise, unless that is long and longer than the value itself, so that no event outgrows its item."""
    # 15 ms of an import that only changes need.
    from jsonpatch import make_patch

    before, after = _document(old), _document(new)
    precise: Patch = make_patch(before, after).patch
    coarse: Patch = [
        {"op": "remove", "path": f"/{name}"}
        if name not in after
        else {"op": "replace" if name in before else "add", "path": f"/{name}", "value": after[name]}
        for name in sorted(before.keys() | after.keys())
    ]
    size = len(json.dumps(precise))
    return coarse if size > _LONG_BYTES and size > len(json.dumps(coarse)) else precise


def digest(content: Content) -> str:
    """SHA-256 of a version's content, as canonical JSON."""
    text = json.dumps(_document(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _document(content: Content | None) -> dict[str, Any]:
    if content is None:
        return {}
    described = {} if content.description is None else {"description": content.description}
    return {"value": content.value, **described}

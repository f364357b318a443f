"""Reading and listing files of the workspace and of the tenant's places in S3. Nothing in them is interpreted."""

import base64
from collections.abc import Mapping
from typing import Any

from tools.failures import Code, ToolFailedError
from tools.stored import Stored, list_stored, open_stored


def run(tenant: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    if asked["operation"] == "list":
        return list_stored(tenant, asked["path"], limit=asked["limit"], cursor=asked.get("cursor"))
    stored = open_stored(tenant, asked["path"], asked.get("version"))
    start, most = asked["offset"], asked["max_bytes"]
    piece = stored.read(start, most)
    return told(stored, piece, start, asked["encoding"])


def told(stored: Stored, piece: bytes, start: int, encoding: str) -> dict[str, Any]:
    end = start + len(piece)
    text = None if encoding == "base64" else _decoded(piece, is_cut=end < stored.size)
    if encoding == "text" and text is None:
        msg = "the file is no text in UTF-8: read it as base64"
        raise ToolFailedError(Code.BAD_PARAMETERS, msg)
    if text is not None:
        end = start + len(text.encode())
    facts: dict[str, Any] = {
        "path": stored.path,
        "size": stored.size,
        "content_type": stored.content_type,
        "version": stored.version,
        "encoding": "base64" if text is None else "text",
        "content": base64.b64encode(piece).decode() if text is None else text,
        "offset": start,
        "truncated": end < stored.size,
    }
    return facts | ({"next_offset": end} if end < stored.size else {})


def _decoded(piece: bytes, *, is_cut: bool) -> str | None:
    """The text; where the piece ends within a character, without it, as the next piece begins there."""
    for less in range(4 if is_cut else 1):
        try:
            return piece[: len(piece) - less].decode()
        except UnicodeDecodeError:
            continue
    return None

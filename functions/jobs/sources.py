"""From what a request says of its inputs to lines of JSON: pure rules."""

import base64
import binascii
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote_to_bytes

from pydantic import BaseModel

from jobs.errors import InputSourceError
from pentarch.platform.jsons import decoded, encoded
from pentarch.work.sharding import MAX_INPUTS

DATA_SCHEME = "data:"
_PLAIN = "text/plain"
_JSON_LINES = frozenset(
    {"application/jsonl", "application/x-jsonlines", "application/jsonlines", "application/x-ndjson", "text/jsonl"}
)


def from_inline(inputs: Iterable[str | BaseModel]) -> list[bytes]:
    return [encoded(one if isinstance(one, str) else one.model_dump(exclude_none=True)) for one in inputs]


def from_data_url(url: str) -> list[bytes]:
    """One input for each line that is not blank: of a text as it is, of JSON lines as they say."""
    media_type, text = _decoded(url)
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        msg = "the data URL holds no input"
        raise InputSourceError(msg)
    if len(lines) > MAX_INPUTS:
        msg = f"the data URL holds {len(lines)} inputs, and {MAX_INPUTS} at most are taken"
        raise InputSourceError(msg)
    if media_type == _PLAIN:
        return [encoded(line.rstrip("\r")) for line in lines]
    return list(_checked(lines))


def _decoded(url: str) -> tuple[str, str]:
    head, comma, data = url.removeprefix(DATA_SCHEME).partition(",")
    if not comma:
        msg = "a data URL has a comma before its data"
        raise InputSourceError(msg)
    media_type, *marks = (part.strip().lower() for part in head.split(";"))
    media_type = media_type or _PLAIN
    if media_type != _PLAIN and media_type not in _JSON_LINES:
        msg = f"a data URL of inputs is {_PLAIN} or application/jsonl"
        raise InputSourceError(msg)
    try:
        raw = unquote_to_bytes(data)
        if "base64" in marks:
            raw = base64.b64decode(raw, validate=True)
        return media_type, raw.decode()
    except (binascii.Error, UnicodeError) as error:
        msg = "the data URL's data is not base64" if isinstance(error, binascii.Error) else "the data is not UTF-8"
        raise InputSourceError(msg) from error


def _checked(lines: Sequence[str]) -> Iterator[bytes]:
    for number, line in enumerate(lines, 1):
        try:
            said = decoded(line)
        except (ValueError, RecursionError) as error:
            msg = f"input {number} is not JSON"
            raise InputSourceError(msg) from error
        prompt = said.get("prompt", said.get("text")) if isinstance(said, dict) else said
        if not isinstance(prompt, str) or not prompt.strip():
            msg = f"input {number} is neither a text nor an object with a prompt or a text"
            raise InputSourceError(msg)
        yield encoded(said)

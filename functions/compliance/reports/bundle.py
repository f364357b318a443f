"""JSON, written piece by piece, so that a trail of any length needs little memory."""

from collections.abc import Iterable, Iterator
from typing import Any

from pentarch.platform.jsons import encoded

_CHUNK_BYTES = 64 * 1024


def array(values: Iterable[Any]) -> Iterator[bytes]:
    yield b"["
    separator = b"\n"
    for value in values:
        yield separator + encoded(value)
        separator = b",\n"
    yield b"\n]"


def gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces."""
    buffer = bytearray()
    for piece in pieces:
        buffer += piece
        if len(buffer) >= _CHUNK_BYTES:
            yield bytes(buffer)
            buffer.clear()
    if buffer:
        yield bytes(buffer)

"""Cutting a long text so that a backend takes each piece, and finding places of the whole again."""

from collections.abc import Iterator
from typing import NamedTuple

_ENDS = ("\n", ". ", "! ", "? ", "。", "！", "？", "؟ ", "; ", ", ", " ")  # noqa: RUF001 (typographic marks)
"""Where to cut, the best first."""


class Piece(NamedTuple):
    text: str
    start: int
    """Where it begins in the whole, in code points."""


def pieces(text: str, most_bytes: int) -> Iterator[Piece]:
    """The text in pieces of at most so many bytes of UTF-8, cut after a sentence, else a word, else anywhere."""
    start = 0
    while start < len(text):
        end = _furthest(text, start, most_bytes)
        if end < len(text):
            end = _cut(text, start, end)
        yield Piece(text[start:end], start)
        start = end


def _furthest(text: str, start: int, most_bytes: int) -> int:
    """A code point has 4 bytes at most, so what remains of the room is tried again until it is full."""
    end, room = start, most_bytes
    while end < len(text):
        more = text[end : end + max(1, room // 4)]
        size = len(more.encode())
        if size > room:
            break
        end, room = end + len(more), room - size
    return max(end, start + 1)


def _cut(text: str, start: int, end: int) -> int:
    middle = start + (end - start) // 2
    for mark in _ENDS:
        found = text.rfind(mark, middle, end)
        if found >= 0:
            return found + len(mark)
    return end

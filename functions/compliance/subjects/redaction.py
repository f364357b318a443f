"""Taking a person's names out of text: in their place stand as many asterisks as the name had bytes.

So nothing around them moves: offsets into a file, the width of a row and the form of a value stay as they were.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

_ENCODING = "utf-8"
_KEEP = "surrogateescape"
"""What is no UTF-8 comes out as it went in."""
_OVERLAP = 2_048
"""Characters held back at the end of a piece, for a name that goes on in the next: the longest has 320 of them, and six
times as many where each is written as an escape of JSON."""

_ESCAPE = 7
"""How far a cut inside a word keeps from what may be a name: JSON's longest escape, and one character more."""


@cache
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """A name as a word of its own, also right behind an escape of JSON."""
    behind = r"(?:(?<![^\W_])|(?<=\\[nrtbf])|(?<=\\u[0-9a-f]{4}))"
    return re.compile(rf"{behind}(?:{_loose(names).pattern})(?![^\W_])", re.IGNORECASE)


@cache
def _loose(names: tuple[str, ...]) -> re.Pattern[str]:
    """A name wherever its letters stand, as it is and as JSON's escapes write it."""
    written = sorted({form for name in names for form in (name, json.dumps(name)[1:-1])}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, written)), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Names:
    """What would tell a reader who it is."""

    values: tuple[str, ...]

    def are_in(self, text: str) -> bool:
        return _pattern(self.values).search(text) is not None

    def masked(self, text: str) -> str:
        return _pattern(self.values).sub(lambda found: "*" * len(found[0].encode(_ENCODING, _KEEP)), text)

    def are_among(self, value: Any) -> bool:  # noqa: ANN401 (JSON)
        return any(self.are_in(text) for text in texts_of(value))

    def masked_in(self, value: Any, references: frozenset[str] = frozenset()) -> Any:  # noqa: ANN401 (JSON)
        """The same value with its texts masked, its members' names too, but for what stands under the references."""
        match value:
            case str():
                return self.masked(value)
            case Mapping():
                return {
                    self.masked(name): one if name in references else self.masked_in(one, references)
                    for name, one in value.items()
                }
            case list() | tuple():
                return [self.masked_in(one, references) for one in value]
        return value

    def masked_bytes(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """A text file, piece by piece; as long as it was."""
        for text in self._settled(pieces):
            yield self.masked(text).encode(_ENCODING, _KEEP)

    def are_in_bytes(self, pieces: Iterable[bytes]) -> bool:
        return any(self.are_in(text) for text in self._settled(pieces))

    def _settled(self, pieces: Iterable[bytes]) -> Iterator[str]:
        """The file's text in stretches that no name crosses."""
        decoder = codecs.getincrementaldecoder(_ENCODING)(_KEEP)
        held = ""
        for piece in pieces:
            held += decoder.decode(piece)
            end = self._boundary(held)
            if end:
                yield held[:end]
                held = held[end:]
        yield held + decoder.decode(b"", final=True)

    def _boundary(self, held: str) -> int:
        """Where to cut: behind a line's end, or at least behind what is no letter, and through no name."""
        if len(held) <= _OVERLAP:
            return 0
        end = len(held) - _OVERLAP
        line = held.rfind("\n", 0, end)
        if line >= 0:
            return line + 1
        broken = next((place for place in range(end, max(0, end - _OVERLAP), -1) if _ends_word(held[place - 1])), 0)
        if not broken and end < _OVERLAP:
            return 0
        cut = broken or end
        room = 0 if broken else _ESCAPE
        for found in reversed([*_loose(self.values).finditer(held, max(0, cut - _OVERLAP))]):
            if found.start() - room < cut < found.end() + room:
                cut = found.start() - room
        return max(0, cut)


def _ends_word(letter: str) -> bool:
    """Neither part of a word nor the beginning of an escape."""
    return not letter.isalnum() and letter != "\\"


def texts_of(value: Any) -> Iterator[str]:  # noqa: ANN401 (JSON)
    """All texts of a JSON value, members' names included."""
    match value:
        case str():
            yield value
        case Mapping():
            for name, one in value.items():
                yield str(name)
                yield from texts_of(one)
        case list() | tuple():
            for one in value:
                yield from texts_of(one)

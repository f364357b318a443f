"""Names that are known beforehand, read when they are first asked for."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

_WORDS = Path(__file__).with_name("words")


@cache
def places() -> frozenset[str]:
    return frozenset(_lines("places"))


@cache
def organizations() -> frozenset[str]:
    return frozenset(_lines("organizations"))


def given_names() -> frozenset[str]:
    return words_of("given_names")


@cache
def words_of(name: str) -> frozenset[str]:
    """Of a file with several words a line."""
    return frozenset(word for line in _lines(name) for word in line.split())


def _lines(name: str) -> Iterator[str]:
    for line in (_WORDS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line

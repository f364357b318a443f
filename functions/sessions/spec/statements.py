"""The statements of a Markdown document: sentences, points of lists and rows of tables, each with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-ZÄÖÜ\[(\"'*])")
_ABBREVIATED = re.compile(r"\b(?:e\.g|i\.e|max|min|approx|typ|ca|no|vs|fig|etc|incl)\.$", re.IGNORECASE)


class Kind(StrEnum):
    SENTENCE = "sentence"
    POINT = "point"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Statement:
    kind: Kind
    text: str
    section: tuple[str, ...]
    """The headings that it stands under, the outermost first."""
    line: int
    """Where it begins, from 1."""
    cells: tuple[tuple[str, str], ...] = ()
    """Of a row: each column's heading and content."""


def title_of(tokens: list[Token]) -> str | None:
    """The first heading."""
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            return tokens[number + 1].content.strip() or None
    return None


def parse(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


def read(tokens: list[Token]) -> Iterator[Statement]:
    """In the order of the document. What is code, or HTML, says nothing here."""
    place = _Place()
    for before, token in pairwise(tokens):
        place.move(before, token)
        if place.table is not None:
            row = place.table.took(token, place.section)
            if row is not None:
                yield row
        elif token.type == "inline" and before.type == "paragraph_open":
            yield from _sentences(token, place.section, is_point=place.depth > 0)


class _Place:
    """Where in the document a token stands."""

    def __init__(self) -> None:
        self.table: _Table | None = None
        self.depth = 0
        """Of lists."""
        self._headings: dict[int, str] = {}

    @property
    def section(self) -> tuple[str, ...]:
        return tuple(self._headings.values())

    def move(self, before: Token, token: Token) -> None:
        if before.type == "heading_open":
            level = int(before.tag[1:])
            self._headings = {one: name for one, name in self._headings.items() if one < level}
            self._headings[level] = plain(token)
        self.depth += (before.type == "list_item_open") - (token.type == "list_item_close")
        if before.type == "table_open":
            self.table = _Table()
        elif token.type == "table_close":
            self.table = None


def plain(token: Token) -> str:
    """The words of a piece of text, without its marks."""
    return _on_one_line(_lines(token))


def _lines(token: Token) -> str:
    """As `plain`, with the document's lines."""
    return "".join(
        "\n" if child.type in ("softbreak", "hardbreak") else child.content for child in token.children or ()
    )


def _on_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _sentences(token: Token, section: tuple[str, ...], *, is_point: bool) -> Iterator[Statement]:
    first = token.map[0] + 1 if token.map else 1
    kind = Kind.POINT if is_point else Kind.SENTENCE
    text = _lines(token)
    ends = [found.end() for found in _SENTENCE.finditer(text) if not _ABBREVIATED.search(text[: found.start()])]
    for start, end in pairwise([0, *ends, len(text)]):
        words = _on_one_line(text[start:end])
        if words:
            yield Statement(kind, words, section, first + text.count("\n", 0, start))


class _Table:
    """The row at hand, under the headings of the first."""

    def __init__(self) -> None:
        self._headings: list[str] | None = None
        self._cells: list[str] = []
        self._line = 1

    def took(self, token: Token, section: tuple[str, ...]) -> Statement | None:
        """Take in a token; the row that it ends, if it ends one below the headings."""
        if token.type == "tr_open":
            self._cells, self._line = [], token.map[0] + 1 if token.map else self._line + 1
        elif token.type == "inline":
            self._cells.append(plain(token))
        elif token.type == "tr_close" and self._headings is None:
            self._headings = self._cells
        elif token.type == "tr_close" and self._headings is not None:
            cells = tuple(zip(self._headings, self._cells, strict=False))
            text = "; ".join(f"{heading}: {content}" if heading else content for heading, content in cells if content)
            return Statement(Kind.ROW, text, section, self._line, cells) if text else None
        return None

"""Sentences, in any script."""

import re
from collections.abc import Iterator

from pentarch.llm.extractive.vocabulary import ABBREVIATIONS, GERMAN_MONTHS

_LONGEST_SENTENCE = 600
_CHUNK = 400
"""A "sentence" longer than the first (a table, a log, code) is cut into pieces of about the second, in characters."""

_BULLET = re.compile(r"\s*(?:[-*•‣–·]|\d{1,3}[.)]|#{1,6})\s+")  # noqa: RUF001 - typographic marks
_SENTENCE_END = re.compile(r"""(?<![.!?…])[.!?…؟।]++["'”’»)\]]*+(?=\s)|[。！？]++[”’』」）]*+""")  # noqa: RUF001 - typographic marks
_LONG_LINE = 50
"""A line this long that ends without a full stop was broken by an editor, not by its writer; in characters."""


def sentences(text: str) -> list[str]:
    """The sentences of a text. A list item and a heading are sentences too, without their markers."""
    return [sentence for block in _blocks(text) for sentence in _block_sentences(block)]


def _blocks(text: str) -> Iterator[str]:
    """Runs of lines that belong together: what an editor wrapped is joined again."""
    block: list[str] = []
    for line in text.splitlines():
        marker = _BULLET.match(line)
        content = " ".join(line[marker.end() :].split() if marker else line.split())
        if block and (marker or not content or not _continues(block, content)):
            yield " ".join(block)
            block = []
        if content:
            block.append(content)
    if block:
        yield " ".join(block)


def _continues(block: list[str], line: str) -> bool:
    if block[-1][-1] in ".!?…:。！？؟।":  # noqa: RUF001 - typographic marks
        return False
    return line[0].islower() or len(block[-1]) >= _LONG_LINE


def _block_sentences(block: str) -> Iterator[str]:
    start = 0
    for match in _SENTENCE_END.finditer(block):
        if _ends_sentence(block, start, match):
            yield from _chunks(block[start : match.end()].strip())
            start = match.end()
    yield from _chunks(block[start:].strip())


def _ends_sentence(block: str, start: int, end: re.Match[str]) -> bool:
    """Whether the mark ends a sentence, and not an abbreviation, an initial or a German ordinal."""
    following = block[end.end() : end.end() + 12].split()
    if not following:
        return True
    if following[0][0].islower():
        return False
    if end.group() != ".":
        return True
    before = block[max(start, end.start() - 12) : end.start()].split()
    last = before[-1].lstrip("(\"'“„»«").lower() if before else ""
    if last.isdecimal():
        return following[0].rstrip(".,").lower() not in GERMAN_MONTHS
    initial = len(last) == 1 and last.isalpha() and last != "i"
    return not initial and last not in ABBREVIATIONS


def _chunks(sentence: str) -> Iterator[str]:
    start = 0
    while len(sentence) - start > _LONGEST_SENTENCE:
        space = sentence.rfind(" ", start + 1, start + _CHUNK)
        end = space if space > 0 else start + _CHUNK
        yield sentence[start:end].strip()
        start = end
    if any(map(str.isalnum, sentence[start:])):  # marks alone say nothing
        yield sentence[start:].strip()

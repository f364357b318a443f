"""Which sentences of a source answer a question, and how many of them to quote."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pentarch.llm.extractive.search import Hit, Index, question_terms
from pentarch.llm.extractive.sentences import sentences
from pentarch.llm.extractive.sources import Passage
from pentarch.llm.extractive.style import Style
from pentarch.llm.extractive.text import count_tokens, terms, words
from pentarch.llm.extractive.vocabulary import LEANS_BACK


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    passages: tuple[Passage, ...]
    enough: float
    """The coverage from which on a passage is taken for an answer."""
    in_context: bool = False
    """The passages are the sentences of one text, so that neighbours explain each other."""


@dataclass(frozen=True, slots=True)
class Quotation:
    sentences: Sequence[str]
    """In their order in the source."""
    direct: bool = True
    """False: nothing covers enough of the question; this is the nearest there is."""


class Room:
    """What fits into an answer: a whole sentence less is better than a sentence cut off."""

    def __init__(self, told: Sequence[str], style: Style, max_tokens: int) -> None:
        self._told = told
        self._mark = 1 if style.bullets else 0
        self._most = (max_tokens, style.words if style.words is not None else max_tokens)
        self._sizes: dict[int, tuple[int, int]] = {}

    def has_place_for(self, positions: Iterable[int]) -> bool:
        sizes = [self._size(position) for position in positions]
        return all(sum(of) <= most for of, most in zip(zip(*sizes, strict=True), self._most, strict=True))

    def _size(self, position: int) -> tuple[int, int]:
        """Tokens and words of a sentence."""
        if position not in self._sizes:
            sentence = self._told[position]
            self._sizes[position] = (count_tokens(sentence) + self._mark, len(sentence.split()))
        return self._sizes[position]


def quotation(source: Source, asked: str, style: Style, max_tokens: int) -> Quotation | None:
    """The sentences of a source that answer; None when nothing in it does. What is near is quoted from a text only."""
    wanted = question_terms(asked)
    if not wanted or (not source.in_context and not _names_something(asked)):
        return None
    with Index(source.passages) as index:
        hits = index.search(wanted)
    if source.in_context:
        hits = _by_expectation(asked, source, hits)
    enough = [hit for hit in hits if hit.coverage >= source.enough]
    if source.in_context and hits:
        return Quotation(_from_text(source, enough or hits, style, max_tokens), direct=bool(enough))
    if enough:
        return Quotation(_from_passage(source.passages[enough[0].position], wanted, style, max_tokens))
    return None


def _names_something(asked: str) -> bool:
    """Whether there is more to look up than common words and numbers: "2 + 2" stands in any enumeration."""
    return not all(term.isdecimal() for term in terms(asked))


# A passage that is an answer by itself


def _from_passage(passage: Passage, wanted: Sequence[str], style: Style, max_tokens: int) -> list[str]:
    """All of a passage, or where that is too much, from its best sentence on what has place beside it."""
    told = sentences(passage.text)
    most = style.sentences or len(told)
    room = Room(told, style, max_tokens)
    if most >= len(told) and room.has_place_for(range(len(told))):
        return told
    with Index([Passage(sentence) for sentence in told]) as index:
        best = [hit.position for hit in index.search(wanted)]
    chosen: list[int] = []
    for position in (*best, *(other for other in range(len(told)) if other not in best)):
        if not chosen or (len(chosen) < most and room.has_place_for([*chosen, position])):
            chosen.append(position)
    return [told[position] for position in sorted(chosen)]


# Sentences of a text

_NUMBER_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million"
_EXPECTED = tuple(
    (re.compile(rf"\b(?:{question})\b", re.IGNORECASE), re.compile(answer))
    for question, answer in (
        (r"when|what (?:year|date|day|time)|wann|quand|cuándo|quando", r"\d"),
        (
            r"how (?:many|much|long|old|far|often|big|tall|high)|wie ?viele?|combien|cuánt[oa]s?|quant[oi]",
            rf"\d|\b(?:{_NUMBER_WORDS})\b",
        ),
        (r"who|whom|whose|wer|wem|wen|qui|quién|chi", r"\w\W+[A-ZÀ-ÖØ-Þ]\w+"),
        (r"where|wo|où|dónde|dove", r"\b(?:in|at|on|near|from|auf|bei|à|en|dans)\s+\w"),
        (
            r"why|warum|wieso|pourquoi|perché",
            r"\b(?:because|since|so that|due to|therefore|weil|denn|parce|puisque|porque|perché)\b",
        ),
    )
)
_EXPECTATION_MET = 0.2


def _by_expectation(asked: str, source: Source, hits: Sequence[Hit]) -> list[Hit]:
    """The hits anew, where it speaks for one that it holds the kind of thing that is asked for: a date for a "when"."""
    expected = [answer for question, answer in _EXPECTED if question.search(asked)]

    def improved(hit: Hit) -> Hit:
        text = source.passages[hit.position].text
        met = any(answer.search(text) for answer in expected)
        change = _EXPECTATION_MET * (met - text.endswith("?"))
        return replace(hit, coverage=hit.coverage + change, score=hit.score + change)

    return sorted(map(improved, hits), key=lambda hit: (-hit.score, hit.position))


_NEARLY_AS_GOOD = 0.8
_MOST_QUOTED = 3
_LONGEST_HEADING = 10


def _from_text(source: Source, hits: Sequence[Hit], style: Style, max_tokens: int) -> list[str]:
    """The best sentences of a text, with the neighbours that they need to be understood."""
    told = [passage.text for passage in source.passages]
    most = style.sentences or _MOST_QUOTED
    room = Room(told, style, max_tokens)
    chosen = [hits[0].position]
    good = (hit.position for hit in hits if hit.score >= _NEARLY_AS_GOOD * hits[0].score)
    for position in (near for best in good for near in (best, *_needed(told, best))):
        if len(chosen) < most and position not in chosen and room.has_place_for([*chosen, position]):
            chosen.append(position)
    return [told[position] for position in sorted(chosen)]


def _needed(told: Sequence[str], position: int) -> Iterator[int]:
    """What comes before a sentence that begins with "It", and what follows a heading, a question or a colon."""
    text = told[position]
    if position and LEANS_BACK.match(text):
        yield position - 1
    is_heading = text[-1].isalnum() and len(words(text)) <= _LONGEST_HEADING
    if position + 1 < len(told) and (is_heading or text.endswith((":", "?"))):
        yield position + 1

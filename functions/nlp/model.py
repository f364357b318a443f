"""What can be asked about a text, and what is found: plain values. Places are code points of the text as it came."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

from pentarch.llm.sensitivity import Recognised

AUTO = "auto"
UNDETERMINED = "und"
"""A text's language when nothing speaks for any (BCP 47)."""
MAX_CHARACTERS = 250_000
"""Of one text: what the slowest of the local analyses reads within a request's time several times over."""


class Kind(StrEnum):
    SENTIMENT = "sentiment"
    ENTITIES = "entities"
    KEYWORDS = "keywords"
    LANGUAGE = "language"


class Sentiment(NamedTuple):
    polarity: float
    """From -1, all bad, to 1, all good."""
    subjectivity: float
    """The share of the text that says what somebody feels and not what is, 0 to 1."""
    label: Literal["positive", "negative", "neutral", "mixed"]
    confidence: float


class Entity(NamedTuple):
    text: str
    label: str
    start: int
    end: int
    confidence: float


class Keyword(NamedTuple):
    text: str
    relevance: float
    """1 for the most telling one of its text."""
    sentiment: float


class Language(NamedTuple):
    code: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was asked for, the rest None; the language also where it had to be found out for the others."""

    language: Language | None = None
    sentiment: Sentiment | None = None
    entities: tuple[Entity, ...] | None = None
    keywords: tuple[Keyword, ...] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a text."""

    text: str
    kinds: frozenset[Kind]
    language: str = AUTO
    recognised: Recognised | None = None
    """What is personal in the text, where that was looked for already."""


DEFAULT_MOST, DEFAULT_LEAST = 100, 30


@dataclass(frozen=True, slots=True)
class Lengths:
    """Bounds of a summary, in words; in scripts that are written without spaces each character is one."""

    least: int
    most: int

    @classmethod
    def asked(cls, least: int | None, most: int) -> "Lengths":
        """A bound that is not given is no reason to refuse a summary that shall be shorter."""
        return cls(min(DEFAULT_LEAST, most) if least is None else least, most)

"""The form of the answer that a request or a system message asks for."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """None and False: nothing was said."""

    sentences: int | None = None
    words: int | None = None
    bullets: bool = False


_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = {
    **{word: value for value, word in enumerate(_UNITS)},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
    "single": 1,
    "couple": 2,
    "few": 3,
    "hundred": 100,
    "thousand": 1000,
    "million": 1_000_000,
}

NUMBER = r"\d{1,9}|(?:a )?(?:" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + r")(?:-\w+)?"
"""A pattern for what `number` reads."""


def number(text: str) -> int | None:
    """A number in digits, or in English words up to ninety-nine, or a hundred, a thousand or a million."""
    if text.isdecimal():
        return int(text)
    values = [_NUMBERS.get(part) for part in text.lower().removeprefix("a ").split("-")]
    return None if None in values else sum(value for value in values if value is not None)


_SENTENCES = re.compile(rf"\b({NUMBER}|an?)\s+(?:\w+,?\s+){{0,2}}?sentences?\b", re.IGNORECASE)
_WORDS = re.compile(
    rf"\b(?:at most|max(?:imum)?(?: of)?|under|within|(?:fewer|less|no more) than|in|up to|about|around)\s+"
    rf"({NUMBER})\s+words\b",
    re.IGNORECASE,
)
_BULLETS = re.compile(
    rf"\b(?:({NUMBER})\s+)?(?:\w+\s+)?(?:bullet(?:ed)?[ -](?:points?|list)|bullets)\b|\blist of sentences\b",
    re.IGNORECASE,
)
_BRIEF = re.compile(r"\b(?:brief|briefly|concise|concisely|short|kurz|breve)\b", re.IGNORECASE)
_BRIEFLY = 2
"""Sentences of a brief answer."""


_LONGEST_MANNERS = 4000
"""What comes later in a long system message is not looked at, in characters."""


def read_style(said: str) -> Style:
    manners = said[:_LONGEST_MANNERS]
    in_sentences = _SENTENCES.search(manners)
    in_words = _WORDS.search(manners)
    bullets = _BULLETS.search(manners)
    count = (number(in_sentences[1]) or 1) if in_sentences else None
    if count is None and bullets and bullets[1]:
        count = number(bullets[1])
    if count is None and _BRIEF.search(manners):
        count = _BRIEFLY
    return Style(
        sentences=max(count, 1) if count is not None else None,
        words=number(in_words[1]) if in_words else None,
        bullets=bullets is not None,
    )

"""How binding a statement is: RFC 2119's words, and the headings and columns that stand for them."""

import re
from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    MUST = "must"
    SHOULD = "should"
    MAY = "may"


class Binding(NamedTuple):
    level: Level
    prohibits: bool = False


_MUST_NOT = re.compile(
    r"\b(?:must|shall|may) (?:not|never)\b|\bcannot\b|\bmust n't\b|\b(?:is|are) (?:prohibited|forbidden|not allowed)\b",
    re.IGNORECASE,
)
_MUST = re.compile(r"\b(?:must|shall|mandatory|(?:is|are) required|required|(?:has|have|needs?) to)\b", re.IGNORECASE)
_SHOULD_NOT = re.compile(r"\bshould (?:not|never)\b|\bnot recommended\b", re.IGNORECASE)
_SHOULD = re.compile(r"\b(?:should|recommended|ought to|preferably|ideally|desirable|desired)\b", re.IGNORECASE)
_MAY = re.compile(r"\b(?:may|optional(?:ly)?|could|nice to have|can)\b", re.IGNORECASE)
_EXCEEDING = re.compile(
    r"\b(?:must|shall|should) not (?:exceed|be (?:more|less|larger|greater|higher|lower|longer|heavier))", re.IGNORECASE
)
"""Such a not belongs to a bound: nothing is prohibited."""
_HEADINGS = (
    (re.compile(r"\bmust[- ]haves?\b|\bmandatory\b", re.IGNORECASE), Level.MUST),
    (re.compile(r"\bshould[- ]haves?\b|\brecommended\b", re.IGNORECASE), Level.SHOULD),
    (re.compile(r"\b(?:could|nice)[- ](?:to[- ])?haves?\b|\boptional\b", re.IGNORECASE), Level.MAY),
)
_LEFT_OUT = re.compile(
    r"\bout of scope\b|\bnon[- ]?goals?\b|\bnot in scope\b|\bwon'?t[- ]haves?\b|\bglossary\b|\breferences\b"
    r"|\bchange ?log\b|\brevision history\b|\bbackground\b",
    re.IGNORECASE,
)
_BINDING = re.compile(
    r"\brequirements?\b|\bconstraints?\b|\bspecifications?\b|\blimits?\b|\bacceptance\b", re.IGNORECASE
)


def said(text: str) -> Binding | None:
    """What the words of a statement say; None: nothing of it."""
    if _EXCEEDING.search(text):
        return Binding(Level.SHOULD if re.search(r"\bshould\b", text, re.IGNORECASE) else Level.MUST)
    if _MUST_NOT.search(text):
        return Binding(Level.MUST, prohibits=True)
    if _SHOULD_NOT.search(text):
        return Binding(Level.SHOULD, prohibits=True)
    for pattern, level in ((_MUST, Level.MUST), (_SHOULD, Level.SHOULD), (_MAY, Level.MAY)):
        if pattern.search(text):
            return Binding(level)
    return None


def of_section(section: tuple[str, ...]) -> Level | None:
    """What the nearest heading says that says anything."""
    for heading in reversed(section):
        for pattern, level in _HEADINGS:
            if pattern.search(heading):
                return level
    return None


def of_priority(word: str) -> Level | None:
    """Of a cell in a column of priorities."""
    plain = word.strip().lower()
    if plain in ("must", "shall", "m", "high", "p0", "p1", "1", "required", "mandatory", "critical"):
        return Level.MUST
    if plain in ("should", "s", "medium", "p2", "2", "recommended"):
        return Level.SHOULD
    return Level.MAY if plain in ("may", "could", "c", "low", "p3", "3", "optional") else None


def is_left_out(section: tuple[str, ...]) -> bool:
    return any(_LEFT_OUT.search(heading) for heading in section)


def is_binding(section: tuple[str, ...]) -> bool:
    """Whether a heading says that what stands under it is required."""
    return any(_BINDING.search(heading) for heading in section)

"""Tokens and words, in any script.

A token is a word, a punctuation mark, or one character of a script that is written without spaces (Chinese, Japanese,
Thai ...). All patterns are possessive or free of overlap, so the work grows in step with the text.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import islice

from pentarch.llm.extractive.vocabulary import STOP_WORDS

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, Kana and Han: where a word ends is for a dictionary to say, so each character counts."""

JOINED = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed\u0900-\u0963\u0966-\u0dff\u200c\u200d"
)
"""Marks that belong to the letter before them, though `\\w` leaves them out, and the Indic scripts, which have most."""

_WORD = rf"(?:[^\W{UNSPACED}{JOINED}]++|[{JOINED}]++)++"
_PATTERNS = {
    # For ASCII text, for any text. Most texts are ASCII, and the classes of scripts are slow to compile.
    "token": (r"\w+|\S", rf"{_WORD}|\S"),
    "word": (r"\w+", rf"{_WORD}|[{UNSPACED}]"),
    "piece": (r"\s*\S+", rf"\s*(?:[{UNSPACED}]|[^\s{UNSPACED}]+)"),
    "unspaced": (r"(?!)", f"[{UNSPACED}]"),
}


@cache
def _pattern(of: str, *, ascii_only: bool) -> re.Pattern[str]:
    return re.compile(_PATTERNS[of][0 if ascii_only else 1])


def _find(of: str, text: str) -> Iterator[re.Match[str]]:
    return _pattern(of, ascii_only=text.isascii()).finditer(text)


def count_tokens(text: str) -> int:
    """Tokens of a text: words, punctuation marks, and characters of scripts that are written without spaces."""
    return len(_pattern("token", ascii_only=text.isascii()).findall(text))


def first_tokens(text: str, count: int) -> str:
    """The text up to the end of its token number `count`."""
    end = 0
    for match in islice(_find("token", text), count):
        end = match.end()
    return text[:end]


def pieces(text: str) -> Iterator[str]:
    """The text in the pieces it is streamed in: a word with its marks and the space before it. No token is split."""
    return (match.group() for match in _find("piece", text))


def words(text: str) -> list[str]:
    """Words in lower case, without marks; accents are composed, so that both spellings of é are one."""
    plain = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    return _pattern("word", ascii_only=text.isascii()).findall(plain)


def terms(text: str) -> list[str]:
    """What a text is about: its words without the ones that every text has; pairs where characters are words.

    A pair is written with a space, as the phrase it is in `words`.
    """
    is_unspaced = _pattern("unspaced", ascii_only=text.isascii()).match
    found: list[str] = []
    before = ""
    for word in words(text):
        unspaced = is_unspaced(word) is not None
        if not unspaced and word not in STOP_WORDS:
            found.append(word)
        if unspaced and before and word not in _PARTICLES:
            found.append(f"{before} {word}")
        before = word if unspaced and word not in _PARTICLES else ""
    return found


def has_unspaced(text: str) -> bool:
    """Whether there are characters of a script that is written without spaces."""
    return _pattern("unspaced", ascii_only=text.isascii()).search(text) is not None


_PARTICLES = frozenset("のはをにがでともへや的是了在和吗呢什么")
"""Characters of Japanese and Chinese that join words rather than make them."""

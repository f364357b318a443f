"""Lexical embeddings by feature hashing (Weinberger et al., 2009).

Texts that share words and pairs of words are near each other; synonyms are not. Good for near-duplicates, for
grouping and for finding texts with the same words, offline and without weights; it is not semantic.
"""

import math
from collections import Counter
from itertools import pairwise
from zlib import crc32

from pentarch.llm.extractive.text import words
from pentarch.llm.extractive.vocabulary import STOP_WORDS

DIMENSIONS = 256

_SPREAD = 0x9E3779B1
"""2^32 over the golden ratio: multiplying by it mixes CRC's bits, which alone keep similar words in similar places."""


def embed(text: str) -> tuple[float, ...]:
    """A vector of length one. A text without words gets the first axis, as some direction it must have."""
    vector = [0.0] * DIMENSIONS
    for feature, count in _features(text).items():
        place = crc32(feature.encode()) * _SPREAD & 0xFFFFFFFF
        sign = 1.0 if place >> 31 else -1.0  # so that words that share a place cancel out rather than add up
        vector[place >> 16 & (DIMENSIONS - 1)] += sign * (1 + math.log(count))
    length = math.hypot(*vector)
    if not length:
        return (1.0, *vector[1:])
    return tuple(value / length for value in vector)


def _features(text: str) -> Counter[str]:
    found = words(text)
    telling = [word for word in found if word not in STOP_WORDS] or found
    return Counter(telling) + Counter(f"{one} {other}" for one, other in pairwise(telling))

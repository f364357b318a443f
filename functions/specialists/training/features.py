"""From what a row says to numbers, the same way when a model is trained and when it answers."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer

MAX_TOLD = 20
"""Labels, clusters or actions whose scores an answer tells: a thousand answers have to fit into one reply."""
_MAX_TERMS_HELD = 200_000
_MAX_TERM = 64
_MAX_SHARE_OF_ROWS = 0.5
"""A term that more rows have tells no topic from another."""


def hashed(hash_bits: int, ngrams: int) -> Callable[[Sequence[str]], Any]:
    """Words and runs of words, hashed: nothing has to be learned, so rows can stream by."""
    vectorizer = HashingVectorizer(n_features=2**hash_bits, ngram_range=(1, ngrams), dtype=np.float32)
    return vectorizer.transform  # type: ignore[no-any-return]


def weighted(vocabulary: Sequence[str], idf: Sequence[float]) -> Callable[[Sequence[str]], Any]:
    """Known terms, each the heavier the fewer rows have it."""
    vectorizer = TfidfVectorizer(vocabulary=list(vocabulary), dtype=np.float64)
    vectorizer.idf_ = np.asarray(idf, dtype=np.float64)
    return vectorizer.transform  # type: ignore[no-any-return]


class Terms:
    """Counts in how many rows each term is; rare ones are forgotten when there are too many."""

    def __init__(self) -> None:
        self._analyze: Callable[[str], list[str]] = CountVectorizer().build_analyzer()
        self._rows_with: Counter[str] = Counter()
        self._rows = 0

    def take(self, text: str) -> None:
        self._rows += 1
        self._rows_with.update({term for term in self._analyze(text) if len(term) <= _MAX_TERM})
        if len(self._rows_with) > _MAX_TERMS_HELD:
            self._rows_with = Counter({term: count for term, count in self._rows_with.items() if count > 1})

    def vocabulary(self, size: int) -> tuple[list[str], list[float]]:
        """The most frequent telling terms in alphabetical order, and their weights."""
        most = max(2.0, _MAX_SHARE_OF_ROWS * self._rows)
        telling = [(count, term) for term, count in self._rows_with.items() if 1 < count <= most]
        kept = sorted(sorted(telling, key=lambda one: (-one[0], one[1]))[:size], key=lambda one: one[1])
        idf = [float(np.log((1 + self._rows) / (1 + count)) + 1) for count, _ in kept]
        return [term for _, term in kept], idf


def best(names: Sequence[str], values: NDArray[Any], *, lowest: bool = False) -> dict[str, float]:
    """The names with the best values, as many as an answer tells."""
    order = np.argsort(values if lowest else -values, kind="stable")[:MAX_TOLD]
    return {names[place]: round(float(values[place]), 6) for place in order}


def numbers(rows: Sequence[Sequence[Any]]) -> NDArray[np.float64]:
    """A matrix of rows whose values are numbers; ValueError otherwise."""
    try:
        matrix = np.array(rows, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = "a value is no number"
        raise ValueError(msg) from error
    if matrix.ndim != 2 or not np.isfinite(matrix).all():  # noqa: PLR2004 (rows and columns)
        msg = "a value is not a finite number"
        raise ValueError(msg)
    return matrix


def scaled(matrix: NDArray[np.float64], scaler: Mapping[str, Sequence[float]]) -> NDArray[np.float64]:
    """Each column about zero, and as wide as the others."""
    mean, scale = np.asarray(scaler["mean"], dtype=np.float64), np.asarray(scaler["scale"], dtype=np.float64)
    return (matrix - mean) / scale

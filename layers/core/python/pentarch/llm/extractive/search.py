"""Finding the passages that answer a question: BM25, as SQLite's full-text index computes it.

FTS5 brings the Porter stemmer, folds accents, and is in every Python that Pentarch runs on. Its BM25 orders; how much
of the question a passage covers is counted beside it, because a rank alone cannot say "nothing here answers this".
"""

import math
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import dropwhile
from types import TracebackType
from typing import Self

from pentarch.llm.extractive import fts5
from pentarch.llm.extractive.sources import Passage
from pentarch.llm.extractive.text import terms, words

_MOST_TERMS = 32
"""A question's later terms are left out: each costs a look-up, and no question that is one has more."""

_TITLE_WEIGHT = 2.0
_BM25_SHARE = 0.3
"""BM25's say in the score beside coverage: enough to order passages that cover the same terms."""
_TITLE_SHARE = 0.5
"""How much it counts that a passage's title asks the very question; key words after its question mark only match."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage by its position. `coverage` is the part of the question's weight that it covers, 0 to 1."""

    position: int
    coverage: float
    score: float


class Index:
    """Passages in an index of their own, in memory. To be closed."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._size = len(passages)
        self._titles = [frozenset(terms(passage.title.partition("?")[0])) for passage in passages]
        self._database = fts5.connect()
        self._database.executemany(
            "INSERT INTO passage (rowid, title, body) VALUES (?, ?, ?)",
            (
                (position, " ".join(words(passage.title)), " ".join(words(passage.text)))
                for position, passage in enumerate(passages)
            ),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def search(self, question: Iterable[str], *, limit: int = 20) -> list[Hit]:
        """The passages that hold one of the question's terms, best first; ties go by position."""
        asked = list(dict.fromkeys(question))[:_MOST_TERMS]
        holders = {term: self._positions(term) for term in asked}
        weights = {term: self._weight(len(positions)) for term, positions in holders.items()}
        total = sum(weights.values())
        known = [term for term, positions in holders.items() if positions]
        if not known:
            return []
        ranked = self._database.execute(
            "SELECT rowid, -bm25(passage, ?, 1.0) FROM passage WHERE passage MATCH ? ORDER BY 2 DESC, 1 LIMIT ?",
            (_TITLE_WEIGHT, " OR ".join(map(_quoted, known)), limit),
        ).fetchall()
        best = ranked[0][1]
        hits = []
        for position, bm25 in ranked:
            coverage = sum(weights[term] for term in known if position in holders[term]) / total
            likeness = _likeness(set(asked), self._titles[position])
            hits.append(Hit(position, coverage, coverage + _BM25_SHARE * bm25 / best + _TITLE_SHARE * likeness))
        return sorted(hits, key=lambda hit: (-hit.score, hit.position))

    def _positions(self, term: str) -> frozenset[int]:
        found = self._database.execute("SELECT rowid FROM passage WHERE passage MATCH ?", (_quoted(term),))
        return frozenset(position for (position,) in found)

    def _weight(self, holders: int) -> float:
        """Robertson and Spärck Jones' weight, kept above zero: a term weighs more the fewer passages hold it."""
        return math.log(1 + (self._size - holders + 0.5) / (holders + 0.5))


def _likeness(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    return len(one & other) / len(one | other) if other else 0.0


def _quoted(term: str) -> str:
    """The term as a string of FTS5's query language, in which nothing is an operator."""
    return '"' + term.replace('"', '""') + '"'


_ASKING = frozenset(
    (
        *(
            "tell",
            "explain",
            "describe",
            "define",
            "name",
            "list",
            "give",
            "show",
            "say",
            "help",
            "know",
            "talk",
            "discuss",
        ),
        *("outline", "write", "find", "repeat", "summarise", "summarize", "summary"),
    )
)
_WONDERING = frozenset(("how", "what", "who", "whom", "whose", "when", "where", "why", "which"))


def question_terms(question: str) -> list[str]:
    """The terms to look up; where there are only common words, these.

    An opening "explain" or "tell me" is left out; what "How do I list my jobs?" asks for is listing.
    """
    asked = words(question)
    found = terms(question)
    if not found:
        return asked
    return found if asked[0] in _WONDERING else list(dropwhile(_ASKING.__contains__, found))

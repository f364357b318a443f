"""Which sentences sum a text up: TextRank (Mihalcea and Tarau, 2004).

Sentences vote for sentences that share their words; the votes of much-voted sentences count more. Three things are
added: the opening gets a head start, as writers say first what matters; a sentence that needs the one before it to be
understood is held back; and one that mostly repeats a chosen one is passed over.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from pentarch.llm.extractive.text import terms
from pentarch.llm.extractive.vocabulary import LEANS_BACK

_MOST_SENTENCES = 200
"""Each pair of sentences is compared, so of a longer text only the sentences with the most typical words vote."""

_DAMPING = 0.85
"""The original's, from PageRank."""
_ROUNDS = 40
_SETTLED = 1e-5

_AFTER = 0.999
"""Puts a sentence that leans on the one before it right behind that one in the order."""

_REPEATS = 0.6
"""Two sentences whose shared words are more than this part of all their words say the same."""


def ranked(sentences: Sequence[str]) -> list[int]:
    """Positions of sentences, the most telling first; at most `_MOST_SENTENCES`, none that repeats a better one."""
    bags = {position: frozenset(found) for position, text in enumerate(sentences) if (found := terms(text))} or {
        position: frozenset((text,)) for position, text in enumerate(sentences)
    }
    bags = _most_typical(bags)
    ranks = _ranks(bags)
    for position in bags:
        if position and LEANS_BACK.match(sentences[position]):
            ranks[position] = min(ranks[position], ranks.get(position - 1, 0.0) * _AFTER)
    order = sorted(bags, key=lambda position: (-ranks[position], position))
    return list(_without_repeats(order, bags))


def choose(order: Sequence[int], *, count: int, fits: Callable[[Sequence[int]], bool]) -> list[int]:
    """Up to `count` of the ranked positions whose sentences fit together, in their order in the text."""
    chosen: list[int] = []
    for position in order[: 2 * count]:  # a sentence that is short enough and says nothing is no summary
        if len(chosen) == count:
            break
        if fits([*chosen, position]):
            chosen.append(position)
    return sorted(chosen or order[:1])


def _most_typical(bags: dict[int, frozenset[str]]) -> dict[int, frozenset[str]]:
    if len(bags) <= _MOST_SENTENCES:
        return bags
    frequency = Counter(term for bag in bags.values() for term in bag)
    typical = {
        position: sum(frequency[term] for term in bag) / (len(bag) + 5)  # + 5: two frequent words are no sentence
        for position, bag in bags.items()
    }
    kept = sorted(bags, key=lambda position: (-typical[position], position))[:_MOST_SENTENCES]
    return {position: bags[position] for position in sorted(kept)}


def _ranks(bags: dict[int, frozenset[str]]) -> dict[int, float]:
    votes = _votes(bags)
    given = {position: sum(weight for _, weight in row) for position, row in votes.items()}
    head_start = {position: 1 + 1 / (1 + place) for place, position in enumerate(bags)}
    whole = sum(head_start.values())
    base = {position: (1 - _DAMPING) * share / whole for position, share in head_start.items()}
    ranks = dict.fromkeys(bags, 1 / len(bags))
    for _ in range(_ROUNDS):
        sent = {position: ranks[position] / given[position] for position in votes}
        new = {
            position: base[position] + _DAMPING * sum(sent[other] * weight for other, weight in votes.get(position, ()))
            for position in bags
        }
        moved = max(abs(new[position] - ranks[position]) for position in bags)
        ranks = new
        if moved < _SETTLED:
            break
    return ranks


def _votes(bags: dict[int, frozenset[str]]) -> dict[int, list[tuple[int, float]]]:
    """Per sentence, the others that share words with it and how strongly: shared words over the lengths' logarithms."""
    lengths = {position: math.log(1 + len(bag)) for position, bag in bags.items()}
    votes: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for (one, bag), (other, other_bag) in combinations(bags.items(), 2):
        shared = len(bag & other_bag)
        if shared:
            weight = shared / (lengths[one] + lengths[other])
            votes[one].append((other, weight))
            votes[other].append((one, weight))
    return votes


def _without_repeats(order: Sequence[int], bags: dict[int, frozenset[str]]) -> Iterator[int]:
    kept: list[frozenset[str]] = []
    for position in order:
        bag = bags[position]
        if all(len(bag & other) <= _REPEATS * len(bag | other) for other in kept):
            kept.append(bag)
            yield position

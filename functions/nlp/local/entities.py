"""What a text names, by patterns and rules."""

from bisect import bisect_left, insort
from itertools import chain

from nlp.local.naming import names
from nlp.local.patterns import shaped
from nlp.model import Entity
from pentarch.llm.sensitivity import Recognised, spans


def find(text: str, language: str, recognised: Recognised | None = None) -> tuple[Entity, ...]:
    """In the order of the text; none overlaps another, and `text[start:end]` is each one's text.

    `recognised` is what is personal in it, where that is known.
    """
    taken: list[tuple[int, int]] = []
    found: list[Entity] = []
    for one in chain(shaped(text, spans(text) if recognised is None else recognised), names(text, language)):
        place = bisect_left(taken, (one.start, one.end))
        clear = (place == 0 or taken[place - 1][1] <= one.start) and (place == len(taken) or taken[place][0] >= one.end)
        if clear and one.start < one.end:
            insort(taken, (one.start, one.end))
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.start))

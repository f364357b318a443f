"""Summaries from a text's own sentences, as many words long as was asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nlp.model import Lengths
from pentarch.llm.extractive.sentences import sentences
from pentarch.llm.extractive.summary import ranked
from pentarch.llm.extractive.text import words

CUT = " …"
_UNSPACED_ENDS = ("。", "！", "？")  # noqa: RUF001 (typographic marks)
"""After these no space is written."""
_SHARE = 2
"""A summary has a half of its text's words at most, unless more are asked for."""


def length(text: str) -> int:
    return len(words(text))


def summarize(text: str, lengths: Lengths) -> str:
    """The most telling sentences that fit, in their order; the next one is cut where they are too few words.

    A text of no more words than `least` is given whole, up to `most`.
    """
    found = sentences(text) or [" ".join(text.split())]
    order = ranked(found)
    draft = _Draft(found, [length(sentence) for sentence in found])
    draft.goal = min(lengths.most, max(lengths.least, sum(draft.sizes) // _SHARE))
    telling = order[: max(1, (len(order) + 1) // 2)]  # a sentence that is short enough and says nothing is no summary
    draft.add_fitting(telling)
    if draft.words < lengths.least:
        draft.add_fitting(order)
    if draft.words < max(1, lengths.least):
        draft.goal = lengths.most
        draft.fill([*order, *range(len(found))])
    return draft.text


@dataclass(slots=True)
class _Draft:
    sentences: Sequence[str]
    sizes: Sequence[int]
    goal: int = 0
    words: int = 0
    chosen: dict[int, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        told = [self.chosen[position] for position in sorted(self.chosen)]
        return "".join(one if one.endswith(_UNSPACED_ENDS) else f"{one} " for one in told).rstrip()

    def add_fitting(self, positions: Iterable[int]) -> None:
        for position in positions:
            if position not in self.chosen and 0 < self.sizes[position] <= self.goal - self.words:
                self.chosen[position] = self.sentences[position]
                self.words += self.sizes[position]

    def fill(self, positions: Iterable[int]) -> None:
        for position in dict.fromkeys(positions):
            room = self.goal - self.words
            if room <= 0:
                return
            if position not in self.chosen and self.sizes[position]:
                self.chosen[position] = cut(self.sentences[position], room)
                self.words += min(room, self.sizes[position])


def cut(sentence: str, count: int) -> str:
    """The sentence, or as many words of its beginning: as far as the next character would begin one more."""
    if length(sentence) <= count:
        return sentence
    low, high = 0, len(sentence)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(sentence[:middle]) <= count else (low, middle - 1)
    return sentence[:low].rstrip(" ,;:-\u2013\u2014") + CUT

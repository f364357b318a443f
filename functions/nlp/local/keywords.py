"""What a text is about: RAKE (Rose and others, 2010), with YAKE's liking for what comes early and often.

A phrase is a run of words without a stop word or a mark between them. A word counts the more, the longer the phrases
that it stands in and the more often it does; a phrase counts what its words do.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nlp.local import sentiment
from nlp.local.sentiment import Feeling
from nlp.local.stopping import stop_words
from nlp.model import Keyword
from pentarch.llm.extractive.text import JOINED, UNSPACED, has_unspaced, words

MOST = 20
LONGEST = 3
"""Words of a phrase; of a longer run its beginning counts for nothing, as nobody repeats such."""
_LONGEST_UNSPACED = 4
_SHORTEST = 2
_SPEAKS = rf"\w'\u2019\-{JOINED}{UNSPACED}"
_BREAK = re.compile(rf"https?://\S+|\S{{1,64}}@\S+|[^\s{_SPEAKS}]|[\r\n]")
_SPOKEN = re.compile(rf"[{_SPEAKS}]+")
_PARTICLES = r"[\u3041-\u309f\u30fb]+|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+|[的是了在和吗呢什么]"
"""Hiragana, which Japanese writes endings and small words with, and Chinese's commonest words; Thai, Lao, Burmese and
Khmer, whose pairs of letters are no words, and whose words only a dictionary knows."""


@dataclass(slots=True)
class _Seen:
    """A phrase in a text: how it was written first, in which sentences, and how often."""

    text: str
    words: tuple[str, ...]
    sentences: list[int]


def of(sentences: Sequence[str], language: str, feelings: Callable[[int], Feeling]) -> tuple[Keyword, ...]:
    """The most telling first; `feelings` says what each sentence feels like."""
    seen = _seen(sentences, stop_words(language))
    weights = _weights(seen)
    scores = {key: _score(one, language, weights, len(sentences)) for key, one in seen.items()}
    order = sorted(seen, key=lambda key: (-scores[key], key))
    best = scores[order[0]] if order else 0.0
    return tuple(
        Keyword(seen[key].text, round(scores[key] / best, 4), _feeling(seen[key], language, feelings))
        for key in _without_parts(order, seen)
    )


def _seen(sentences: Sequence[str], empty: Collection[str]) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = {}
    for number, sentence in enumerate(sentences):
        for phrase in _phrases(sentence, empty):
            key = " ".join(phrase.words)
            if key in seen:
                seen[key].sentences.append(number)
            else:
                seen[key] = _Seen(phrase.text, phrase.words, [number])
    return seen


@dataclass(frozen=True, slots=True)
class _Phrase:
    text: str
    words: tuple[str, ...]


def _phrases(sentence: str, empty: Collection[str]) -> Iterator[_Phrase]:
    for part in _BREAK.split(sentence):
        run: list[str] = []
        for match in _SPOKEN.finditer(part):
            spoken = match.group().strip("'\u2019-")
            if _tells(spoken, empty):
                run.append(spoken)
                continue
            yield from _of_run(run, empty)
            run = []
        yield from _of_run(run, empty)


def _tells(spoken: str, empty: Collection[str]) -> bool:
    lowered = spoken.lower()
    if len(spoken) < _SHORTEST and not has_unspaced(spoken):
        return False
    plain = lowered.replace("\u2019", "'").partition("'")[0]
    is_number = not any(map(str.isalpha, lowered))  # of whatever kind: an amount, a date, a telephone's
    return not (lowered in empty or plain in empty or is_number or "_" in lowered)


def _of_run(run: Sequence[str], empty: Collection[str]) -> Iterator[_Phrase]:
    if not run:
        return
    if any(map(has_unspaced, run)):
        for one in run:
            yield from _unspaced(one, empty)
        return
    if len(run) <= LONGEST:
        yield _phrase(run)
    if len(run) > 1:
        for one in run:
            yield _phrase([one])


def _unspaced(text: str, empty: Collection[str]) -> Iterator[_Phrase]:
    """Of a script without spaces: short runs whole, longer ones by their pairs of characters."""
    for piece in re.split(_PARTICLES, text):
        pairs = [piece[start : start + 2] for start in range(len(piece) - 1)]
        for one in [piece] if _SHORTEST <= len(piece) <= _LONGEST_UNSPACED else pairs:
            if one.lower() not in empty:
                yield _Phrase(one, (one.lower(),))


def _phrase(run: Sequence[str]) -> _Phrase:
    return _Phrase(" ".join(run), tuple(word for one in run for word in words(one)) or tuple(run))


def _weights(seen: Mapping[str, _Seen]) -> dict[str, float]:
    """Of each word: its degree over its frequency, as RAKE has it, times how often it is said."""
    frequency: Counter[str] = Counter()
    degree: dict[str, int] = defaultdict(int)
    for one in seen.values():
        for word in one.words:
            frequency[word] += len(one.sentences)
            degree[word] += len(one.words) * len(one.sentences)
    return {word: degree[word] / count * math.log2(1 + count) for word, count in frequency.items()}


def _score(one: _Seen, language: str, weights: Mapping[str, float], sentences: int) -> float:
    early = 1 + 1 / (1 + one.sentences[0] / max(1, sentences / 10))
    charged = 1.5 if len(one.words) == 1 and sentiment.word(one.words[0], language) is not None else 1.0
    often = math.log2(1 + len(one.sentences))
    return sum(weights[word] for word in one.words) * early * often * charged / math.sqrt(len(one.words))


def _without_parts(order: Sequence[str], seen: Mapping[str, _Seen]) -> list[str]:
    """The first of the order, without a word that only stands in a phrase chosen before it."""
    chosen: list[str] = []
    for key in order:
        within = [other for other in chosen if set(seen[key].words) <= set(seen[other].words)]
        if any(len(seen[other].sentences) >= len(seen[key].sentences) for other in within):
            continue
        chosen.append(key)
        if len(chosen) == MOST:
            break
    return chosen


def _feeling(one: _Seen, language: str, feelings: Callable[[int], Feeling]) -> float:
    """The word's own, where the lexicon has it, else that of the sentences it is said in."""
    own = [valence for word in one.words if (valence := sentiment.word(word, language)) is not None]
    said = own or [feelings(number).compound for number in dict.fromkeys(one.sentences)]
    return round(sum(said) / len(said), 4)

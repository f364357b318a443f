"""What a text feels like, by VADER (Hutto and Gilbert, 2014).

That is a lexicon of English words, emoticons and emoji, with rules for negation, degree, capitals and contrast. It is
asked sentence by sentence, as it was made for short texts, and as its rule for "but" is quadratic in the length.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, Literal, NamedTuple

from nlp.model import UNDETERMINED, Sentiment

LANGUAGE = "en"
THRESHOLD = 0.05
"""A text is positive from this compound on and negative below its opposite: VADER's own advice."""
_READ_AS_ENGLISH = frozenset({LANGUAGE, UNDETERMINED})
_STRONGEST = 4.0
"""Of a word's valence in the lexicon."""


class Feeling(NamedTuple):
    """Of one sentence: `compound` from -1 to 1, and which shares of it are good, bad and neither."""

    compound: float
    good: float
    bad: float
    words: int


@cache
def _vader() -> Any:  # noqa: ANN401 (it has no types)
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def feeling(sentence: str, language: str) -> Feeling:
    """Of another language than English the emoji and emoticons alone speak: "die" is no death in German."""
    words = max(1, len(sentence.split()))
    share = 1.0
    if language not in _READ_AS_ENGLISH:
        signs = _signs(sentence)
        share = min(1.0, len(signs) / words)
        sentence = " ".join(signs)
    scores = _vader().polarity_scores(sentence)
    return Feeling(scores["compound"], scores["pos"] * share, scores["neg"] * share, words)


def _signs(sentence: str) -> list[str]:
    """What is written without letters, and without being a number."""
    return [sign for piece in sentence.split() if (sign := "".join(one for one in piece if not one.isalnum()))]


def word(text: str, language: str = LANGUAGE) -> float | None:
    """What a single word feels like, from -1 to 1; None for one that the lexicon does not have."""
    if language not in _READ_AS_ENGLISH:
        return None
    valence = _vader().lexicon.get(text.lower())
    return None if valence is None else max(-1.0, min(1.0, valence / _STRONGEST))


def of(feelings: Iterable[Feeling], language: str) -> Sentiment:
    """Of a whole text: its sentences' feelings, each weighing by its words.

    Subjectivity is the share of the words that the lexicon knows to express feeling, weighed as VADER does. Confidence
    is how far these agree with the label, and less where there are few; of a neutral text it is the share of neutral
    words, and 0 where nothing is known of its language.
    """
    found = list(feelings)
    words = sum(one.words for one in found)
    if not words:
        return Sentiment(0.0, 0.0, "neutral", 0.0)
    polarity = sum(one.compound * one.words for one in found) / words
    good = sum(one.good * one.words for one in found) / words
    bad = sum(one.bad * one.words for one in found) / words
    charged = good + bad
    label: Literal["positive", "negative", "neutral"] = "neutral"
    if polarity >= THRESHOLD:
        label = "positive"
    elif polarity <= -THRESHOLD:
        label = "negative"
    if label == "neutral":
        confidence = max(0.0, 1 - charged) if language == LANGUAGE else 0.0
    else:
        weight = charged * words
        confidence = max(good, bad) / charged * weight / (weight + 1) if charged else 0.0
    return Sentiment(round(polarity, 4), round(min(1.0, charged), 4), label, round(confidence, 4))

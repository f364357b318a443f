"""All analyses of a text in this process: no weights to load but the language model's, and nothing leaves."""

import re
from collections.abc import Iterator
from functools import cache as remembered

from nlp.local import entities, keywords, language, sentiment
from nlp.model import AUTO, Analysis, Kind, Question

_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|[\r\n]+")  # noqa: RUF001 (typographic marks)
_LONGEST = 1000
"""A "sentence" of more characters is a table, a log or code, and is read in pieces of so many."""


def analyze(question: Question) -> Analysis:
    text, kinds = question.text, question.kinds
    detected = language.detect(text) if question.language == AUTO or Kind.LANGUAGE in kinds else None
    code = detected.code if question.language == AUTO and detected else question.language.partition("-")[0]
    found = list(_sentences(text)) if kinds & {Kind.SENTIMENT, Kind.KEYWORDS} else []

    @remembered
    def felt(number: int) -> sentiment.Feeling:
        return sentiment.feeling(found[number], code)

    return Analysis(
        language=detected,
        sentiment=sentiment.of(map(felt, range(len(found))), code) if Kind.SENTIMENT in kinds else None,
        entities=entities.find(text, code, question.recognised) if Kind.ENTITIES in kinds else None,
        keywords=keywords.of(found, code, felt) if Kind.KEYWORDS in kinds else None,
    )


def _sentences(text: str) -> Iterator[str]:
    """Roughly: what matters is that no emoji is lost, and that none is so long that it takes a while."""
    for piece in _END.split(text):
        for start in range(0, len(piece), _LONGEST):
            if said := piece[start : start + _LONGEST].strip():
                yield said

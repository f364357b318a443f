"""Which language a text is in, by py3langid (Lui and Baldwin's langid.py, with a model of some 130 languages)."""

import re
from functools import cache
from typing import Any

from nlp.model import UNDETERMINED, Language

_READ = 20_000
"""Characters, from the beginning and the end of a longer text: enough to be sure, at a bounded cost."""
_LEAST = 0.1
"""Below this probability nothing speaks for any language."""
_NO_LANGUAGE = "zxx"
"""ISO 639's code for what is not linguistic: figures, markup, encoded data."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = 3
"""Different words between figures or markup that may speak for a language."""


@cache
def _identifier() -> Any:  # noqa: ANN401 (it has no types)
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def load() -> None:
    """Do now what the first text would wait for: 0.6 s of CPU, most of it unpacking."""
    _identifier()


def detect(text: str) -> Language:
    read = text if len(text) <= _READ else f"{text[: _READ // 2]}\n{text[-_READ // 2 :]}"
    if not any(map(str.isalpha, read)):
        return Language(UNDETERMINED, 0.0)
    code, confidence = _identifier().classify(read)
    if code == _NO_LANGUAGE:  # in a table of figures its words may still be in one
        words = _WORD.findall(read)
        if len(set(words)) >= _SENTENCE:
            code, confidence = _identifier().classify(" ".join(words))
    if code == _NO_LANGUAGE:
        return Language(UNDETERMINED, 0.0)
    if confidence < _LEAST:
        return Language(UNDETERMINED, round(confidence, 4))
    return Language(code, round(min(1.0, confidence), 4))

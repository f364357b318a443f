"""Words that tell nothing, by language: our own of seven languages, of others those that stopwords-iso has collected.

Its lists for the seven are longer, and take words of weight for empty: "computer", "value" and "bill" are in them.
"""

from functools import cache

from pentarch.llm.extractive.vocabulary import STOP_WORDS

_OURS = {"en", "de", "fr", "es", "it", "pt", "nl"}
_LISTED_AS = {"nb": "no", "nn": "no"}


@cache
def stop_words(language: str) -> frozenset[str]:
    """Of texts in a language (ISO 639-1); texts quote others, so ours are always among them."""
    if language in _OURS:
        return STOP_WORDS
    from stopwordsiso import stopwords

    return STOP_WORDS | stopwords(_LISTED_AS.get(language, language))

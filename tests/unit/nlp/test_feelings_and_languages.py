"""Sentiment, keywords and languages of texts whose answer anybody can tell."""

import pytest

from nlp.local.analyzing import analyze
from nlp.model import Analysis, Kind, Question

EVERY = frozenset(Kind)
FIGURES = " ".join(str(7**number) for number in range(40))
"""Many enough that the text as a whole is in no language."""


def analysed(text: str, language: str = "auto", kinds: frozenset[Kind] = EVERY) -> Analysis:
    return analyze(Question(text, kinds, language))


@pytest.mark.parametrize(
    ("text", "label", "sign"),
    [
        ("I love this product! It's amazing and works perfectly.", "positive", 1),
        ("It is terrible, awful and broken.", "negative", -1),
        ("It is not good at all, and never was nice.", "negative", -1),
        ("The table has four legs.", "neutral", 0),
        ("Es ist da. 😢😢", "negative", -1),
        (f"the service was awful {FIGURES}", "negative", -1),
        (f"terrible {FIGURES}", "negative", -1),
        ("", "neutral", 0),
    ],
)
def test_feelings_are_told_apart(text: str, label: str, sign: int) -> None:
    found = analysed(text).sentiment
    assert found is not None
    assert found.label == label
    assert found.polarity * sign > 0 or sign == found.polarity == 0
    assert 0 <= found.subjectivity <= 1
    assert 0 <= found.confidence <= 1


def test_words_of_another_language_are_not_read_as_english() -> None:
    """In German, "die" is an article and "bad" a bath."""
    found = analysed("Die Frau nimmt ein Bad, und die Kinder spielen im Garten.").sentiment
    assert found is not None
    assert (found.label, found.polarity, found.confidence) == ("neutral", 0, 0)


def test_subjectivity_tells_an_opinion_from_a_fact() -> None:
    opinion, fact = analysed("I love it, what a wonderful day!"), analysed("Water boils at a hundred degrees.")
    assert opinion.sentiment is not None
    assert fact.sentiment is not None
    assert opinion.sentiment.subjectivity > 0.5 > fact.sentiment.subjectivity == 0


def test_keywords_are_what_a_text_is_about() -> None:
    text = (
        "The bridge over the river was opened on Monday. The old bridge was wooden. The bridge cost four million, and "
        "the terrible flood is forgotten. See https://example.com/bridge."
    )
    found = analysed(text).keywords
    assert found
    assert (found[0].text, found[0].relevance) == ("bridge", 1)
    feelings = {one.text: one.sentiment for one in found}
    assert feelings["terrible flood"] < 0
    assert all(0 < one.relevance <= 1 and -1 <= one.sentiment <= 1 and "http" not in one.text for one in found)


@pytest.mark.parametrize(
    ("text", "told", "not_told"),
    [
        (
            "Nowy most nad Wisłą został otwarty, ale nie jest jeszcze gotowy.",
            {"gotowy", "Wisłą"},
            {"nie", "jest", "ale"},
        ),
        ("Правительство объявило меры, которые начнут действовать.", {"начнут действовать"}, {"которые"}),
        ("हम भारत में एक नया पुल बना रहे हैं।", {"हम भारत", "नया पुल बना"}, {"रत", "में"}),
        ("東京は日本の首都です。素晴らしい街で、とても好きです。", {"東京", "日本", "首都"}, {"です", "らし"}),
        ("ฉันชอบผลิตภัณฑ์นี้มาก", set(), {"ชอ"}),
        ("Call 123-4567 on 2026-01-05 about flood protection.", {"flood protection"}, {"123-4567", "2026-01-05"}),
    ],
)
def test_keywords_are_words_of_weight_in_any_script(text: str, told: set[str], not_told: set[str]) -> None:
    found = {one.text for one in analysed(text).keywords or ()}
    assert told <= found
    assert not not_told & found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The town council opened a new bridge over the river.", "en"),
        ("Das ist ein schöner Tag und ich gehe spazieren.", "de"),
        ("Bonjour tout le monde, comment allez-vous ?", "fr"),
        ("Me encanta este producto, funciona perfectamente.", "es"),
        ("Мне очень нравится этот продукт.", "ru"),
        ("我非常喜欢这个产品。", "zh"),
        ("この製品がとても好きです。", "ja"),
        ("이 제품을 정말 좋아해요.", "ko"),
        ("أنا أحب هذا المنتج كثيرا.", "ar"),
        ("אני אוהב את המוצר הזה.", "he"),
        ("मुझे यह उत्पाद बहुत पसंद है।", "hi"),
        ("ฉันชอบผลิตภัณฑ์นี้มาก", "th"),
        ("Tôi rất thích sản phẩm này.", "vi"),
        ("😀😀", "und"),
        ("12:30", "und"),
        ("", "und"),
        (f"the service was awful {FIGURES}", "en"),
        (f"der Dienst war schrecklich {FIGURES}", "de"),
        (f"terrible {FIGURES}", "und"),
        ("aGVsbG8gd29ybGQ=" * 10, "und"),
        ("<a href='x'>y</a>" * 5, "und"),
    ],
)
def test_languages_are_told_apart(text: str, code: str) -> None:
    found = analysed(text, kinds=frozenset({Kind.LANGUAGE})).language
    assert found is not None
    assert found.code == code

"""Summaries: their lengths are a promise."""

from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.local.summarizing import cut, length, summarize
from nlp.model import Lengths

SENTENCES = (
    "The town council opened a new bridge over the river on Monday.",
    "It replaces a wooden bridge that a flood had carried away three years ago.",
    "Engineers chose steel because it needs little care and can be mended on the spot.",
    "The work cost four million and took eighteen months, two more than planned.",
    "北京是一个美丽的城市。",
    "mother-in-law's well-known state-of-the-art",
    "😀",
    "https://example.com/a/b/c?d=e",
)
TEXTS = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=10).map(" ".join).filter(length)


@settings(max_examples=40)
@given(TEXTS, st.integers(1, 60), st.data())
def test_a_summary_is_within_the_lengths_asked(text: str, most: int, data: st.DataObject) -> None:
    least = data.draw(st.integers(0, most))
    size = length(summarize(text, Lengths(least, most)))
    assert min(least, length(text)) <= size <= most
    assert size > 0


@given(st.sampled_from(SENTENCES), st.integers(1, 20))
def test_a_cut_sentence_has_no_more_words(sentence: str, count: int) -> None:
    assert length(cut(sentence, count)) <= count


def test_a_summary_is_shorter_than_its_text_and_begins_with_what_matters() -> None:
    text = " ".join(SENTENCES[:4])
    summary = summarize(text, Lengths(10, 100))
    assert length(summary) <= length(text) / 2
    assert summary.startswith(SENTENCES[0])


def test_chinese_sentences_are_joined_without_spaces() -> None:
    text = "北京是一个美丽的城市。上海有很多人。广州的菜很好吃。深圳很新。"
    summary = summarize(text * 2, Lengths(5, 20))
    assert " " not in summary
    assert all(f"{sentence}。" in text for sentence in summary.split("。") if sentence)

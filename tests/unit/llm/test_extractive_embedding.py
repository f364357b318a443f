"""Lexical embeddings."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pentarch.llm.extractive import MODEL, ExtractiveProvider, count_tokens
from pentarch.llm.extractive.embedding import DIMENSIONS, embed


def likeness(one: str, other: str) -> float:
    return sum(a * b for a, b in zip(embed(one), embed(other), strict=True))


@given(st.text(max_size=300))
@settings(deadline=None)
def test_a_vector_has_length_one_and_is_always_the_same(text: str) -> None:
    vector = embed(text)

    assert len(vector) == DIMENSIONS
    assert math.hypot(*vector) == pytest.approx(1)
    assert vector == embed(text)


def test_texts_that_share_words_are_nearer_than_texts_that_do_not() -> None:
    near = likeness("The bridge opened in March", "In March the old bridge opened")
    far = likeness("The bridge opened in March", "Cats sleep all day")

    assert near > 0.4 > far


def test_case_and_marks_make_no_difference_and_order_makes_a_small_one() -> None:
    assert likeness("Red Apple!", "red, apple") == pytest.approx(1)
    assert 0 < likeness("red apple", "apple red") < 1


def test_common_words_count_only_where_there_are_no_others() -> None:
    assert likeness("the red apple", "red apple") == pytest.approx(1)
    assert likeness("to be or not to be", "to be or not to be") == pytest.approx(1)


def test_vectors_come_in_the_order_of_the_texts_with_their_tokens_counted() -> None:
    texts = ["one text", "", "東京"]
    embeddings = ExtractiveProvider().embed(MODEL, texts, timeout=1)

    assert embeddings.vectors == tuple(map(embed, texts))
    assert embeddings.usage.prompt_tokens == sum(map(count_tokens, texts))
    assert embeddings.usage.completion_tokens == 0

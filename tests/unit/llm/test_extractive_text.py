"""Tokens and sentences that the local model counts and quotes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pentarch.llm.extractive.sentences import sentences
from pentarch.llm.extractive.text import count_tokens, first_tokens, pieces, terms, words

TEXTS = st.text(max_size=200)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("Hello, world!", 4),
        ("don't", 3),
        ("snake_case", 1),
        ("東京タワー", 5),
        ("Straße für Jürgen", 3),
        ("हिन्दी भाषा", 2),
        ("cafe\u0301", 1),
        ("a中b", 3),
        ("🙂", 1),
    ],
)
def test_a_token_is_a_word_a_mark_or_a_character_of_a_script_without_spaces(text: str, count: int) -> None:
    assert count_tokens(text) == count


@given(TEXTS)
@settings(deadline=None)
def test_pieces_lose_nothing_but_space_at_the_end_and_split_no_token(text: str) -> None:
    parts = list(pieces(text))

    assert "".join(parts) == text.rstrip()
    assert sum(map(count_tokens, parts)) == count_tokens(text)


@given(TEXTS, st.integers(min_value=0, max_value=50))
@settings(deadline=None)
def test_the_first_tokens_are_a_beginning_with_no_more_tokens_than_asked_for(text: str, count: int) -> None:
    beginning = first_tokens(text, count)

    assert text.startswith(beginning)
    assert count_tokens(beginning) == min(count, count_tokens(text))


def test_both_spellings_of_an_accent_are_one_word() -> None:
    assert words("caf\u00e9") == words("cafe\u0301")


def test_terms_leave_out_common_words_and_pair_characters_that_stand_without_spaces() -> None:
    assert terms("What is the sensitivity of a prompt?") == ["sensitivity", "prompt"]
    assert terms("東京タワー") == ["東 京", "京 タ", "タ ワ", "ワ ー"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        (
            "Mr. Smith met J. Doe at 5 p.m. on Monday. It rained.",
            ["Mr. Smith met J. Doe at 5 p.m. on Monday.", "It rained."],
        ),
        ("Am 3. März kam Dr. Weiß. Er blieb.", ["Am 3. März kam Dr. Weiß.", "Er blieb."]),
        ("It costs 3.50 euros. Version 1.2 is out.", ["It costs 3.50 euros.", "Version 1.2 is out."]),
        ('"Stop!" he said. Then he left.', ['"Stop!" he said.', "Then he left."]),
        ("富士山は高い。東京は広い。", ["富士山は高い。", "東京は広い。"]),
        ("- red\n- green\n\n1. first\n2. second", ["red", "green", "first", "second"]),
        ("# A heading\nText below it.", ["A heading", "Text below it."]),
        ("a line that an editor\nwrapped for its width.", ["a line that an editor wrapped for its width."]),
        ("   \n\n", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet="abcD. !?\n-1。é", max_size=300))
@settings(deadline=None)
def test_sentences_keep_the_words_of_the_text_in_their_order(text: str) -> None:
    kept = "".join("".join(sentences(text)).split())
    letters = [c for c in kept if c in "abcDé"]

    assert letters == [c for c in text if c in "abcDé"]


def test_what_has_no_end_is_cut_into_pieces_that_can_be_quoted() -> None:
    found = sentences("word " * 1000)

    assert len(found) > 5
    assert max(map(len, found)) <= 600
    assert " ".join(found).split() == ["word"] * 1000

"""Places of what is found, for any text: Unicode has many ways to make a count of characters wrong."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.local import entities
from nlp.splitting import pieces

FRAGMENTS = (
    *("Angela Merkel", "Berlin", "jane.doe@example.com", "+49 30 1234567", "https://a.example/b?c=(d)", "$4.5 million"),
    *(
        "12 March 2021",
        "DE89 3704 0044 0532 0130 00",
        "北京",
        "القاهرة",
        "İstanbul",
        "Ministry of Health",
        "😀",
        "👩‍👩‍👧",
    ),
    *(
        "e\u0301",
        "\u202e",
        "ﬃ",
        "'s",
        ". ",
        "\n",
        " ",
        "A",
        "of",
        "ß",
        "\u00a0",
        "\ud7ff",
        "\U0001d518",
        "@",
        "1 ",
    ),
)
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), max_size=24).map("".join)


@settings(max_examples=60)
@given(TEXTS, st.sampled_from(("en", "de", "und")))
def test_each_entity_lies_where_it_says_and_none_overlaps_another(text: str, language: str) -> None:
    found = entities.find(text, language)
    assert all(text[one.start : one.end] == one.text and one.text for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(0 < one.confidence <= 1 for one in found)


@settings(max_examples=60)
@given(TEXTS, st.integers(4, 60))
def test_pieces_make_up_the_text_again_and_fit(text: str, most_bytes: int) -> None:
    cut = list(pieces(text, most_bytes))
    assert "".join(piece.text for piece in cut) == text
    assert all(text[piece.start : piece.start + len(piece.text)] == piece.text for piece in cut)
    assert all(0 < len(piece.text.encode()) <= most_bytes for piece in cut)

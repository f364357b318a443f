"""Taking a name out of texts and files, wherever a piece of them ends."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.subjects.redaction import Names

ANN = Names(("ann",))
ZOE = Names(("zoë",))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Ann's lamp", "***'s lamp"),
        ("ANN,ann;hannah", "***,***;hannah"),
        ('{"note": "first\\nAnn"}', '{"note": "first\\n***"}'),
        ("ann@example.org", "***@example.org"),
        ("ann_1 annual", "***_1 annual"),
    ],
)
def test_a_name_becomes_asterisks_and_a_part_of_a_word_does_not(text: str, masked: str) -> None:
    assert ANN.masked(text) == masked


@pytest.mark.parametrize("written", ["zoë", "Zoë", json.dumps("zoë")[1:-1], "ZO\u00cb"])
def test_a_name_is_found_as_json_writes_it_and_as_many_bytes_stay(written: str) -> None:
    text = f'{{"by": "{written}"}}'
    assert ZOE.are_in(text)
    assert len(ZOE.masked(text).encode()) == len(text.encode())
    assert not ZOE.are_in(ZOE.masked(text))


def test_what_stands_under_a_reference_stays_and_the_rest_is_masked() -> None:
    value: dict[str, Any] = {"id": "ann", "notes": ["by Ann", 3], "of": {"ann": True}}
    assert ANN.masked_in(value, frozenset({"id"})) == {"id": "ann", "notes": ["by ***", 3], "of": {"***": True}}


LETTERS = st.sampled_from(["ann", "Ann", "hannah", " ", ",", "\n", "\\n", "é", '"', "x" * 1500, " words" * 500])


@given(st.lists(LETTERS, max_size=30), st.integers(1, 900))
def test_a_file_in_pieces_is_masked_as_if_it_were_whole(parts: list[str], size: int) -> None:
    content = "".join(parts).encode()
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    assert b"".join(ANN.masked_bytes(pieces)) == ANN.masked(content.decode()).encode()
    assert ANN.are_in_bytes(pieces) == ANN.are_in(content.decode())


@given(st.binary(max_size=3000))
def test_what_is_no_text_comes_out_as_it_went_in(content: bytes) -> None:
    nobody = Names(("nobody-is-called-so",))
    assert b"".join(nobody.masked_bytes([content])) == content

"""What is written as JSON reads as what it was."""

import json
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.platform.jsons import encoded

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


class Colour(StrEnum):
    RED = "red"


@given(VALUES)
def test_what_is_written_reads_as_it_was_integers_of_any_size_too(value: object) -> None:
    assert json.loads(encoded(value)) == value


def test_it_is_compact_and_keeps_its_order_and_its_letters() -> None:
    assert encoded({"b": [1, (2.5, Colour.RED)], "a": "Grüße 🎉"}) == '{"b":[1,[2.5,"red"]],"a":"Grüße 🎉"}'.encode()


def test_large_integers_change_nothing_else() -> None:
    assert encoded({"b": "ü", "a": 2**70}) == b'{"b":"\xc3\xbc","a":1180591620717411303424}'


def test_a_default_takes_what_is_no_json_also_beside_a_large_integer() -> None:
    class Strange:
        def __str__(self) -> str:
            return "strange"

    assert encoded({"one": Strange()}, default=str) == b'{"one":"strange"}'
    assert encoded([2**70, Strange()], default=str) == b'[1180591620717411303424,"strange"]'


@pytest.mark.parametrize("value", [{1}, object(), [2**70, float("nan")]])
def test_what_is_no_json_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        encoded(value)

"""The canonical bytes of an event: one form for one content."""

import json
import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pentarch.events.model import Event
from pentarch.sealing.leaves import canonical, leaf_of

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=20
)


@given(VALUES)
def test_a_reader_whose_only_numbers_are_doubles_reads_back_the_same_value(value: Any) -> None:
    def read(text: str) -> Any:
        return json.loads(text, parse_int=float)

    assert read(canonical(value).decode("utf-8", "surrogatepass")) == read(json.dumps(value))


@given(st.dictionaries(st.text(), VALUES, max_size=6), st.randoms())
def test_neither_the_order_of_members_nor_the_writer_makes_a_difference(value: dict[str, Any], random: Any) -> None:
    members = list(value.items())
    random.shuffle(members)
    again = json.loads(json.dumps(dict(members), indent=2))
    assert canonical(again) == canonical(value)


@pytest.mark.parametrize(
    ("bits", "expected"),
    [  # RFC 8785, appendix B
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("8000000000000001", "-5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("ffefffffffffffff", "-1.7976931348623157e+308"),
        ("4340000000000000", "9007199254740992"),
        ("c340000000000000", "-9007199254740992"),
        ("4430000000000000", "295147905179352830000"),
        ("44b52d02c7e14af5", "9.999999999999997e+22"),
        ("44b52d02c7e14af6", "1e+23"),
        ("44b52d02c7e14af7", "1.0000000000000001e+23"),
        ("444b1ae4d6e2ef4e", "999999999999999700000"),
        ("444b1ae4d6e2ef4f", "999999999999999900000"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555553", "333333333.3333332"),
        ("41b3de4355555554", "333333333.33333325"),
        ("41b3de4355555555", "333333333.3333333"),
        ("41b3de4355555556", "333333333.3333334"),
        ("41b3de4355555557", "333333333.33333343"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
        ("43143ff3c1cb0959", "1424953923781206.2"),
    ],
)
def test_numbers_are_written_as_rfc_8785_says(bits: str, expected: str) -> None:
    [value] = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical(value).decode() == expected


def test_members_are_sorted_as_rfc_8785_says() -> None:
    """Its section 3.2.3: by UTF-16 code units, where an emoji comes before the last Hebrew presentation form."""
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert list(json.loads(canonical(value)).values()) == [2, 4, 6, 7, 1, 5, 3]


def test_text_is_escaped_no_more_than_json_asks() -> None:
    assert canonical("\u20ac$\x0f\nA'B\"\\/").decode() == '"\u20ac$\\u000f\\nA\'B\\"\\\\/"'


@given(st.floats())
def test_every_number_that_can_be_stored_has_a_form(value: float) -> None:
    assert canonical(value)
    assert math.isnan(value) or float(canonical(value).decode()) == value


def test_half_a_surrogate_pair_is_sealed_too() -> None:
    assert canonical("\ud800") != canonical("\ud801")


def test_an_event_has_one_leaf_whichever_way_it_came() -> None:
    event = Event("i", "t", "x.done", "a", "key:k", "r", tags=("b",), data={"b": 1.0, "a": [None, {"z": "\u00e9"}]})
    sent = json.loads(json.dumps(event.as_json(), ensure_ascii=True))
    assert leaf_of(sent) == leaf_of(event.as_json())
    assert leaf_of(sent | {"agent": ""}) != leaf_of(sent)

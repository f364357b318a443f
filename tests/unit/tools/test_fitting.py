"""Cutting results to size."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tools.fitting import encoded_length, fitted

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=50,
)


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=5), st.integers(min_value=10, max_value=2000))
def test_a_result_fits_and_is_left_alone_where_it_did(result: dict[str, Any], most: int) -> None:
    before = encoded_length(result)
    found, is_cut = fitted(result, most)
    assert encoded_length(found) <= most
    assert is_cut == (before > most)


def test_the_longest_part_gives_way_and_the_rest_stays() -> None:
    found, is_cut = fitted({"diff": "x" * 10_000, "files": [{"path": "a.py"}], "count": 7}, 1000)
    assert is_cut
    assert (found["files"], found["count"]) == ([{"path": "a.py"}], 7)
    assert 900 < len(found["diff"]) < 1000

"""Rows of CSV and JSON lines, and where they are."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specialists.datasets.reading import Row, read
from specialists.errors import BadDatasetError, Fault


def rows(form: str, text: str | bytes, piece: int = 7) -> list[tuple[int, object]]:
    """(line, values or problem) of a file that comes in small pieces."""
    raw = text.encode() if isinstance(text, str) else text
    table = read(form, pieces(raw, piece))
    return [(row.line or 0, row.values if isinstance(row, Row) else row.problem) for row in table.rows]


def pieces(raw: bytes, size: int) -> Iterable[bytes]:
    return (raw[start : start + size] for start in range(0, len(raw), size))


def refused(form: str, text: str | bytes) -> Fault:
    with pytest.raises(BadDatasetError) as refusal:
        rows(form, text)
    return refusal.value.faults[0]


def test_a_row_knows_the_line_that_it_begins_in() -> None:
    text = 'text,label\n"two\nlines",a\n\nlast,b\n'
    assert rows("csv", text) == [(2, ["two\nlines", "a"]), (4, "empty"), (5, ["last", "b"])]


def test_a_row_with_too_many_values_is_a_fault_and_not_the_end() -> None:
    found = rows("csv", "a,b\n1,2,3\n1,2\n")
    assert found[0] == (2, "the row has 3 values, and the header names 2 columns")
    assert found[1] == (3, ["1", "2"])


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert read("csv", [b"\xef\xbb\xbftext,label\n"]).columns == ("text", "label")


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (b"", 1, "no header"),
        (b"a,a\n", 1, "named twice"),
        (b'a,b\nx,y\n"open,z\n', 3, "no CSV"),
        (b"a,b\nx,\xff\n", 2, "not UTF-8"),
    ],
)
def test_what_is_no_csv_is_refused_with_its_line(text: bytes, line: int, problem: str) -> None:
    fault = refused("csv", text)
    assert fault.line == line
    assert problem in fault.problem


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory() -> None:
    asked = iter([b"x" * 65536] * 1000)
    with pytest.raises(BadDatasetError, match="longer than"):
        read("csv", asked)
    assert len(list(asked)) > 900


def test_members_of_members_of_json_become_columns() -> None:
    text = '{"context": {"age": 3, "size": 4}, "action": "a"}\n\n{"action": "b", "context": {"size": 5}}\nnope\n[1]\n'
    assert read("jsonl", [text.encode()]).columns == ("context.age", "context.size", "action")
    assert rows("jsonl", text) == [
        (1, [3, 4, "a"]),
        (2, "empty"),
        (3, [None, 5, "b"]),
        (4, "the line is not JSON"),
        (5, "the line is no JSON object"),
    ]


VALUES = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=8)


@given(st.lists(st.tuples(VALUES, VALUES), max_size=8), st.integers(1, 11))
def test_however_a_file_is_cut_its_rows_are_the_same(given_rows: list[tuple[str, str]], piece: int) -> None:
    quoted = ['"{}","{}"'.format(*(value.replace('"', '""') for value in row)) for row in given_rows]
    text = "\n".join(["x,y", *quoted]) + "\n"
    assert rows("csv", text, piece) == rows("csv", text, 10_000)
    assert [values for _, values in rows("csv", text, piece)] == [list(row) for row in given_rows]

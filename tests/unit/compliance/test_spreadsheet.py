import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.reports import spreadsheet
from support import exports


def rows_of(pieces: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(pieces).decode(), newline="")))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")'])
def test_what_a_spreadsheet_would_calculate_is_quoted(text: str) -> None:
    assert spreadsheet.cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        ("plain", "plain"),
        (-3, "-3"),
        (("=one", "two"), "'=one;two"),
        ({"b": 1, "a": "é"}, '{"a":"é","b":1}'),
    ],
)
def test_values_become_cells(value: object, cell: str) -> None:
    assert spreadsheet.cell(value) == cell


VALUES = st.one_of(st.none(), st.integers(), st.text(st.characters(codec="utf-8")), st.lists(st.text('ab=,"\n')))


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(spreadsheet.TRAIL, VALUES)), max_size=5))
def test_every_row_is_as_long_as_the_header_and_reads_back(rows: list[dict[str, Any]]) -> None:
    found = rows_of(spreadsheet.lines(spreadsheet.TRAIL, rows))

    assert found[0] == list(spreadsheet.TRAIL)
    assert found[1:] == [[spreadsheet.cell(row[name]) for name in spreadsheet.TRAIL] for row in rows]
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for row in found[1:] for cell in row)


def test_an_assessment_has_a_row_for_each_control_and_finding() -> None:
    columns = (*spreadsheet.TRAIL, *spreadsheet.FINDINGS)

    found = rows_of(spreadsheet.lines(columns, spreadsheet.finding_rows(exports.document())))

    records = [dict(zip(found[0], row, strict=True)) for row in found[1:]]
    assert [(row["record"], row["control"], row["status"]) for row in records] == [
        ("control", "CC6.1", "partially_compliant"),
        ("finding", "CC6.1", "new"),
    ]
    assert records[1]["remediation"] == "Switch it on."

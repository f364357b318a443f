"""CSV and JSON lines as a stream of rows that know their line: never more than a piece of the file in memory."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from specialists.errors import BadDatasetError, Fault

MAX_LINE_BYTES = 1024 * 1024
MAX_COLUMNS = 2_000
MAX_NAME = 256
_BOM = b"\xef\xbb\xbf"


class Row(NamedTuple):
    line: int
    values: list[Any]
    """In the order of the columns; None where a row of JSON has no such member."""


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: Iterator[Row | Fault]
    """A fault in place of a row that cannot be read."""


def read(form: str, chunks: Iterable[bytes]) -> Table:
    lines = _lines(chunks)
    return _csv(lines) if form == "csv" else _jsonl(lines)


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Lines with their ends. Raises BadDatasetError for one that is too long or no UTF-8: no line after it is sure."""
    rest = b""
    number = 0
    first = True
    for chunk in chunks:
        piece = rest + chunk
        if first:
            piece, first = piece.removeprefix(_BOM), False
        end = piece.rfind(b"\n") + 1
        whole, rest = piece[:end], piece[end:]
        yield from _decoded_lines(whole, number)
        number += whole.count(b"\n")
        if len(rest) > MAX_LINE_BYTES:
            raise BadDatasetError([Fault(f"the line is longer than {MAX_LINE_BYTES} bytes", number + 1)])
    if rest:
        yield _decoded(rest, number + 1)


def _decoded_lines(whole: bytes, before: int) -> Iterable[str]:
    """Many lines at once; one by one where that fails, to say which is wrong."""
    try:
        return io.StringIO(whole.decode(), newline="\n")
    except UnicodeDecodeError:
        return (_decoded(line, number) + "\n" for number, line in enumerate(whole.split(b"\n"), before + 1))


def _decoded(line: bytes, number: int) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise BadDatasetError([Fault("the line is not UTF-8", number)]) from error


def _csv(lines: Iterator[str]) -> Table:
    csv.field_size_limit(MAX_LINE_BYTES)
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, None)
    except csv.Error as error:
        raise BadDatasetError([Fault(f"the header is no CSV: {error}", reader.line_num)]) from error
    if not header or not any(name.strip() for name in header):
        raise BadDatasetError([Fault("there is no header line that names the columns", 1)])
    columns = _named([name.strip() for name in header], 1)
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise BadDatasetError([Fault(f"the column {twice[0]!r} is named twice", 1)])
    return Table(columns, _csv_rows(reader, len(columns)))


def _named(names: list[str], line: int) -> tuple[str, ...]:
    if len(names) > MAX_COLUMNS:
        raise BadDatasetError([Fault(f"there are more than {MAX_COLUMNS} columns", line)])
    if any(len(name) > MAX_NAME for name in names):
        raise BadDatasetError([Fault(f"the name of a column is longer than {MAX_NAME} characters", line)])
    return tuple(names)


def _csv_rows(reader: Any, width: int) -> Iterator[Row | Fault]:  # noqa: ANN401 (csv has no public name for it)
    read = reader.line_num
    try:
        for values in reader:
            line, read = read + 1, reader.line_num
            if len(values) == width:
                yield Row(line, values)
            elif not values or (len(values) == 1 and not values[0].strip()):
                yield Fault("empty", line)
            else:
                yield Fault(f"the row has {len(values)} values, and the header names {width} columns", line)
    except csv.Error as error:
        raise BadDatasetError([Fault(f"the row is no CSV: {error}", read + 1)]) from error


def _jsonl(lines: Iterator[str]) -> Table:
    rows = _json_rows(lines)
    held: list[Row | Fault] = []
    for row in rows:
        if isinstance(row, Fault):
            held.append(row)
            if row.problem != "empty":
                raise BadDatasetError([row])
            continue
        columns = _named(list(row.values[0]), row.line)
        return Table(columns, _in_order(columns, _chained(held, row, rows)))
    raise BadDatasetError([Fault("the dataset is empty")])


def _chained(held: list[Row | Fault], first: Row, rows: Iterator[Row | Fault]) -> Iterator[Row | Fault]:
    yield from held
    yield first
    yield from rows


def _in_order(columns: tuple[str, ...], rows: Iterator[Row | Fault]) -> Iterator[Row | Fault]:
    for row in rows:
        if isinstance(row, Fault):
            yield row
        else:
            members = row.values[0]
            yield Row(row.line, [members.get(name) for name in columns])


def _json_rows(lines: Iterator[str]) -> Iterator[Row | Fault]:
    """Rows whose one value is the flat object of the line."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            yield Fault("empty", number)
            continue
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            yield Fault("the line is not JSON", number)
            continue
        if not isinstance(said, dict):
            yield Fault("the line is no JSON object", number)
        else:
            yield Row(number, [_flat(said)])


def _flat(said: Mapping[str, Any]) -> dict[str, Any]:
    """One level of members of members becomes `outer.inner`: a context, or a bundle of features."""
    found: dict[str, Any] = {}
    for name, value in said.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            found[name] = value
    return found

"""Asking a SQLite database that is only read: a copy of the file, opened so, and watched statement by statement."""

import base64
import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.failures import Code, ToolFailedError

FILE = "database.sqlite"
"""In the run's directory, before it begins."""
MAX_CELL = 100_000
"""Characters of a value that is told."""
MAX_ANSWER = 1024 * 1024
"""Characters of all of them."""
_MAX_VALUE_BYTES = 16 * 1024 * 1024
"""Of a value that SQLite may make."""
_MAX_SQL_BYTES = 100_000
_STEPS = 10_000
"""Of SQLite's machine, between two looks at the clock."""
_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_RECURSIVE,
}
_FORBIDDEN_FUNCTIONS = {"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"}


def run(request: Mapping[str, Any]) -> dict[str, Any]:
    asked = request["parameters"]
    return answered(
        Path(FILE),
        asked["query"],
        asked.get("parameters") or (),
        asked["max_rows"],
        seconds=max(0.5, request["seconds"] - 1),
    )


def answered(
    file: Path, query: str, values: Sequence[Any] | Mapping[str, Any], most: int, *, seconds: float
) -> dict[str, Any]:
    """Columns and rows. A blob is told in base64."""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    try:
        _bind(connection, time.monotonic() + seconds)
        cursor = connection.execute(query, values)
        columns = [one[0] for one in cursor.description or ()]
        rows, is_cut = _rows(cursor, most)
    except sqlite3.Error as error:
        raise _fault(error) from error
    except (ValueError, OverflowError) as error:
        msg = f"the query cannot be asked: {error}"
        raise ToolFailedError(Code.BAD_PARAMETERS, msg) from error
    finally:
        connection.close()
    return {"columns": columns, "rows": rows, "row_count": len(rows), "truncated": is_cut}


def _bind(connection: sqlite3.Connection, until: float) -> None:
    connection.execute("PRAGMA trusted_schema = OFF")  # a view of the file may call nothing that it should not
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, _MAX_SQL_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 200)
    connection.setlimit(sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 50)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000)
    connection.set_authorizer(_judged)
    connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS)


def _judged(action: int, _first: str | None, second: str | None, *_: str | None) -> int:
    """Reading is allowed, and functions that do no more; whatever else a statement may do is not."""
    if action in _ALLOWED:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        name = (second or "").lower()
        return sqlite3.SQLITE_DENY if name in _FORBIDDEN_FUNCTIONS else sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _rows(cursor: sqlite3.Cursor, most: int) -> tuple[list[list[Any]], bool]:
    rows: list[list[Any]] = []
    size, is_cut = 0, False
    for row in cursor:
        if len(rows) == most or size > MAX_ANSWER:
            return rows, True
        told = [_told(one) for one in row]
        is_cut = is_cut or any(cut for _, cut in told)
        rows.append([value for value, _ in told])
        size += sum(len(value) if isinstance(value, str) else 8 for value, _ in told)
    return rows, is_cut


def _told(value: Any) -> tuple[Any, bool]:  # noqa: ANN401 (a value of SQLite's)
    if isinstance(value, bytes):
        value = base64.b64encode(value[:MAX_CELL]).decode()
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return str(value), False  # JSON has no such number
    if isinstance(value, str) and len(value) > MAX_CELL:
        return value[:MAX_CELL], True
    return value, False


def _fault(error: sqlite3.Error) -> ToolFailedError:
    text = str(error)
    if text == "interrupted":
        return ToolFailedError(Code.TIMEOUT, "the query did not end in time")
    if "authoriz" in text or "prohibited" in text:
        return ToolFailedError(Code.REFUSED, "only a SELECT over the file is allowed")
    if "not a database" in text or "malformed" in text:
        return ToolFailedError(Code.BAD_PARAMETERS, "the file is no SQLite database, or it is damaged")
    if "too big" in text:
        return ToolFailedError(Code.TOO_LARGE, "the query makes a value that is larger than is allowed")
    return ToolFailedError(Code.BAD_PARAMETERS, f"the query cannot be answered: {text[:300]}")

"""Rows as CSV (RFC 4180), safe to be opened by a spreadsheet."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

TRAIL = ("id", "timestamp", "agent", "action", "resource", "sensitivity", "compliance_tags", "evidence",
         "actor", "type", "correlation_id")  # fmt: skip
FINDINGS = ("record", "framework", "control", "severity", "status", "message", "remediation")
"""More columns, where an assessment comes with the trail."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV Injection)."""
_CHUNK_CHARACTERS = 64 * 1024


def cell(value: object) -> str:
    """A value as text that no spreadsheet calculates; lists are joined by `;`, objects are JSON."""
    match value:
        case None:
            return ""
        case str():
            text = value
        case list() | tuple():
            text = ";".join(map(str, value))
        case Mapping():
            text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
        case _:
            return str(value)  # a number is one, its sign included
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def lines(columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The header and a row each, in pieces of some size; what a row lacks is an empty cell."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row.get(column)) for column in columns])
        if buffer.tell() >= _CHUNK_CHARACTERS:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def finding_rows(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """An assessment's controls and findings, in the columns of the trail and `FINDINGS`."""
    common = {"timestamp": document["completed_at"], "framework": document["framework"], "type": "assessment"}
    for control in document["controls"]:
        yield common | {
            "id": document["check_id"],
            "record": "control",
            "control": control["id"],
            "status": control["status"],
            "message": control["name"],
            "evidence": {"score": control["score"], "weight": control["weight"], "checks": control["checks"]},
        }
    for finding in document["findings"]:
        yield common | {
            "id": finding["id"],
            "record": "finding",
            "resource": finding["resource"],
            "control": list(finding["controls"]),
            "severity": finding["severity"],
            "status": finding["state"],
            "message": finding["message"],
            "remediation": finding["remediation"],
            "evidence": {"check": finding["check_id"], "first_seen": finding["first_seen"]},
        }

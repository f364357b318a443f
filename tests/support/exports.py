"""Trails to export, and an assessment to report on."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from pentarch.audit import store as audit
from pentarch.events import store as events
from pentarch.events.model import Event, happened


def log(tenant: str, count: int, until: datetime, **fields: Any) -> list[Event]:
    """So many events, a second apart, written and listed; oldest first."""
    given = {"action": "llm_generate", "actor": "key:test", "resource": "gpt-4", "agent": "researcher",
             "sensitivity": "INTERNAL", "tags": ("data_processing",), "data": {"tokens": 7}} | fields  # fmt: skip
    told = [
        happened(until - timedelta(seconds=count - number), tenant, "llm.generated", **given) for number in range(count)
    ]
    for event in told:
        events.append(event)
    audit.add(tenant, told)
    return told


def check(name: str, verdict: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "title": f"The title of {name}",
        "severity": "high",
        "evidence_type": "configuration",
        "verdict": verdict,
        "reason": "it was refused: AccessDenied" if verdict == "not_assessed" else None,
        "rationale": "Because it matters.",
        "remediation": "Switch it on.",
        "examined": ["arn:aws:dynamodb:us-east-1:123456789012:table/one"],
        "examined_count": 1,
        "faults": [],
        "fault_count": 0,
    } | more


def finding(name: str, resource: str, **more: Any) -> dict[str, Any]:
    return {
        "id": "f-" + hashlib.sha256(f"{name}\n{resource}".encode()).hexdigest()[:20],
        "check_id": name,
        "title": f"The title of {name}",
        "severity": "high",
        "resource": resource,
        "message": "is not encrypted",
        "remediation": "Switch it on.",
        "controls": ["CC6.1"],
        "state": "new",
        "first_seen": "2026-11-20T10:00:00.000Z",
    } | more


def document(**changes: Any) -> dict[str, Any]:
    """An assessment that found something, saw something, and could not see something."""
    table = "arn:aws:dynamodb:us-east-1:123456789012:table/pentarch-EventsTable"
    return {
        "check_id": "01a0c450-6c00-705e-842e-7fc229540a6e",
        "tenant": "acme",
        "framework": "SOC2",
        "framework_title": "SOC 2 Trust Services Criteria",
        "framework_version": "2017",
        "requested_by": "key:test",
        "scope": {
            "organization": "Acme",
            "project": None,
            "time_range": {"start": "2026-10-21T00:00:00.000Z", "end": "2026-11-21T00:00:00.000Z"},
        },
        "evidence_types": ["audit_logs", "configuration"],
        "started_at": "2026-11-21T10:00:00.000Z",
        "completed_at": "2026-11-21T10:00:05.000Z",
        "status": "completed",
        "overall_compliance": 0.6667,
        "assessed_share": 1.0,
        "controls": [
            {"id": "CC6.1", "name": "Logical access", "description": "Access is restricted.", "weight": 1.0,
             "status": "partially_compliant", "score": 0.6667, "evidence_count": 3,
             "checks": ["tables-encrypted", "keys-rotated", "alarms-watched"]},
        ],
        "checks": [check("tables-encrypted", "failed"), check("keys-rotated", "passed"),
                   check("alarms-watched", "not_assessed")],
        "findings": [finding("tables-encrypted", table)],
        "finding_counts": {"critical": 0, "high": 1, "medium": 0, "low": 0},
        "comparison": {"previous_check_id": "01a0c450-0000-705e-842e-7fc229540a6e", "new": [], "still_failing": [],
                       "not_seen": [], "fixed": [finding("keys-rotated", "key/old")]},
        "seal": {"tree_size": 42, "root": "ab" * 32, "signed_at": "2026-11-21T09:59:00.000Z", "key_id": "cd" * 32},
        "evidence": {"key": "compliance/acme/checks/x/evidence.json", "sha256": "ef" * 32,
                     "collected_at": "2026-11-21T10:00:01.000Z"},
    } | changes  # fmt: skip


def text_of(pdf: bytes) -> str:
    """All text of a PDF, its pages joined, without the line breaks of its layout."""
    return " ".join(" ".join(page.split()) for page in pages_of(pdf))


def pages_of(pdf: bytes) -> Iterator[str]:
    import io

    from pypdf import PdfReader

    return (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def as_json(pieces: Iterator[bytes]) -> Any:
    return json.loads(b"".join(pieces))

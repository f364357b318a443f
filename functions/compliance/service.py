"""What callers do with assessments: run one, see them, have one verified, ask where the frameworks stand."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from compliance import announcing, assessing, documents, standing, store
from compliance.assessing import LateError
from compliance.assessment import Assessment, Latest, State
from compliance.errors import CheckNotFoundError, NotCompletedError
from compliance.schedule import next_assessment
from compliance.schemas import CheckRequest, asked_types
from pentarch.audit import store as audit
from pentarch.audit.model import Filters
from pentarch.files import store as files
from pentarch.files.errors import FileMissingError
from pentarch.identity.model import Caller
from pentarch.platform.clock import epoch_ms
from pentarch.platform.ids import uuid7

MAX_DAYS_IN_A_REQUEST = timedelta(days=92)
MAX_EVENTS_IN_A_REQUEST = 5_000
"""Events that are read and judged while a caller waits; longer ranges and trails are worked on in the background."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether what is stored of an assessment is what was announced, and whether its verdicts follow from it."""

    is_verified: bool
    problems: tuple[str, ...]


def run(
    caller: Caller, asked: CheckRequest, correlation_id: str, at: datetime
) -> tuple[Assessment, Mapping[str, Any] | None]:
    """The completed assessment with its document; or one that waits, without."""
    one = Assessment(
        tenant=caller.tenant,
        id=uuid7(epoch_ms(at)),
        framework=asked.framework,
        scope=asked.scope.at(at),
        evidence_types=asked_types(asked.evidence_types),
        generate_report=asked.generate_report,
        requested_by=caller.subject,
        requested_at=at,
        correlation_id=correlation_id,
    )
    if not asked.run_async and not _is_large(one):
        with suppress(LateError):  # it turned out to be large
            return assessing.assess(one, is_new=True, within_s=assessing.IN_A_REQUEST_S)
    store.add(one, announcing.requested(one, at))
    return one, None


def get(tenant: str, check_id: str) -> Assessment:
    one = store.get(tenant, check_id)
    if one is None:
        raise CheckNotFoundError
    return one


def cancel(caller: Caller, check_id: str, at: datetime) -> Assessment:
    """From now on it comes to nothing; a worker that is at it stops at its next step. EndedError: it has ended."""
    one = get(caller.tenant, check_id)
    if one.state is State.CANCELLED:
        return one
    cancelled = replace(one, state=State.CANCELLED, completed_at=at)
    store.end(cancelled, announcing.cancelled(cancelled, caller.subject, at))
    return cancelled


def verify(one: Assessment) -> Verification:
    """Read what is stored, hold it against the hashes, and make the verdicts again from the evidence."""
    if one.document is None or one.evidence is None:
        raise NotCompletedError(one.state)
    problems: list[str] = []
    contents: list[dict[str, Any]] = []
    for name, stored in (("document", one.document), ("evidence", one.evidence)):
        try:
            body = files.get(stored.key)
        except FileMissingError:
            problems.append(f"the {name} is gone")
            continue
        if hashlib.sha256(body).hexdigest() != stored.sha256:
            problems.append(f"the {name} is not the one that was stored: its SHA-256 is another")
        else:
            contents.append(json.loads(body))
    if not problems:
        problems.extend(_contradictions(one, *contents))
    return Verification(not problems, tuple(problems))


def status(tenant: str, framework: str | None, organization: str | None, at: datetime) -> list[tuple[Latest, datetime]]:
    """Where each framework stands, and when it is due again."""
    found, schedules = standing.read(tenant, framework, organization)
    return [(one, next_assessment(schedules.get(one.framework), one.completed_at, at)) for one in found]


def _is_large(one: Assessment) -> bool:
    scope = one.scope
    if scope.end - scope.start > MAX_DAYS_IN_A_REQUEST:
        return True
    return audit.count(one.tenant, Filters(), scope.start, scope.end) > MAX_EVENTS_IN_A_REQUEST


def _contradictions(one: Assessment, document: Mapping[str, Any], evidence: Mapping[str, Any]) -> list[str]:
    rules = assessing.deployed()
    framework = rules.frameworks[one.framework]
    results = documents.judged(
        framework, rules.checks, one.evidence_types, documents.sections_of(evidence), rules.judge
    )
    again = documents.results_of(framework, results, [], document["completed_at"])
    told = {check["id"]: check["verdict"] for check in document["checks"]}
    made = {check["id"]: check["verdict"] for check in again["checks"]}
    problems = [
        f"{name}: {told.get(name, 'no verdict')} is stored, and {made.get(name, 'no verdict')} follows"
        for name in sorted(told.keys() | made.keys())
        if told.get(name) != made.get(name)
    ]
    if document["overall_compliance"] != again["overall_compliance"]:
        problems.append(
            f"the overall score is {document['overall_compliance']}, and {again['overall_compliance']} follows"
        )
    return problems

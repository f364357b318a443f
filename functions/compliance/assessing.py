"""Making an assessment: evidence is collected and stored, verdicts are made from what was stored, the end is committed.

What is stored comes first and the table last, so a run that dies leaves nothing but an object that the next run of the
same assessment goes on with. Verdicts are always made from the stored bytes, so they can be made again from them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from compliance import announcing, documents, stopping, store
from compliance.assessment import Assessment, Latest, State, Stored
from compliance.errors import DocumentChangedError, EndedError, OvertakenError
from compliance.model import LATE, Check, Framework, Section, Unseen
from compliance.reports import sealed
from compliance.stopping import StoppedError
from compliance.store import Before
from pentarch.files.errors import FileMissingError
from pentarch.platform import clock
from pentarch.platform.clock import iso
from pentarch.platform.observability import logger

_ATTEMPTS = 5
"""Of an end that other assessments of the same framework overtake."""
IN_A_REQUEST_S = 12.0
"""What collecting may take while a caller waits; API Gateway gives up after 29 s, and it is done in 3 as a rule."""
IN_THE_BACKGROUND_S = 300.0
FAILURE = "the assessment could not be made; see the logs"

Collect = Callable[[Assessment, list[str], datetime, float], Mapping[str, Section]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What an assessment is made with: the deployed rules, or a test's own."""

    frameworks: Mapping[str, Framework]
    checks: Mapping[str, Check]
    judge: documents.Judge
    collect: Collect


def deployed() -> Rules:
    """Imported when the first assessment is made: most requests make none."""
    from compliance.checks import CHECKS, judge
    from compliance.evidence import collect
    from compliance.evidence.context import Context
    from compliance.frameworks import FRAMEWORKS

    def collected(one: Assessment, names: list[str], at: datetime, within: float) -> Mapping[str, Section]:
        context = Context(one.tenant, one.scope.start, one.scope.end, at)
        return collect(context, names, within)

    return Rules(FRAMEWORKS, CHECKS, judge, collected)


class LateError(Exception):
    """Some of the evidence takes longer to collect than a caller can wait."""


def assess(one: Assessment, *, is_new: bool, within_s: float) -> tuple[Assessment, dict[str, Any]]:
    """The completed assessment and its document. EndedError if somebody else has ended it.

    LateError, for a new one, if more time would show more: nothing is stored then, and it should be asked for again.
    """
    rules = deployed()
    framework = rules.frameworks[one.framework]
    evidence, body = _evidence(one, rules, framework, within_s, may_be_late=not is_new)
    stopping.look_up()
    content = json.loads(body)
    results = documents.judged(framework, rules.checks, one.evidence_types, documents.sections_of(content), rules.judge)
    for _ in range(_ATTEMPTS):
        before = store.before(one)
        at = clock.now()
        document = _headed(one, framework, at)
        document |= documents.results_of(framework, results, _open(before.framework), iso(at))
        document["comparison"]["previous_check_id"] = before.framework.check_id if before.framework else None
        document["seal"] = sealed.standing(one.tenant)
        document["evidence"] = {"key": evidence.key, "sha256": evidence.sha256, "collected_at": content["collected_at"]}
        ended = _ended(one, document, evidence, at)
        try:
            _commit(ended, document, before, is_new=is_new)
        except OvertakenError:
            continue
        return ended, document
    raise OvertakenError(one.id)


def assess_queued(tenant: str, check_id: str) -> None:
    """Work on an assessment that waits; one that has ended, or is gone, needs nothing."""
    one = store.get(tenant, check_id)
    if one is None or one.state is not State.QUEUED:
        return
    try:
        with stopping.watched(lambda: _is_wanted(tenant, check_id)):
            assess(one, is_new=False, within_s=IN_THE_BACKGROUND_S)
    except (EndedError, StoppedError):
        logger().info("somebody else ended this assessment", check_id=check_id)


def give_up(tenant: str, check_id: str) -> None:
    """Let nobody wait any longer for an assessment that cannot be made."""
    one = store.get(tenant, check_id)
    if one is None or one.state is not State.QUEUED:
        return
    at = clock.now()
    failed = replace(one, state=State.FAILED, completed_at=at, failure=FAILURE)
    try:
        store.end(failed, announcing.failed(failed, FAILURE, at))
    except EndedError:
        return


def _is_wanted(tenant: str, check_id: str) -> bool:
    one = store.get(tenant, check_id)
    return one is not None and one.state is State.QUEUED


def _evidence(
    one: Assessment, rules: Rules, framework: Framework, within_s: float, *, may_be_late: bool
) -> tuple[Stored, bytes]:
    found = store.evidence(one.tenant, one.id)
    if found is None:
        at = clock.now()
        checks = documents.wanted(framework, rules.checks, one.evidence_types)
        names = sorted({name for check in checks for name in check.needs})
        sections = rules.collect(one, names, at, within_s)
        if not may_be_late and Unseen(LATE) in sections.values():
            raise LateError
        body = store.encoded(documents.evidence_of(sections, iso(at)))
        store.keep_evidence(one.tenant, one.id, body)
        found = store.evidence(one.tenant, one.id)
    if found is None:
        msg = "the evidence that was just stored is not there"
        raise RuntimeError(msg)
    return found


def _open(last: Latest | None) -> Sequence[Mapping[str, Any]]:
    """The findings that stood open; a document that is gone or was touched tells nothing, so all will be new."""
    if last is None:
        return ()
    try:
        found: Sequence[Mapping[str, Any]] = store.read_document(last.document)["findings"]
    except (DocumentChangedError, FileMissingError):
        logger().exception("compared with nothing", check_id=last.check_id)
        return ()
    return found


def _headed(one: Assessment, framework: Framework, at: datetime) -> dict[str, Any]:
    return {
        "check_id": one.id,
        "tenant": one.tenant,
        "framework": framework.name,
        "framework_title": framework.title,
        "framework_version": framework.version,
        "requested_by": one.requested_by,
        "scope": one.scope.told(),
        "evidence_types": [*one.evidence_types],
        "started_at": iso(one.requested_at),
        "completed_at": iso(at),
        "status": State.COMPLETED.value,
    }


def _ended(one: Assessment, document: Mapping[str, Any], evidence: Stored, at: datetime) -> Assessment:
    comparison = document["comparison"]
    figures = {
        "overall_compliance": document["overall_compliance"],
        "assessed_share": document["assessed_share"],
        "finding_counts": document["finding_counts"],
        "previous_check_id": comparison["previous_check_id"],
        **{name: len(comparison[name]) for name in ("new", "fixed", "still_failing", "not_seen")},
    }
    stored = store.keep_document(one.tenant, one.id, document)
    return replace(one, state=State.COMPLETED, completed_at=at, figures=figures, document=stored, evidence=evidence)


def _commit(one: Assessment, document: Mapping[str, Any], before: Before, *, is_new: bool) -> None:
    if one.document is None or one.completed_at is None:
        msg = "an assessment that has not ended cannot be committed"
        raise RuntimeError(msg)
    stand = Latest(
        framework=one.framework,
        check_id=one.id,
        completed_at=one.completed_at,
        score=document["overall_compliance"],
        assessed_share=document["assessed_share"],
        counts=document["finding_counts"],
        document=one.document,
    )
    store.complete(one, stand, announcing.completed(one, document, one.completed_at), before=before, is_new=is_new)

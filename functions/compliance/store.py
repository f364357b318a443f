"""Assessments in the table and in S3: each change with its event in one transaction."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from compliance import standing
from compliance.assessment import Assessment, Latest, Scope, State, Stored
from compliance.errors import DocumentChangedError, EndedError, OvertakenError
from compliance.table import (
    ALL,
    CHECK,
    TOTALS,
    CheckItem,
    ListRow,
    TotalsItem,
    check_key,
    counter_of,
    list_prefix,
    organization_key,
)
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.files import store as files
from pentarch.files.errors import FileMissingError
from pentarch.files.model import place
from pentarch.platform.clock import epoch_ms, from_epoch_ms, parse_iso
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.ids import uuid7_ms
from pentarch.platform.tables import Transaction, batch_get
from pentarch.standing import StateItem, latest_key

AREA = "compliance"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first."""

    checks: tuple[Assessment, ...]
    total: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Before:
    """Where a framework stood when an assessment of it was compared, in all and for its organization."""

    framework: Latest | None
    organization: Latest | None = None


def add(one: Assessment, event: Event) -> None:
    """Keep what was asked for, to be worked on; EndedError if this assessment is there already."""
    transaction = Transaction()
    taken = EndedError(one.id)
    transaction.put(_to_item(one), condition=CheckItem.key.does_not_exist(), otherwise=taken)
    _list(transaction, one)
    events.record(transaction, event)
    transaction.commit()


def complete(one: Assessment, stand: Latest, told: Iterable[Event], *, before: Before, is_new: bool) -> None:
    """Write an assessment's end and where its framework stands now.

    EndedError: somebody ended it before. OvertakenError: the framework no longer stands where it was compared with.
    """
    transaction = Transaction()
    condition = CheckItem.key.does_not_exist() if is_new else CheckItem.state == State.QUEUED
    transaction.put(_to_item(one), condition=condition, otherwise=EndedError(one.id))
    last, organization = before.framework, one.scope.organization
    unmoved = StateItem.key.does_not_exist() if last is None else StateItem.revision == last.check_id
    item = standing.from_latest(one.tenant, latest_key(one.framework), stand, last)
    transaction.put(item, condition=unmoved, otherwise=OvertakenError(one.id))
    if organization is not None:
        key = organization_key(organization, one.framework)
        transaction.put(standing.from_latest(one.tenant, key, stand, before.organization))
    if is_new:
        _list(transaction, one)
    for event in told:
        events.record(transaction, event)
    transaction.commit()


def end(one: Assessment, event: Event) -> None:
    """Write the end of one that comes to nothing; EndedError if it is not waiting any more."""
    transaction = Transaction()
    transaction.put(_to_item(one), condition=CheckItem.state == State.QUEUED, otherwise=EndedError(one.id))
    events.record(transaction, event)
    transaction.commit()


def get(tenant: str, check_id: str) -> Assessment | None:
    if not is_check_id(check_id):
        return None
    [item] = batch_get([(CheckItem, tenant, check_key(check_id))], consistent=True)
    return _to_assessment(item) if item else None


def before(one: Assessment) -> Before:
    """Where its framework stands, in one read."""
    places = [standing.place(one.tenant, one.framework)]
    if one.scope.organization is not None:
        places.append(standing.place(one.tenant, one.framework, one.scope.organization))
    items = batch_get(places, consistent=True)
    return Before(*(standing.to_latest(item) if item else None for item in items))


def page(tenant: str, framework: str | None, *, limit: int, cursor: str | None) -> Page:
    """One query for the page, a read of its assessments where a list is walked, one for the total."""
    prefix = CHECK if framework is None else list_prefix(framework)
    model: type[CheckItem | ListRow] = CheckItem if framework is None else ListRow
    found: list[Any] = list(
        model.query(
            tenant,
            model.key.startswith(prefix),
            scan_index_forward=False,
            consistent_read=True,
            limit=limit + 1,
            last_evaluated_key=_after(tenant, prefix, cursor),
        )
    )
    more = len(found) > limit
    found = found[:limit]
    if framework is None:
        checks = tuple(_to_assessment(item) for item in found)
    else:
        checks = tuple(one for one in _get_many(tenant, [row.key.removeprefix(prefix) for row in found]) if one)
    total = _total(tenant, framework)
    return Page(checks, total, found[-1].key.removeprefix(prefix) if more else None)


def document(tenant: str, check_id: str) -> dict[str, Any] | None:
    """The whole of a completed assessment; None where there is none."""
    one = get(tenant, check_id)
    return None if one is None or one.document is None else read_document(one.document)


def read_document(stored: Stored) -> dict[str, Any]:
    """DocumentChangedError if it is not what was stored: nobody shall read a report of something else."""
    body = files.get(stored.key)
    if hashlib.sha256(body).hexdigest() != stored.sha256:
        raise DocumentChangedError
    found: dict[str, Any] = json.loads(body)
    return found


def keep_document(tenant: str, check_id: str, content: Mapping[str, Any]) -> Stored:
    """Under its own digest, so that of two workers neither writes over what the other tells of."""
    body = encoded(content)
    digest = hashlib.sha256(body).hexdigest()
    key = place(AREA, tenant, "checks", check_id, f"document-{digest[:16]}.json")
    files.put(key, body, _JSON)
    return Stored(key, digest)


def keep_evidence(tenant: str, check_id: str, body: bytes) -> None:
    """The first evidence of an assessment is the one that it rests on, whoever collects it again."""
    files.put_once(_evidence_key(tenant, check_id), body, _JSON)


def evidence(tenant: str, check_id: str) -> tuple[Stored, bytes] | None:
    key = _evidence_key(tenant, check_id)
    try:
        body = files.get(key)
    except FileMissingError:
        return None
    return Stored(key, hashlib.sha256(body).hexdigest()), body


def encoded(content: Mapping[str, Any]) -> bytes:
    """The same content is always the same bytes."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def is_check_id(text: str) -> bool:
    try:
        uuid7_ms(text)
    except ValueError:
        return False
    return True


def _list(transaction: Transaction, one: Assessment) -> None:
    transaction.put(ListRow(one.tenant, f"{list_prefix(one.framework)}{one.id}"))
    counter: Any = getattr(TotalsItem, counter_of(one.framework))
    transaction.update(TotalsItem(one.tenant, TOTALS), [getattr(TotalsItem, ALL).add(1), counter.add(1)])


def _total(tenant: str, framework: str | None) -> int:
    [item] = batch_get([(TotalsItem, tenant, TOTALS)], consistent=True)
    return int(getattr(item, counter_of(framework))) if item else 0


def _get_many(tenant: str, ids: Sequence[str]) -> list[Assessment | None]:
    items = batch_get([(CheckItem, tenant, check_key(one)) for one in ids], consistent=True) if ids else []
    return [_to_assessment(item) if item else None for item in items]


def _evidence_key(tenant: str, check_id: str) -> str:
    return place(AREA, tenant, "checks", check_id, "evidence.json")


def _after(tenant: str, prefix: str, cursor: str | None) -> dict[str, dict[str, str]] | None:
    if cursor is None:
        return None
    if not is_check_id(cursor):
        msg = "cursor is the next_cursor of an earlier page"
        raise InvalidInputError(msg, field="cursor")
    return {"tenant": {"S": tenant}, "key": {"S": f"{prefix}{cursor}"}}


def _to_item(one: Assessment) -> CheckItem:
    return CheckItem(
        one.tenant,
        check_key(one.id),
        framework=one.framework,
        scope=one.scope.told(),
        evidence_types=list(one.evidence_types),
        generate_report=one.generate_report,
        requested_by=one.requested_by,
        requested_at=epoch_ms(one.requested_at),
        correlation_id=one.correlation_id or None,
        state=one.state,
        completed_at=None if one.completed_at is None else epoch_ms(one.completed_at),
        figures=None if one.figures is None else dict(one.figures),
        document=None if one.document is None else asdict(one.document),
        evidence=None if one.evidence is None else asdict(one.evidence),
        failure=one.failure,
    )


def _to_assessment(item: CheckItem) -> Assessment:
    scope: Mapping[str, Any] = item.scope
    times = scope["time_range"]
    return Assessment(
        tenant=item.tenant,
        id=item.key.removeprefix(CHECK),
        framework=item.framework,
        scope=Scope(scope["organization"], scope["project"], parse_iso(times["start"]), parse_iso(times["end"])),
        evidence_types=tuple(item.evidence_types),
        generate_report=item.generate_report,
        requested_by=item.requested_by,
        requested_at=from_epoch_ms(int(item.requested_at)),
        correlation_id=item.correlation_id or "",
        state=State(item.state),
        completed_at=_instant(item.completed_at),
        figures=item.figures,
        document=Stored(**item.document) if item.document else None,
        evidence=Stored(**item.evidence) if item.evidence else None,
        failure=item.failure,
    )


def _instant(ms: float | None) -> datetime | None:
    return None if ms is None else from_epoch_ms(int(ms))

"""Where a tenant's frameworks stand and when they are assessed again: one query over stored figures tells both."""

from collections.abc import Iterator, Mapping
from typing import Any

from compliance.assessment import Latest, Stored
from compliance.schedule import Schedule
from compliance.table import (
    LATEST,
    SCHEDULE,
    STATE,
    organization_key,
    organization_prefix,
    schedule_key,
)
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.errors import ConflictError
from pentarch.platform.tables import Transaction, batch_get
from pentarch.standing import StateItem, latest_key


class ScheduleMovedError(ConflictError):
    """The schedule is no longer as it was read."""

    def __init__(self) -> None:
        super().__init__("the schedule is being changed by others; try again", retry_after=1)


def read(tenant: str, framework: str | None, organization: str | None) -> tuple[list[Latest], dict[str, Schedule]]:
    """In the order of the frameworks' names; of an organization by one query more."""
    found = {item.key: item for item in _query(tenant, STATE)}
    schedules = [to_schedule(item) for key, item in found.items() if key.endswith(f"#{SCHEDULE}")]
    if organization is None:
        items = [item for key, item in found.items() if key.endswith(f"#{LATEST}")]
    else:
        items = list(_query(tenant, organization_prefix(organization)))
    stands = [to_latest(item) for item in items]
    shown = [one for one in stands if framework in (None, one.framework)]
    return shown, {one.framework: one for one in schedules}


def schedules(tenant: str) -> list[Schedule]:
    return list(read(tenant, None, None)[1].values())


def schedule(tenant: str, framework: str) -> Schedule | None:
    [item] = batch_get([(StateItem, tenant, schedule_key(framework))], consistent=True)
    return to_schedule(item) if item else None


def set_schedule(one: Schedule, before: Schedule | None, event: Event) -> None:
    """ScheduleMovedError if there is another than before."""
    transaction = Transaction()
    item = StateItem(one.tenant, schedule_key(one.framework), body=_body(one), revision=one.revision)
    transaction.put(item, condition=_unmoved(before), otherwise=ScheduleMovedError())
    events.record(transaction, event)
    transaction.commit()


def remove_schedule(one: Schedule, event: Event) -> None:
    """ScheduleMovedError if it is no longer as it was read."""
    transaction = Transaction()
    item = StateItem(one.tenant, schedule_key(one.framework))
    transaction.delete(item, condition=_unmoved(one), otherwise=ScheduleMovedError())
    events.record(transaction, event)
    transaction.commit()


def place(tenant: str, framework: str, organization: str | None = None) -> tuple[type[StateItem], str, str]:
    """Where a standing lies, for reading it together with other things."""
    key = latest_key(framework) if organization is None else organization_key(organization, framework)
    return StateItem, tenant, key


def from_latest(tenant: str, key: str, one: Latest, last: Latest | None) -> StateItem:
    body = {
        "framework": one.framework,
        "completed_at": epoch_ms(one.completed_at),
        "score": one.score,
        "assessed_share": one.assessed_share,
        "previous_score": None if last is None else last.score,
        "counts": dict(one.counts),
        "document": {"key": one.document.key, "sha256": one.document.sha256},
    }
    return StateItem(tenant, key, body=body, revision=one.check_id)


def to_latest(item: StateItem) -> Latest:
    body: Mapping[str, Any] = item.body
    return Latest(
        framework=body["framework"],
        check_id=item.revision,
        completed_at=from_epoch_ms(body["completed_at"]),
        score=body["score"],
        assessed_share=body["assessed_share"],
        counts=body["counts"],
        document=Stored(**body["document"]),
        previous_score=body["previous_score"],
    )


def to_schedule(item: StateItem) -> Schedule:
    body: dict[str, Any] = dict(item.body)
    return Schedule(
        tenant=item.tenant,
        evidence_types=tuple(body.pop("evidence_types")),
        created_at=from_epoch_ms(body.pop("created_at")),
        updated_at=from_epoch_ms(body.pop("updated_at")),
        revision=item.revision,
        **body,
    )


def _body(one: Schedule) -> dict[str, Any]:
    return {
        "framework": one.framework,
        "expression": one.expression,
        "enabled": one.enabled,
        "organization": one.organization,
        "project": one.project,
        "evidence_types": [*one.evidence_types],
        "range_days": one.range_days,
        "generate_report": one.generate_report,
        "created_at": epoch_ms(one.created_at),
        "updated_at": epoch_ms(one.updated_at),
        "updated_by": one.updated_by,
    }


def _query(tenant: str, prefix: str) -> Iterator[StateItem]:
    return iter(StateItem.query(tenant, StateItem.key.startswith(prefix), consistent_read=True))


def _unmoved(before: Schedule | None) -> Any:  # noqa: ANN401 (a PynamoDB condition)
    return StateItem.key.does_not_exist() if before is None else StateItem.revision == before.revision

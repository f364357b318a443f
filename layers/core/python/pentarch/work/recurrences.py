"""Recurring jobs in the table: what is wanted, when it last came, and what was missed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action

from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.identity.model import Kind
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.errors import ConflictError
from pentarch.platform.tables import Transaction, batch_get
from pentarch.work.errors import RecurrenceQuotaError
from pentarch.work.model import Owner
from pentarch.work.table import TOTALS_KEY, RecurrenceItem, TotalsItem, recurrence_key

MAX_RECURRENCES = 100
"""Of a tenant; an account's schedules are bounded too."""
_FIRST, _LAST = "rec_", "rec_~"


class RecurrenceMovedError(ConflictError):
    """The recurring job is no longer as it was read."""

    def __init__(self) -> None:
        super().__init__("the recurring job is being changed by others; try again", retry_after=1)


@dataclass(frozen=True, slots=True)
class Missed:
    """The last firing that made no job, and why."""

    due_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Recurrence:
    tenant: str
    id: str
    name: str
    expression: str
    time_zone: str
    enabled: bool
    job: Mapping[str, Any]
    """The request that is made again at every firing."""
    owner: Owner
    created_at: datetime
    updated_at: datetime
    revision: str
    """New with every change of what is wanted."""
    fired: int = 0
    missed: int = 0
    last_job: str | None = None
    last_due: datetime | None = None
    last_missed: Missed | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Recurring jobs, newest first; `next_cursor` is the id after which the next page begins."""

    recurrences: tuple[Recurrence, ...]
    total: int
    next_cursor: str | None


def add(one: Recurrence, event: Event) -> None:
    transaction = Transaction()
    transaction.put(_to_item(one), condition=RecurrenceItem.key.does_not_exist(), otherwise=RecurrenceMovedError())
    room = TotalsItem.recurrences.does_not_exist() | (TotalsItem.recurrences < MAX_RECURRENCES)
    full = RecurrenceQuotaError(f"a tenant has {MAX_RECURRENCES} recurring jobs at most")
    transaction.update(_totals(one.tenant), [TotalsItem.recurrences.add(1)], condition=room, otherwise=full)
    events.record(transaction, event)
    transaction.commit()


def change(before: Recurrence, after: Recurrence, event: Event) -> None:
    """RecurrenceMovedError if it is no longer as it was read. What a firing counts is left alone."""
    transaction = Transaction()
    actions: list[Action] = [
        RecurrenceItem.enabled.set(after.enabled),
        RecurrenceItem.updated_at.set(epoch_ms(after.updated_at)),
        RecurrenceItem.revision.set(after.revision),
    ]
    transaction.update(_item_of(after), actions, condition=_is(before), otherwise=RecurrenceMovedError())
    events.record(transaction, event)
    transaction.commit()


def remove(one: Recurrence, event: Event) -> None:
    """RecurrenceMovedError if it is no longer as it was read."""
    transaction = Transaction()
    transaction.delete(_item_of(one), condition=_is(one), otherwise=RecurrenceMovedError())
    transaction.update(_totals(one.tenant), [TotalsItem.recurrences.add(-1)])
    events.record(transaction, event)
    transaction.commit()


def get(tenant: str, recurrence_id: str) -> Recurrence | None:
    [item] = batch_get([(RecurrenceItem, tenant, recurrence_key(recurrence_id))], consistent=True)
    return _to_recurrence(item) if item else None


def page(tenant: str, limit: int, cursor: str | None = None) -> Page:
    rows = RecurrenceItem.query(
        tenant,
        RecurrenceItem.key.between(recurrence_key(_FIRST), recurrence_key(_LAST)),
        scan_index_forward=False,
        consistent_read=True,
        limit=limit + 1,
        last_evaluated_key=None
        if cursor is None
        else {"partition": {"S": tenant}, "key": {"S": recurrence_key(cursor)}},
    )
    found = [_to_recurrence(item) for item in rows]
    [totals] = batch_get([(TotalsItem, tenant, TOTALS_KEY)], consistent=True)
    total = int(totals.recurrences) if totals else 0
    return Page(tuple(found[:limit]), total, found[limit - 1].id if len(found) > limit else None)


def made(transaction: Transaction, one: Recurrence, job_id: str, due: datetime, gap: Sequence[datetime]) -> None:
    """Add to the transaction of a firing's job that it came; `gap` are the times before that did not."""
    actions = [
        RecurrenceItem.fired.add(1),
        RecurrenceItem.last_job.set(job_id),
        RecurrenceItem.last_due.set(epoch_ms(due)),
    ]
    if gap:
        missed = Missed(gap[-1], "it had not come when the next one did")
        actions += [RecurrenceItem.missed.add(len(gap)), RecurrenceItem.last_missed.set(_missed(missed))]
    wanted = RecurrenceItem.enabled == True  # noqa: E712 (an expression, not a comparison)
    transaction.update(_item_of(one), actions, condition=wanted, otherwise=RecurrenceMovedError())


def miss(one: Recurrence, missed: Missed, event: Event) -> None:
    """Note a firing that makes no job, once; RecurrenceMovedError when it was noted before or nobody wants it."""
    transaction = Transaction()
    noted = _missed(missed)
    actions = [
        RecurrenceItem.missed.add(1),
        RecurrenceItem.last_missed.set(noted),
        RecurrenceItem.last_due.set(epoch_ms(missed.due_at)),
    ]
    unmoved = RecurrenceItem.last_due.does_not_exist() | (RecurrenceItem.last_due != epoch_ms(missed.due_at))
    wanted = RecurrenceItem.enabled == True  # noqa: E712 (an expression, not a comparison)
    transaction.update(_item_of(one), actions, condition=wanted & unmoved, otherwise=RecurrenceMovedError())
    events.record(transaction, event)
    transaction.commit()


def _to_item(one: Recurrence) -> RecurrenceItem:
    return RecurrenceItem(
        one.tenant,
        recurrence_key(one.id),
        name=one.name,
        expression=one.expression,
        time_zone=one.time_zone,
        enabled=one.enabled,
        job=dict(one.job),
        owner=asdict(one.owner),
        created_at=epoch_ms(one.created_at),
        updated_at=epoch_ms(one.updated_at),
        revision=one.revision,
    )


def _to_recurrence(item: RecurrenceItem) -> Recurrence:
    owner: Mapping[str, Any] = item.owner
    missed: Mapping[str, Any] | None = item.last_missed
    return Recurrence(
        tenant=item.partition,
        id=item.key.partition("#")[2],
        name=item.name,
        expression=item.expression,
        time_zone=item.time_zone,
        enabled=bool(item.enabled),
        job=item.job,
        owner=Owner(owner["subject"], Kind(owner["kind"]), tuple(owner["roles"]), tuple(owner["scopes"])),
        created_at=from_epoch_ms(int(item.created_at)),
        updated_at=from_epoch_ms(int(item.updated_at)),
        revision=item.revision,
        fired=int(item.fired),
        missed=int(item.missed),
        last_job=item.last_job,
        last_due=None if item.last_due is None else from_epoch_ms(int(item.last_due)),
        last_missed=None if missed is None else Missed(from_epoch_ms(missed["due_at"]), missed["reason"]),
    )


def _missed(one: Missed) -> dict[str, Any]:
    return {"due_at": epoch_ms(one.due_at), "reason": one.reason}


def _item_of(one: Recurrence) -> RecurrenceItem:
    return RecurrenceItem(one.tenant, recurrence_key(one.id))


def _totals(tenant: str) -> TotalsItem:
    return TotalsItem(tenant, TOTALS_KEY)


def _is(one: Recurrence) -> Any:  # noqa: ANN401 (a PynamoDB condition)
    return RecurrenceItem.revision == one.revision

"""Exports that are made in the background: one row each, `export#<id>` in the compliance table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.update import Action

from compliance.reports.asked import Asked
from compliance.reports.errors import ExportMovedError
from compliance.table import ComplianceItem
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.files.model import place
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import Transaction, batch_get

AREA = "exports"
LIFETIME = timedelta(hours=24)
"""Of a row; the bucket's life cycle removes the files of the area a day later."""


class State(StrEnum):
    REQUESTED = "requested"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file."""

    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Export:
    asked: Asked
    attempt: str
    """A fresh id each time that it is begun: what a former attempt's worker still does is not taken for this one's."""
    requested_at: datetime
    requested_by: str
    correlation_id: str
    state: State = State.REQUESTED
    ended_at: datetime | None = None
    made: Made | None = None
    events: int = 0
    leased_until: datetime | None = None
    wanted_by: frozenset[str] = frozenset()
    """Who asked for it: an export is made once for all of them, and for as long as any of them wants it."""

    @property
    def id(self) -> str:
        return self.asked.id

    @property
    def key(self) -> str:
        return place(AREA, self.asked.tenant, self.id, f"{self.attempt}.{self.asked.form.suffix}")

    def expires_at(self) -> datetime:
        return self.requested_at + LIFETIME


class ExportItem(ComplianceItem):
    class Meta(ComplianceItem.Meta):
        pass

    asked = JSONAttribute()
    attempt = UnicodeAttribute()
    requested_at = NumberAttribute()
    requested_by = UnicodeAttribute()
    correlation_id = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    ended_at = NumberAttribute(null=True)
    made = JSONAttribute(null=True)
    events = NumberAttribute(default=0)
    leased_until = NumberAttribute(null=True)
    wanted_by = UnicodeSetAttribute(null=True)
    ttl = NumberAttribute()


def get(tenant: str, export_id: str) -> Export | None:
    [item] = batch_get([(ExportItem, tenant, _key(export_id))], consistent=True)
    return _to_export(item) if item else None


def begin(one: Export, before: Export | None, event: Event) -> None:
    """Write an export that a worker shall make; ExportMovedError if somebody else began it meanwhile."""
    condition = (
        ExportItem.key.does_not_exist()
        if before is None
        else (ExportItem.attempt == before.attempt) & (ExportItem.state == before.state)
    )
    transaction = Transaction()
    transaction.put(_to_item(one), condition=condition, otherwise=ExportMovedError())
    events.record(transaction, event)
    transaction.commit()


def is_wanted(one: Export) -> bool:
    """Whether this attempt is still what is to be made."""
    now = get(one.asked.tenant, one.id)
    return now is not None and now.state is State.REQUESTED and now.attempt == one.attempt


def join(one: Export, who: str) -> None:
    """Want an export that is being made; ExportMovedError if it is not any more."""
    _change(one, [ExportItem.wanted_by.add({who})])


def leave(one: Export, who: str) -> None:
    """Want it no longer; ExportMovedError if nobody else wants it either, or it is not being made any more."""
    others = ExportItem.wanted_by.contains(who) & (ExportItem.wanted_by != {who})
    _change(one, [ExportItem.wanted_by.delete({who})], others)


def cancel(one: Export, who: str, at: datetime, event: Event) -> None:
    """End what nobody else wants; ExportMovedError if somebody does, or it has ended."""
    actions = [ExportItem.state.set(State.CANCELLED), ExportItem.ended_at.set(epoch_ms(at))]
    _change(one, [*actions, ExportItem.leased_until.remove()], ExportItem.wanted_by == {who}, event)


def take(one: Export, at: datetime, until: datetime) -> None:
    """Work on an export until an instant; ExportMovedError if it is not there to be worked on."""
    free = ExportItem.leased_until.does_not_exist() | (ExportItem.leased_until < epoch_ms(at))
    _change(one, [ExportItem.leased_until.set(epoch_ms(until))], free)


def release(one: Export) -> None:
    _change(one, [ExportItem.leased_until.remove()])


def complete(one: Export, made: Made, events_count: int, at: datetime, event: Event) -> None:
    actions = [
        ExportItem.state.set(State.COMPLETED),
        ExportItem.ended_at.set(epoch_ms(at)),
        ExportItem.made.set({"key": made.key, "size": made.size, "sha256": made.sha256}),
        ExportItem.events.set(events_count),
        ExportItem.leased_until.remove(),
    ]
    _change(one, actions, event=event)


def fail(one: Export, at: datetime, event: Event) -> None:
    actions = [ExportItem.state.set(State.FAILED), ExportItem.ended_at.set(epoch_ms(at))]
    _change(one, [*actions, ExportItem.leased_until.remove()], event=event)


def _change(one: Export, actions: Sequence[Action], condition: Any = None, event: Event | None = None) -> None:  # noqa: ANN401 (PynamoDB's condition)
    waiting = (ExportItem.attempt == one.attempt) & (ExportItem.state == State.REQUESTED)
    transaction = Transaction()
    transaction.update(
        ExportItem(one.asked.tenant, _key(one.id)),
        actions,
        condition=waiting if condition is None else waiting & condition,
        otherwise=ExportMovedError(),
    )
    if event is not None:
        events.record(transaction, event)
    transaction.commit()


def _key(export_id: str) -> str:
    return f"export#{export_id}"


def _to_item(one: Export) -> ExportItem:
    return ExportItem(
        one.asked.tenant,
        _key(one.id),
        asked=one.asked.as_json(),
        attempt=one.attempt,
        requested_at=epoch_ms(one.requested_at),
        requested_by=one.requested_by,
        correlation_id=one.correlation_id or None,
        state=one.state,
        wanted_by=set(one.wanted_by) or None,
        ttl=int(one.expires_at().timestamp()),
    )


def _to_export(item: ExportItem) -> Export:
    return Export(
        asked=Asked.from_json(item.tenant, item.asked),
        attempt=item.attempt,
        requested_at=from_epoch_ms(int(item.requested_at)),
        requested_by=item.requested_by,
        correlation_id=item.correlation_id or "",
        state=State(item.state),
        ended_at=None if item.ended_at is None else from_epoch_ms(int(item.ended_at)),
        made=None if item.made is None else Made(**item.made),
        events=int(item.events),
        leased_until=None if item.leased_until is None else from_epoch_ms(int(item.leased_until)),
        wanted_by=frozenset(item.wanted_by or ()),
    )

"""Where synchronisations are kept, beside roll-outs and scalings: each one's record, and which one is under way."""

from pydantic import TypeAdapter

from infrastructure.errors import ChangedMeanwhileError
from infrastructure.store import OPERATOR, InfrastructureItem
from infrastructure.syncing.errors import SyncActiveError
from infrastructure.syncing.model import Sync
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.tables import Transaction, batch_get

_RECORD, _ACTIVE = "sync#", "syncing"
_SYNC: TypeAdapter[Sync] = TypeAdapter(Sync)


def begin(sync: Sync, event: Event) -> None:
    """Write the record; SyncActiveError when another one is under way."""
    in_the_way = active()
    transaction = Transaction()
    unknown = InfrastructureItem.key.does_not_exist()
    transaction.put(_item(sync), condition=unknown, otherwise=ChangedMeanwhileError())
    lock = InfrastructureItem(OPERATOR, _ACTIVE, rollout=sync.id)
    transaction.put(lock, condition=unknown, otherwise=SyncActiveError(in_the_way or ""))
    events.record(transaction, event)
    transaction.commit()


def save(sync: Sync, event: Event | None = None) -> None:
    """Write what was found; ChangedMeanwhileError when somebody else wrote first."""
    transaction = Transaction()
    unchanged = InfrastructureItem.revision == sync.revision - 1
    transaction.put(_item(sync), condition=unchanged, otherwise=ChangedMeanwhileError())
    if sync.has_ended:
        mine = InfrastructureItem.rollout == sync.id
        lock = InfrastructureItem(OPERATOR, _ACTIVE)
        transaction.delete(lock, condition=mine, otherwise=ChangedMeanwhileError())
    if event is not None:
        events.record(transaction, event)
    transaction.commit()


def get(sync_id: str) -> Sync | None:
    [item] = batch_get([(InfrastructureItem, OPERATOR, f"{_RECORD}{sync_id}")], consistent=True)
    return _SYNC.validate_json(item.data or "") if item else None


def active() -> str | None:
    """The id of the one that is under way."""
    [item] = batch_get([(InfrastructureItem, OPERATOR, _ACTIVE)], consistent=True)
    return str(item.rollout) if item else None


def _item(sync: Sync) -> InfrastructureItem:
    data = _SYNC.dump_json(sync).decode()
    return InfrastructureItem(OPERATOR, f"{_RECORD}{sync.id}", data=data, revision=sync.revision)

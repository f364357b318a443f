"""Where operations are kept, beside the roll-outs: each one's record, which are open, and when what was scaled last."""

from collections.abc import Sequence
from datetime import timedelta

from pydantic import TypeAdapter
from pynamodb.expressions.condition import Condition

from infrastructure.errors import ChangedMeanwhileError
from infrastructure.scaling.errors import CoolingDownError
from infrastructure.scaling.model import Operation
from infrastructure.store import OPERATOR, InfrastructureItem
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.clock import epoch_ms
from pentarch.platform.tables import Transaction, batch_get

_RECORD, _OPEN, _LAST = "scaling#", "scaling_open#", "scaled#"
_OPERATION: TypeAdapter[Operation] = TypeAdapter(Operation)


def begin(operation: Operation, event: Event, cool_down: timedelta) -> None:
    """Write the record; CoolingDownError when one of its targets was scaled a moment ago."""
    transaction = Transaction()
    unknown: Condition = InfrastructureItem.key.does_not_exist()
    transaction.put(_item(operation), condition=unknown, otherwise=ChangedMeanwhileError())
    transaction.put(InfrastructureItem(OPERATOR, f"{_OPEN}{operation.id}"))
    at = epoch_ms(operation.created_at)
    earliest = at - round(cool_down.total_seconds() * 1000)
    for target in operation.targets:
        last = InfrastructureItem(OPERATOR, f"{_LAST}{target}", revision=at)
        rested = unknown | (InfrastructureItem.revision <= earliest)
        transaction.put(last, condition=rested, otherwise=CoolingDownError(operation.service, cool_down))
    events.record(transaction, event)
    transaction.commit()


def save(operation: Operation, event: Event | None = None) -> None:
    """Write what was found; ChangedMeanwhileError when somebody else wrote first."""
    transaction = Transaction()
    meanwhile = ChangedMeanwhileError()
    unchanged = InfrastructureItem.revision == operation.revision - 1
    transaction.put(_item(operation), condition=unchanged, otherwise=meanwhile)
    if operation.has_ended:
        transaction.delete(InfrastructureItem(OPERATOR, f"{_OPEN}{operation.id}"))
    if event is not None:
        events.record(transaction, event)
    transaction.commit()


def get(operation_id: str) -> Operation | None:
    [item] = batch_get([(InfrastructureItem, OPERATOR, f"{_RECORD}{operation_id}")], consistent=True)
    return _OPERATION.validate_json(item.data or "") if item else None


def under_way(limit: int) -> Sequence[str]:
    """The ids of operations that have not ended, the oldest first."""
    found = InfrastructureItem.query(OPERATOR, InfrastructureItem.key.startswith(_OPEN), limit=limit)
    return [str(item.key).removeprefix(_OPEN) for item in found]


def _item(operation: Operation) -> InfrastructureItem:
    data = _OPERATION.dump_json(operation).decode()
    return InfrastructureItem(OPERATOR, f"{_RECORD}{operation.id}", data=data, revision=operation.revision)

"""Where roll-outs are kept: one record each, a lock for each service, and what every version of a service ran.

All of it lies in one partition of the operator, since the functions belong to no tenant: two tenants' locks on one
function would be no lock. A record names the tenant that asked, whose log tells of it.
"""

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from infrastructure.errors import ChangedMeanwhileError, RolloutActiveError
from infrastructure.model import Rollout
from infrastructure.services import covered
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.tables import TableName, TenantTable, Transaction, batch_get

OPERATOR = "@stack"
"""No tenant has this name: names of tenants begin with a letter or a digit."""
_ROLLOUT, _LOCK, _VERSION = "rollout#", "lock#", "version#"
_RECORD: TypeAdapter[Rollout] = TypeAdapter(Rollout)


class InfrastructureItem(TenantTable):
    class Meta:
        table_name = TableName("INFRASTRUCTURE_TABLE")

    data = UnicodeAttribute(null=True)
    rollout = UnicodeAttribute(null=True)
    """Of a lock: who has it. Of a version: what brought it."""
    revision = NumberAttribute(null=True)


def begin(rollout: Rollout, event: Event, deployment: Rollout | None = None) -> None:
    """Take the locks and write the record; `deployment` is the one that a roll-back changes the state of."""
    transaction = Transaction()
    unknown = InfrastructureItem.key.does_not_exist()
    transaction.put(_item(rollout), condition=unknown, otherwise=ChangedMeanwhileError())
    for service in covered(rollout.service):
        lock = InfrastructureItem(OPERATOR, f"{_LOCK}{service}", rollout=rollout.id)
        taken = RolloutActiveError(service)
        transaction.put(lock, condition=unknown, otherwise=taken)
    if deployment is not None:
        _put(transaction, deployment)
    events.record(transaction, event)
    transaction.commit()


def save(rollout: Rollout, event: Event | None = None) -> None:
    """Write what a step did; ChangedMeanwhileError when another step wrote first."""
    transaction = Transaction()
    _put(transaction, rollout)
    if event is not None:
        events.record(transaction, event)
    transaction.commit()


def end(rollout: Rollout, event: Event, deployment: Rollout | None, *, remember: Sequence[str]) -> None:
    """Write the end and free the locks; `remember` names the services that run the roll-out's version now."""
    transaction = Transaction()
    _put(transaction, rollout)
    for service in covered(rollout.service):
        lock = InfrastructureItem(OPERATOR, f"{_LOCK}{service}")
        transaction.delete(lock, condition=InfrastructureItem.rollout == rollout.id, otherwise=ChangedMeanwhileError())
    for service in remember:
        transaction.put(InfrastructureItem(OPERATOR, _version_key(service, rollout.version), rollout=rollout.id))
    if deployment is not None:
        _put(transaction, deployment)
    events.record(transaction, event)
    transaction.commit()


def get(rollout_id: str) -> Rollout | None:
    [item] = batch_get([(InfrastructureItem, OPERATOR, f"{_ROLLOUT}{rollout_id}")], consistent=True)
    return _read(item) if item else None


def active(service: str) -> Rollout | None:
    """The roll-out that has a service's lock."""
    [lock] = batch_get([(InfrastructureItem, OPERATOR, f"{_LOCK}{service}")], consistent=True)
    return get(lock.rollout) if lock else None


def any_active() -> bool:
    """Whether any roll-out has a lock."""
    return (
        next(iter(InfrastructureItem.query(OPERATOR, InfrastructureItem.key.startswith(_LOCK), limit=1)), None)
        is not None
    )


def that_brought(service: str, version: str) -> Rollout | None:
    """The latest completed roll-out of a version of a service."""
    [item] = batch_get([(InfrastructureItem, OPERATOR, _version_key(service, version))], consistent=True)
    return get(item.rollout) if item else None


def newest_first(limit: int, before: str | None = None) -> list[Rollout]:
    """Roll-outs by the time they were asked for; `before` is the id that the last page ended with."""
    keys: Condition = InfrastructureItem.key.startswith(_ROLLOUT)
    if before is not None:
        keys = InfrastructureItem.key.between(_ROLLOUT, f"{_ROLLOUT}{before}")
    found = InfrastructureItem.query(OPERATOR, keys, scan_index_forward=False, limit=limit + 1, page_size=limit + 1)
    rollouts = [_read(item) for item in found]
    return [one for one in rollouts if one.id != before][:limit]


def _version_key(service: str, version: str) -> str:
    return f"{_VERSION}{service}#{version}"


def _put(transaction: Transaction, rollout: Rollout) -> None:
    meanwhile = ChangedMeanwhileError()
    transaction.put(_item(rollout), condition=InfrastructureItem.revision == rollout.revision - 1, otherwise=meanwhile)


def _item(rollout: Rollout) -> InfrastructureItem:
    data = _RECORD.dump_json(rollout).decode()
    return InfrastructureItem(OPERATOR, f"{_ROLLOUT}{rollout.id}", data=data, revision=rollout.revision)


def _read(item: InfrastructureItem) -> Rollout:
    return _RECORD.validate_json(item.data or "")


def is_stale(rollout: Rollout, at: datetime, after_s: float) -> bool:
    return (at - rollout.updated_at).total_seconds() > after_s

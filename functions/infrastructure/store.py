"""Where roll-outs are kept: one record each, a lock for each service, and what every version of a service ran.

All of it lies in one partition of the operator, since the functions belong to no tenant: two tenants' locks on one
function would be no lock. A record names the tenant that asked, whose log tells of it.
"""

from collections.abc import Sequence

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from infrastructure.errors import ChangedMeanwhileError, RolloutActiveError
from infrastructure.model import Rollout
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.tables import TableName, TenantTable, Transaction, batch_get
from pentarch.rollouts import store as records

OPERATOR = records.STACK
_LOCK, _VERSION = "lock#", "version#"
_RECORDS = records.Records(Rollout)


class InfrastructureItem(TenantTable):
    class Meta:
        table_name = TableName("INFRASTRUCTURE_TABLE")

    data = UnicodeAttribute(null=True)
    rollout = UnicodeAttribute(null=True)
    """Of a lock: who has it. Of a version: what brought it."""
    revision = NumberAttribute(null=True)


def begin(rollout: Rollout, event: Event, deployment: Rollout | None = None) -> Rollout:
    """Take the locks and write the record; `deployment` is the one that a roll-back changes the state of."""
    transaction = Transaction()
    unknown = InfrastructureItem.key.does_not_exist()
    written = _put(transaction, rollout)
    for service in rollout.covers:
        lock = InfrastructureItem(OPERATOR, f"{_LOCK}{service}", rollout=rollout.id)
        taken = RolloutActiveError(service)
        transaction.put(lock, condition=unknown, otherwise=taken)
    if deployment is not None:
        _put(transaction, deployment)
    events.record(transaction, event)
    transaction.commit()
    return written


def save(rollout: Rollout, event: Event | None = None) -> Rollout:
    """Write what a step did; ChangedMeanwhileError when another step wrote first.

    The record that it answers is what the next step has to begin with.
    """
    transaction = Transaction()
    written = _put(transaction, rollout)
    if event is not None:
        events.record(transaction, event)
    transaction.commit()
    return written


def end(rollout: Rollout, event: Event, deployment: Rollout | None, *, remember: Sequence[str]) -> Rollout:
    """Write the end and free the locks; `remember` names the services that run the roll-out's version now."""
    transaction = Transaction()
    written = _put(transaction, rollout)
    for service in rollout.covers:
        lock = InfrastructureItem(OPERATOR, f"{_LOCK}{service}")
        transaction.delete(lock, condition=InfrastructureItem.rollout == rollout.id, otherwise=ChangedMeanwhileError())
    for service in remember:
        transaction.put(InfrastructureItem(OPERATOR, _version_key(service, rollout.version), rollout=rollout.id))
    if deployment is not None:
        _put(transaction, deployment)
    events.record(transaction, event)
    transaction.commit()
    return written


def get(rollout_id: str) -> Rollout | None:
    [found] = get_many([rollout_id])
    return found


def read(item: records.RecordItem) -> Rollout:
    return _RECORDS.read(item)


def get_many(rollout_ids: Sequence[str]) -> list[Rollout | None]:
    return _RECORDS.get_many([(OPERATOR, one) for one in rollout_ids])


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


def newest_first(limit: int) -> list[Rollout]:
    """Roll-outs by the time they were asked for, at most 100."""
    return [one for one in get_many(records.newest_first(OPERATOR, limit=limit)) if one is not None]


def _version_key(service: str, version: str) -> str:
    return f"{_VERSION}{service}#{version}"


def _put(transaction: Transaction, rollout: Rollout) -> Rollout:
    return _RECORDS.put(transaction, OPERATOR, rollout.service, rollout, otherwise=ChangedMeanwhileError())

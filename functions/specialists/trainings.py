"""Trainings in the table: leases decide who works, and each epoch moves the checkpoint under its lease."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import Transaction, batch_get
from pentarch.work.errors import LeaseHeldError, LeaseLostError
from specialists import store
from specialists.errors import MovedError
from specialists.estimating import Pace
from specialists.lifecycle import TRAINING_TRANSITIONS, TrainingState
from specialists.model import Epoch, Specialist, Training, TrainingType
from specialists.table import PACE_KEY, EpochItem, PaceItem, TrainingItem, epoch_key, training_key

_PRICE_OF_NEWS = 0.3
"""How much the pace of the latest training weighs against that of those before."""


def add(transaction: Transaction, training: Training) -> None:
    transaction.put(_to_item(training), condition=TrainingItem.key.does_not_exist(), otherwise=MovedError())


def get(tenant: str, specialist_id: str, training_id: str) -> Training | None:
    return with_specialist(tenant, specialist_id, training_id)[1]


def with_specialist(tenant: str, specialist_id: str, training_id: str) -> tuple[Specialist | None, Training | None]:
    specialist, training = batch_get(
        [store.place(tenant, specialist_id), (TrainingItem, tenant, training_key(specialist_id, training_id))],
        consistent=True,
    )
    return (store.to_specialist(specialist) if specialist else None), (_to_training(training) if training else None)


def newest(tenant: str, specialist_id: str, limit: int) -> list[Training]:
    prefix = training_key(specialist_id, "")
    found = TrainingItem.query(
        tenant, TrainingItem.key.startswith(prefix), scan_index_forward=False, consistent_read=True, limit=limit
    )
    return [_to_training(item) for item in found]


def epochs(tenant: str, training_id: str) -> list[Epoch]:
    """The loss curve: as many small items as a training may have epochs."""
    prefix = epoch_key(training_id, 0)[:-4]
    found = EpochItem.query(tenant, EpochItem.key.startswith(prefix), consistent_read=True)
    return [Epoch(int(item.key.rpartition("#")[2]), float(item.seconds), item.metrics) for item in found]


def take(training: Training, owner: str, at: datetime, until: datetime) -> Training:
    """Lease a training as it was just read; LeaseHeldError when another worker has it or was faster."""
    if training.is_leased(at) and training.leased_until is not None:
        raise LeaseHeldError(training.leased_until)
    free = (
        TrainingItem.lease_owner.does_not_exist()
        if training.lease_owner is None
        # `owner`: when the answer to the first attempt was lost, the client's second finds the lease its own.
        else (TrainingItem.lease_owner == training.lease_owner) | (TrainingItem.lease_owner == owner)
    )
    taken = replace(
        training, lease_owner=owner, leased_until=until, tries=training.next_try, epoch_when_taken=training.step
    )
    actions: list[Action] = [
        TrainingItem.lease_owner.set(owner),
        TrainingItem.leased_until.set(epoch_ms(until)),
        TrainingItem.tries.set(taken.tries),
        TrainingItem.epoch_when_taken.set(taken.epoch_when_taken),
    ]
    if not _update(training, actions, free & (TrainingItem.state == training.state)):
        raise LeaseHeldError(until)
    return taken


def release(training: Training) -> None:
    """Give a leased training back; harmless when the lease was lost."""
    _update(training, _freed(), TrainingItem.lease_owner == training.lease_owner)


def move(
    training: Training,
    to: TrainingState,
    event: Event,
    *,
    report: dict[str, Any] | None = None,
    prepared: str | None = None,
    error: dict[str, Any] | None = None,
) -> Training:
    """Take a training from the state that it was seen in to another; MovedError if it has left that state."""
    transaction = Transaction()
    moved = add_move(transaction, training, to, event.at, report=report, prepared=prepared, error=error)
    events.record(transaction, event)
    transaction.commit()
    return moved


def add_move(
    transaction: Transaction,
    training: Training,
    to: TrainingState,
    at: datetime,
    *,
    report: dict[str, Any] | None = None,
    prepared: str | None = None,
    error: dict[str, Any] | None = None,
    version: int | None = None,
    metrics: dict[str, Any] | None = None,
) -> Training:
    """Add the step to a transaction; under the lease where a worker takes it."""
    if to not in TRAINING_TRANSITIONS[training.state]:
        msg = f"a training that is {training.state} cannot become {to}"
        raise MovedError(msg)
    changes: dict[str, Any] = {"state": to}
    if to.ended:
        changes["ended_at"] = epoch_ms(at)
    elif to.works and training.started_at is None:
        changes["started_at"] = epoch_ms(at)
    given = {"report": report, "prepared": prepared, "error": error, "version": version, "metrics": metrics}
    changes |= {name: value for name, value in given.items() if value is not None}
    condition = TrainingItem.state == training.state
    lost: Exception = MovedError(f"the training is no longer {training.state}")
    if training.lease_owner is not None and training.state.works and to is not TrainingState.CANCELLED:
        condition &= TrainingItem.lease_owner == training.lease_owner
    actions: list[Action] = [getattr(TrainingItem, name).set(value) for name, value in changes.items()]
    if not to.works:
        actions += _freed()
    transaction.update(_item_of(training), actions, condition=condition, otherwise=lost)
    return replace(
        training,
        state=to,
        started_at=training.started_at or (at if to.works else None),
        ended_at=at if to.ended else None,
        report=report or training.report,
        prepared=prepared or training.prepared,
        error=error or training.error,
        version=version or training.version,
        metrics=metrics or training.metrics,
    )


def advance(
    training: Training, epoch: Epoch, checkpoint: str, epoch_seconds: float, told: Event | None = None
) -> Training:
    """Step past an epoch; LeaseLostError when somebody else has the training, MovedError when it was stopped."""
    transaction = Transaction()
    mine = (TrainingItem.lease_owner == training.lease_owner) & (TrainingItem.current_epoch == epoch.number - 1)
    actions = [
        TrainingItem.current_epoch.set(epoch.number),
        TrainingItem.checkpoint.set(checkpoint),
        TrainingItem.metrics.set(dict(epoch.metrics)),
        TrainingItem.epoch_seconds.set(epoch_seconds),
    ]
    transaction.update(
        _item_of(training), actions, condition=mine & (TrainingItem.state == training.state), otherwise=LeaseLostError()
    )
    item = EpochItem(
        training.tenant, epoch_key(training.id, epoch.number), seconds=epoch.seconds, metrics=dict(epoch.metrics)
    )
    transaction.put(item)
    if told is not None:
        events.record(transaction, told)
    transaction.commit()
    return replace(
        training,
        current_epoch=epoch.number,
        checkpoint=checkpoint,
        metrics=epoch.metrics,
        epoch_seconds=epoch_seconds,
    )


def record(training: Training, tuning: dict[str, Any], metrics: dict[str, Any] | None = None) -> Training:
    """Keep what a provider's job is known to be; LeaseLostError when the training is no longer this worker's."""
    actions: list[Action] = [TrainingItem.tuning.set(tuning)]
    if metrics is not None:
        actions.append(TrainingItem.metrics.set(metrics))
    mine = (TrainingItem.lease_owner == training.lease_owner) & (TrainingItem.state == training.state)
    if not _update(training, actions, mine):
        raise LeaseLostError
    return replace(training, tuning=tuning, metrics=training.metrics if metrics is None else metrics)


def pace(tenant: str) -> Pace | None:
    """What this tenant's trainings lately took; None before the first."""
    [item] = batch_get([(PaceItem, tenant, PACE_KEY)])
    return Pace(float(item.look_seconds_per_byte), float(item.seconds_per_byte)) if item else None


def keep_pace(transaction: Transaction, tenant: str, before: Pace | None, measured: Pace) -> None:
    """Of two trainings that end at once one may be forgotten: an estimate needs no more."""
    news = 1.0 if before is None else _PRICE_OF_NEWS
    look, epoch = (news * new + (1 - news) * old for new, old in zip(measured, before or measured, strict=True))
    actions: list[Action] = [PaceItem.look_seconds_per_byte.set(look), PaceItem.seconds_per_byte.set(epoch)]
    transaction.update(PaceItem(tenant, PACE_KEY), actions)


def _update(training: Training, actions: Sequence[Action], condition: Condition) -> bool:
    """Whether the condition held."""
    try:
        _item_of(training).update(actions=list(actions), condition=condition)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _freed() -> list[Action]:
    return [TrainingItem.lease_owner.remove(), TrainingItem.leased_until.remove()]


def _item_of(training: Training) -> TrainingItem:
    return TrainingItem(training.tenant, training_key(training.specialist_id, training.id))


def _to_item(one: Training) -> TrainingItem:
    return TrainingItem(
        one.tenant,
        training_key(one.specialist_id, one.id),
        type=one.type,
        parameters=dict(one.parameters),
        source=dict(one.source),
        state=one.state,
        created_at=epoch_ms(one.created_at),
        created_by=one.created_by,
        correlation_id=one.correlation_id or None,
        total_epochs=one.total_epochs,
    )


def _to_training(item: TrainingItem) -> Training:
    _, specialist_id, training_id = item.key.split("#")
    return Training(
        tenant=item.tenant,
        specialist_id=specialist_id,
        id=training_id,
        type=TrainingType(item.type),
        parameters=item.parameters,
        source=item.source,
        state=TrainingState(item.state),
        created_at=from_epoch_ms(int(item.created_at)),
        created_by=item.created_by,
        total_epochs=int(item.total_epochs),
        correlation_id=item.correlation_id or "",
        started_at=_instant(item.started_at),
        ended_at=_instant(item.ended_at),
        current_epoch=int(item.current_epoch),
        checkpoint=item.checkpoint,
        prepared=item.prepared,
        report=item.report or {},
        metrics=item.metrics or {},
        error=item.error,
        version=None if item.version is None else int(item.version),
        epoch_seconds=None if item.epoch_seconds is None else float(item.epoch_seconds),
        lease_owner=item.lease_owner,
        leased_until=_instant(item.leased_until),
        tries=int(item.tries),
        epoch_when_taken=int(item.epoch_when_taken),
        tuning=item.tuning or {},
    )


def _instant(ms: float | None) -> datetime | None:
    return None if ms is None else from_epoch_ms(int(ms))

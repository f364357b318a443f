"""What callers do with trainings: begin, see, pause, resume, cancel."""

from dataclasses import replace
from datetime import datetime, timedelta

from pentarch.events.actor import Actor
from pentarch.files import store as files
from pentarch.files.model import place
from pentarch.platform import clock
from pentarch.platform.clock import epoch_ms
from pentarch.platform.ids import uuid7
from pentarch.platform.tables import Transaction
from specialists import estimating, facts, parameters, service, store, trainings
from specialists.datasets import sources
from specialists.errors import (
    DatasetSourceError,
    MovedError,
    SpecialistNotFoundError,
    TrainingNotFoundError,
    TrainingStateError,
)
from specialists.finetuning import told as finetuning
from specialists.lifecycle import TrainingState
from specialists.model import Training
from specialists.schemas import TrainingData

MAX_AT_ONCE_BYTES = 1024 * 1024
"""Of a dataset whose training a request waits for."""
_ATTEMPTS = 5

_WORDS = {
    TrainingState.CANCELLED: facts.TRAINING_CANCELLED,
    TrainingState.PAUSED: facts.TRAINING_PAUSED,
    TrainingState.QUEUED: facts.TRAINING_RESUMED,
}


def begin(actor: Actor, specialist_id: str, asked: TrainingData, at: datetime, *, wait: bool) -> Training:
    """Keep what the request holds, then the job and its event in one transaction; the work follows from the event."""
    for _ in range(_ATTEMPTS):
        specialist = service.usable(actor.tenant, specialist_id)
        settings = parameters.parse(asked.type, asked.parameters, specialist.training_config)
        source, content = sources.resolve(actor.tenant, asked.dataset)
        if wait and source.get("bytes", MAX_AT_ONCE_BYTES + 1) > MAX_AT_ONCE_BYTES:
            msg = (
                f"without async, a dataset has {MAX_AT_ONCE_BYTES} bytes at most, and its size is known: train it async"
            )
            raise DatasetSourceError(msg)
        training_id = uuid7(epoch_ms(at))
        if content is not None:
            form = source["format"]
            key = place(sources.WORK_AREA, actor.tenant, specialist.id, training_id, f"source.{form}")
            files.put(key, content, "application/octet-stream")
            source = {**source, "key": key}
        training = Training(
            tenant=actor.tenant,
            specialist_id=specialist.id,
            id=training_id,
            type=asked.type,
            parameters=settings.model_dump(mode="json"),
            source=source,
            state=TrainingState.QUEUED,
            created_at=at,
            created_by=actor.subject,
            total_epochs=settings.total_epochs,
            correlation_id=actor.correlation_id,
        )
        event = facts.did(
            actor,
            facts.TRAINING_QUEUED,
            specialist.id,
            at,
            job_id=training.id,
            training_type=asked.type,
            source=source["kind"],
            epochs=training.total_epochs,
        )
        try:
            store.replace_with(specialist, specialist, event, also=_adding(training))
        except MovedError:
            continue
        return training
    raise MovedError


def _adding(training: Training) -> store.Also:
    def add(transaction: Transaction) -> None:
        trainings.add(transaction, training)

    return add


def get(tenant: str, specialist_id: str, training_id: str) -> Training:
    specialist, training = trainings.with_specialist(tenant, specialist_id, training_id)
    if specialist is None:
        raise SpecialistNotFoundError
    if training is None:
        raise TrainingNotFoundError
    return training


def change(actor: Actor, specialist_id: str, training_id: str, to: TrainingState, at: datetime) -> Training:
    """Cancel, pause or resume. A worker hears of it at its next step, whose condition then fails."""
    for _ in range(_ATTEMPTS):
        training = get(actor.tenant, specialist_id, training_id)
        if training.state is to:
            return training
        if training.is_tuned and to is TrainingState.PAUSED:
            msg = "a provider's training does not rest: cancel it"
            raise TrainingStateError(msg)
        needed = training.state is TrainingState.PAUSED if to is TrainingState.QUEUED else not training.state.ended
        if not needed:
            msg = f"the training is {training.state.shown}"
            raise TrainingStateError(msg, details={"status": training.state.shown})
        event = facts.did(
            actor, _WORDS[to], specialist_id, at, job_id=training.id, was=training.state, epoch=training.current_epoch
        )
        try:
            return trainings.move(replace(training, lease_owner=None), to, event)
        except MovedError:
            continue
    raise MovedError


def estimated_seconds(training: Training) -> float | None:
    """By the tenant's own trainings lately; before the first is measured, by how fast this very environment reads.

    None where a provider trains: it tells nothing beforehand.
    """
    if training.is_tuned:
        return None
    pace = trainings.pace(training.tenant) or estimating.calibrated()
    return estimating.seconds(training.source.get("bytes"), training.total_epochs, pace)


def estimated_completion(training: Training) -> datetime | None:
    """From what its epochs took so far; None before the first, and once it has ended or rests."""
    if not training.state.works or training.epoch_seconds is None:
        return None
    left = training.total_epochs - training.current_epoch
    return clock.now() + timedelta(seconds=left * training.epoch_seconds)


def progress(training: Training) -> float | None:
    """Of a provider's job as far as it tells its steps, else None."""
    if training.state is TrainingState.COMPLETED:
        return 1.0
    if training.is_tuned:
        return finetuning.progress(training.tuning)
    return round(training.current_epoch / training.total_epochs, 4)

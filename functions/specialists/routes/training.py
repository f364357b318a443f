"""Training a specialist: beginning, watching, pausing, resuming, cancelling."""

import time
from typing import Any

from fastapi import Response

from pentarch.events.actor import Actor
from pentarch.limits.model import SPECIALISTS
from pentarch.platform import clock
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller
from pentarch.web.routes import governed_router
from specialists import asking, schemas, shown, trainings
from specialists.lifecycle import TrainingState
from specialists.model import Training
from specialists.routes.common import READ, WRITE, CurrentActor, Id, JobId, wrapped

MAX_WAIT_S = 22
"""API Gateway gives up after 29 s, and the function after 30."""
_LOOK_S = 0.25

router = governed_router(prefix="/api/v1/specialists", tags=["MetaQore: specialist foundry"])


@router.post("/{id}/train", status_code=202, summary="Train a specialist")
@access(WRITE, bucket=SPECIALISTS, idempotent=True)
async def train(
    specialist_id: Id, body: schemas.TrainRequest, actor: CurrentActor, response: Response
) -> dict[str, Any]:
    """With `async: false` the answer comes when the training has ended, if it does so within 22 seconds."""
    now = clock.now()
    wait = not body.is_async
    begun = asking.begin(actor, specialist_id, body.training_data, now, wait=wait)
    told = shown.queued(begun, asking.estimated_seconds(begun))
    if not wait:
        return wrapped(told, now)
    ended = _awaited(begun)
    told |= shown.training(ended, trainings.epochs(ended.tenant, ended.id))
    if ended.state.ended:
        response.status_code = 200
        return wrapped(told, clock.now())
    return wrapped(told, clock.now(), f"it was not done within {MAX_WAIT_S} seconds, and goes on")


def _awaited(training: Training) -> Training:
    looks = round(MAX_WAIT_S / _LOOK_S)
    for _ in range(looks):
        time.sleep(_LOOK_S)
        training = asking.get(training.tenant, training.specialist_id, training.id)
        if training.state.ended:
            break
    return training


@router.get("/{id}/training/{job_id}", summary="How far a training is, and its loss by epoch")
@access(READ, bucket=SPECIALISTS)
async def get_training(specialist_id: Id, job_id: JobId, caller: CurrentCaller) -> dict[str, Any]:
    return _shown(asking.get(caller.tenant, specialist_id, job_id))


@router.post("/{id}/training/{job_id}/cancel", summary="Cancel a training")
@access(WRITE, bucket=SPECIALISTS)
async def cancel(specialist_id: Id, job_id: JobId, actor: CurrentActor) -> dict[str, Any]:
    return _changed(actor, specialist_id, job_id, TrainingState.CANCELLED)


@router.post("/{id}/training/{job_id}/pause", summary="Let a training rest; what it has learned is kept")
@access(WRITE, bucket=SPECIALISTS)
async def pause(specialist_id: Id, job_id: JobId, actor: CurrentActor) -> dict[str, Any]:
    return _changed(actor, specialist_id, job_id, TrainingState.PAUSED)


@router.post("/{id}/training/{job_id}/resume", summary="Let a paused training go on")
@access(WRITE, bucket=SPECIALISTS)
async def resume(specialist_id: Id, job_id: JobId, actor: CurrentActor) -> dict[str, Any]:
    return _changed(actor, specialist_id, job_id, TrainingState.QUEUED)


def _changed(actor: Actor, specialist_id: str, job_id: str, to: TrainingState) -> dict[str, Any]:
    return _shown(asking.change(actor, specialist_id, job_id, to, clock.now()))


def _shown(training: Training) -> dict[str, Any]:
    return wrapped(shown.training(training, trainings.epochs(training.tenant, training.id)), clock.now())

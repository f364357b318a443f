"""The events of queued work. None of them holds an input, an output or the name that somebody gave a job."""

from datetime import datetime
from typing import Any

from pentarch.events.actor import Actor
from pentarch.events.model import Event, happened
from pentarch.work.model import Job

CREATED = "job.created"
WAITING = "job.waiting"
QUEUED = "job.queued"
STARTED = "job.started"
SHARD_COMPLETED = "job.shard_completed"
INPUT_FAILED = "job.input_failed"
COMPLETED = "job.completed"
FAILED = "job.failed"
CANCELLED = "job.cancelled"
RESULTS_COLLECTED = "job.results_collected"
MESSAGE_REDRIVEN = "job.message_redriven"
RECURRENCE_SET = "job.recurrence_set"
RECURRENCE_REMOVED = "job.recurrence_removed"
RECURRENCE_MISSED = "job.recurrence_missed"

_ACTIONS = {
    CREATED: "job_create",
    WAITING: "job_wait",
    QUEUED: "job_queue",
    STARTED: "job_start",
    SHARD_COMPLETED: "job_shard_complete",
    INPUT_FAILED: "job_input_fail",
    COMPLETED: "job_complete",
    FAILED: "job_fail",
    CANCELLED: "job_cancel",
    RESULTS_COLLECTED: "job_results_collect",
    MESSAGE_REDRIVEN: "job_message_redrive",
    RECURRENCE_SET: "job_recurrence_set",
    RECURRENCE_REMOVED: "job_recurrence_remove",
    RECURRENCE_MISSED: "job_recurrence_miss",
}
"""As auditors name them."""


def event_of(job: Job, event_type: str, at: datetime, *, actor: str | None = None, **data: Any) -> Event:  # noqa: ANN401
    """What happened to a job; the actor is its owner unless somebody else did it."""
    recurrence = {} if job.recurrence is None else {"recurrence_id": job.recurrence}
    return happened(
        at,
        job.tenant,
        event_type,
        action=_ACTIONS[event_type],
        actor=actor or job.owner.subject,
        resource=job.id,
        tags=("data_processing",),
        correlation_id=job.correlation_id,
        data={"job_id": job.id, "service": job.service, **recurrence, **data},
    )


def of_recurrence(actor: Actor, event_type: str, recurrence_id: str, at: datetime, **data: Any) -> Event:  # noqa: ANN401
    """What happened to a recurring job."""
    action = _ACTIONS[event_type]
    return actor.did(event_type, recurrence_id, at, action=action, recurrence_id=recurrence_id, **data)


def redriven(actor: Actor, resource: str, at: datetime, *, message_id: str, queue: str) -> Event:
    """A message that was given up goes back to its queue."""
    action = _ACTIONS[MESSAGE_REDRIVEN]
    return actor.did(MESSAGE_REDRIVEN, resource, at, action=action, message_id=message_id, queue=queue)

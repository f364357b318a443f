"""Which events begin work, and the messages that hand it over. The event log is the outbox: what is in it is sent."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pentarch.events.model import Event
from pentarch.events.published import PUBLISHED

MAX_DATA_BYTES = 128 * 1024
"""Of an event that webhooks are told: a message has 256 KB at most. What is larger is fetched by whoever wants it."""


@dataclass(frozen=True, slots=True)
class Route:
    queue: str
    """The environment variable with the queue's address."""
    message: Callable[[Event], Mapping[str, Any]]
    wanted: Callable[[Event], bool] = lambda _: True
    """Whether this event of its type is handed over."""


def _step(name: str) -> Callable[[Event], Mapping[str, Any]]:
    def message(event: Event) -> Mapping[str, Any]:
        return {"step": name, "tenant": event.tenant, "job_id": event.resource}

    return message


def _recurrence(event: Event) -> Mapping[str, Any]:
    return {"step": "recurrence", "tenant": event.tenant, "recurrence_id": event.resource}


def _followed(target: Callable[[Event], Any], *, by_others: bool = False) -> Route:
    """A step or the end of what a job may have begun: what a job begins has the job's id as its correlation id.

    `by_others`: one that was begun or ended by somebody else may be a job's too.
    """

    def message(event: Event) -> Mapping[str, Any]:
        return {"step": "follow", "tenant": event.tenant, "target": target(event)}

    def wanted(event: Event) -> bool:
        return by_others or event.correlation_id.startswith("job_")

    return Route("JOBS_QUEUE_URL", message, wanted)


_TRAINING = _followed(lambda event: event.data["job_id"])
_TRAINING_CANCELLED = _followed(lambda event: event.data["job_id"], by_others=True)
_THING = _followed(lambda event: event.resource)
_EXPORT = _followed(lambda event: event.resource, by_others=True)


def _compliance(kind: str) -> Callable[[Event], Mapping[str, Any]]:
    def message(event: Event) -> Mapping[str, Any]:
        return {"kind": kind, "tenant": event.tenant, "id": event.resource}

    return message


def _specialists(kind: str, work: str) -> Callable[[Event], Mapping[str, Any]]:
    def message(event: Event) -> Mapping[str, Any]:
        return {"kind": kind, "tenant": event.tenant, "specialist_id": event.resource, work: event.data[work]}

    return message


def _redelivery(event: Event) -> Mapping[str, Any]:
    return {"kind": "redeliver", "tenant": event.tenant, "wish": event.id, **event.data}


def _published(event: Event) -> Mapping[str, Any]:
    told = event.as_json()
    if len(json.dumps(event.data, ensure_ascii=False).encode()) > MAX_DATA_BYTES:
        told["data"] = {"truncated": True}
    return {"event": told}


def _session(kind: str) -> Callable[[Event], Mapping[str, Any]]:
    def message(event: Event) -> Mapping[str, Any]:
        return {"kind": kind, "tenant": event.tenant, "id": event.resource, "round": event.data.get("round")}

    return message


def _load(event: Event) -> Mapping[str, Any]:
    told = {"tenant": event.tenant, "model_id": event.resource, "load": event.data["load"], "actor": event.actor}
    return told | {"correlation_id": event.correlation_id}


ROUTES: Mapping[str, Route] = {
    "job.created": Route("JOBS_QUEUE_URL", _step("plan")),
    "job.queued": Route("JOBS_QUEUE_URL", _step("plan")),
    "job.waiting": Route("JOBS_QUEUE_URL", _step("plan")),
    "job.shard_completed": Route("JOBS_QUEUE_URL", _step("collect")),
    "job.completed": Route("JOBS_QUEUE_URL", _step("end")),
    "job.failed": Route("JOBS_QUEUE_URL", _step("end")),
    "job.cancelled": Route("JOBS_QUEUE_URL", _step("end")),
    "job.recurrence_set": Route("JOBS_QUEUE_URL", _recurrence),
    "job.recurrence_removed": Route("JOBS_QUEUE_URL", _recurrence),
    "specialist.training_progressed": _TRAINING,
    "specialist.trained": _TRAINING,
    "specialist.training_failed": _TRAINING,
    "specialist.training_cancelled": _TRAINING_CANCELLED,
    "compliance.check_completed": _THING,
    "compliance.check_failed": _THING,
    "compliance.check_cancelled": _THING,
    "compliance.export_completed": _EXPORT,
    "compliance.export_failed": _EXPORT,
    "compliance.export_cancelled": _EXPORT,
    "step.completed": _THING,
    "approval.granted": _THING,
    "execution.completed": _THING,
    "execution.failed": _THING,
    "execution.cancelled": _THING,
    "specialist.training_queued": Route("SPECIALISTS_QUEUE_URL", _specialists("train", "job_id")),
    "specialist.training_resumed": Route("SPECIALISTS_QUEUE_URL", _specialists("train", "job_id")),
    "specialist.deployment_requested": Route("SPECIALISTS_QUEUE_URL", _specialists("deploy", "deployment_id")),
    "session.queued": Route("SESSIONS_QUEUE_URL", _session("run")),
    "session.revised": Route("SESSIONS_QUEUE_URL", _session("run")),
    "session.complete": Route("SESSIONS_QUEUE_URL", _session("watch")),
    "session.deleted": Route("SESSIONS_QUEUE_URL", _session("clean")),
    "compliance.check_requested": Route("COMPLIANCE_QUEUE_URL", _compliance("assess")),
    "compliance.export_requested": Route("COMPLIANCE_QUEUE_URL", _compliance("export")),
    "compliance.subject_requested": Route("COMPLIANCE_QUEUE_URL", _compliance("subject")),
    "compliance.schedule_set": Route("COMPLIANCE_QUEUE_URL", _compliance("schedule")),
    "compliance.schedule_removed": Route("COMPLIANCE_QUEUE_URL", _compliance("schedule")),
    "model.load_requested": Route("MODELS_QUEUE_URL", _load),
    "webhook.redelivery_requested": Route("WEBHOOKS_QUEUE_URL", _redelivery),
}
WEBHOOKS = Route("WEBHOOKS_EVENTS_QUEUE_URL", _published)


def is_handed_over(event_type: str) -> bool:
    return event_type in ROUTES or event_type in PUBLISHED


def routes_of(event: Event) -> Iterator[Route]:
    """To the worker that the event begins work for, and to the webhooks that may tell of it."""
    route = ROUTES.get(event.type)
    if route is not None and route.wanted(event):
        yield route
    if event.type in PUBLISHED:
        yield WEBHOOKS

"""Which events begin work, and the messages that hand it over. The event log is the outbox: what is in it is sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pentarch.events.model import Event


@dataclass(frozen=True, slots=True)
class Route:
    queue: str
    """The environment variable with the queue's address."""
    message: Callable[[Event], Mapping[str, Any]]


def _step(name: str) -> Callable[[Event], Mapping[str, Any]]:
    def message(event: Event) -> Mapping[str, Any]:
        return {"step": name, "tenant": event.tenant, "job_id": event.resource}

    return message


def _compliance(kind: str) -> Callable[[Event], Mapping[str, Any]]:
    def message(event: Event) -> Mapping[str, Any]:
        return {"kind": kind, "tenant": event.tenant, "id": event.resource}

    return message


def _specialists(kind: str, work: str) -> Callable[[Event], Mapping[str, Any]]:
    def message(event: Event) -> Mapping[str, Any]:
        return {"kind": kind, "tenant": event.tenant, "specialist_id": event.resource, work: event.data[work]}

    return message


ROUTES: Mapping[str, Route] = {
    "job.created": Route("JOBS_QUEUE_URL", _step("plan")),
    "job.shard_completed": Route("JOBS_QUEUE_URL", _step("collect")),
    "job.cancelled": Route("JOBS_QUEUE_URL", _step("collect")),
    "specialist.training_queued": Route("SPECIALISTS_QUEUE_URL", _specialists("train", "job_id")),
    "specialist.training_resumed": Route("SPECIALISTS_QUEUE_URL", _specialists("train", "job_id")),
    "specialist.deployment_requested": Route("SPECIALISTS_QUEUE_URL", _specialists("deploy", "deployment_id")),
    "compliance.check_requested": Route("COMPLIANCE_QUEUE_URL", _compliance("assess")),
    "compliance.export_requested": Route("COMPLIANCE_QUEUE_URL", _compliance("export")),
    "compliance.subject_requested": Route("COMPLIANCE_QUEUE_URL", _compliance("subject")),
    "compliance.schedule_set": Route("COMPLIANCE_QUEUE_URL", _compliance("schedule")),
    "compliance.schedule_removed": Route("COMPLIANCE_QUEUE_URL", _compliance("schedule")),
}

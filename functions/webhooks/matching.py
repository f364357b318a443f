"""Which webhooks hear of an event, and what they are told."""

from collections.abc import Callable, Mapping
from typing import Any

from pentarch.events.model import Event
from pentarch.events.published import ALIASES, PUBLISHED

ALL = "*"
TEST = "webhook.test"
"""Sent when asked for, whatever a webhook listens to."""


def is_known(pattern: str) -> bool:
    """Whether something is published that a filter can mean: an event's name, `group.*`, or `*`."""
    if pattern == ALL or pattern in PUBLISHED or pattern in ALIASES:
        return True
    group, _, rest = pattern.partition(".")
    return rest == ALL and any(name.startswith(f"{group}.") for name in PUBLISHED)


def hears(filters: tuple[str, ...], event_type: str) -> bool:
    group = event_type.partition(".")[0]
    meant = {ALIASES.get(name, name) for name in filters}
    return bool(meant & {ALL, f"{group}.{ALL}", event_type})


def told(event: Event) -> dict[str, Any]:
    """An event's facts, with the fields that the references document beside them."""
    add = _DOCUMENTED.get(event.type)
    return {"resource": event.resource, **event.data, **(add(event) if add else {})}


def _job(event: Event) -> Mapping[str, Any]:
    status = event.type.partition(".")[2]
    return {"job_id": event.resource, "status": status, "results_url": f"/jobs/{event.resource}/results"}


def _check(event: Event) -> Mapping[str, Any]:
    return {"check_id": event.data.get("check_id", event.resource)}


def _specialist(event: Event) -> Mapping[str, Any]:
    return {"specialist_id": event.resource}


_DOCUMENTED: Mapping[str, Callable[[Event], Mapping[str, Any]]] = {
    "job.completed": _job,
    "job.failed": _job,
    "compliance.check_completed": _check,
    "specialist.trained": _specialist,
    "specialist.deployed": _specialist,
}

"""Reading what an export of the audit trail is made of."""

from collections.abc import Iterator
from typing import Any

from compliance import stopping
from compliance.reports.asked import Asked
from pentarch.audit import store as audit
from pentarch.events.model import Event
from pentarch.platform import clock


def events_of(asked: Asked) -> Iterator[Event]:
    """The events of the range that pass the filters, newest first, read lazily."""
    for event in audit.walk(asked.tenant, asked.filters, asked.start, asked.end):
        stopping.look_up()
        yield event


def row(event: Event) -> dict[str, Any]:
    """An event as the audit trail shows it, and what the trail leaves out."""
    return {
        "id": event.id,
        "timestamp": clock.iso(event.at),
        "agent": event.agent,
        "action": event.action,
        "resource": event.resource,
        "sensitivity": event.sensitivity,
        "compliance_tags": list(event.tags),
        "evidence": dict(event.data),
        "actor": event.actor,
        "type": event.type,
        "correlation_id": event.correlation_id,
    }

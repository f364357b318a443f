"""Sealed trails in tests: events that were written, and what the stream's sealer is given."""

import json
from collections.abc import Sequence
from typing import Any

from compliance import sealer
from compliance.sealing import reading
from pentarch.events import store
from pentarch.events.model import Event, happened
from pentarch.platform import clock


def write_events(tenant: str, count: int, **fields: Any) -> list[Event]:
    """Events in the log, which nothing has sealed yet."""
    written = []
    for number in range(count):
        facts = {"action": "a", "actor": "key:k", "resource": f"r{number}", "data": {"number": number}} | fields
        event = happened(clock.now(), tenant, "llm.completed", **facts)
        store.append(event)
        written.append(event)
    return written


def record_of(event: Event) -> dict[str, Any]:
    """A record of the log's stream."""
    image = store.attributes_of(event)
    return {"eventID": event.id, "eventName": "INSERT", "dynamodb": {"NewImage": image, "SequenceNumber": "1"}}


def deliver(events: Sequence[Event]) -> Any:
    return sealer.handler({"Records": [record_of(event) for event in events]}, None)


def exported(tenant: str) -> dict[str, Any]:
    """The whole trail, as an export shows it."""
    found: dict[str, Any] = json.loads("".join(reading.whole(tenant).document({})))
    return found

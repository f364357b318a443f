"""Tells the live feed of events that are told live: one message for all of a tenant's in a delivery."""

from collections.abc import Sequence

from pentarch.events.live import session_of
from pentarch.events.model import Event
from pentarch.work import queue

QUEUE = "LIVE_QUEUE_URL"


def hand_over(tenant: str, told: Sequence[Event]) -> None:
    named = [{"id": event.id, "session": session_of(event.type, event.resource)} for event in told]
    queue.send(QUEUE, {"kind": "feed", "tenant": tenant, "events": named}, tenant=tenant)

"""Tells the live part what to tell, one message for all events of a tenant in a delivery, and whom to cut off."""

from collections.abc import Sequence

from pentarch.events.live import ended_subject, session_of
from pentarch.events.model import Event
from pentarch.work import queue

QUEUE = "LIVE_QUEUE_URL"
_REMEMBERED_S = 60
"""Whoever asks the gate may know a credential from memory for half of this."""


def hand_over(tenant: str, told: Sequence[Event]) -> None:
    named = [{"id": event.id, "session": session_of(event.type, event.resource)} for event in told]
    queue.send(QUEUE, {"kind": "feed", "tenant": tenant, "events": named}, tenant=tenant)


def cut_off(event: Event) -> None:
    """End the connections of a credential at once, and those that memory let in a moment later."""
    message = {"kind": "cut", "tenant": event.tenant, "subject": ended_subject(event)}
    for delay_s in (0, _REMEMBERED_S):
        queue.send(QUEUE, message, tenant=event.tenant, delay_s=delay_s)

"""Reading the event log in tests."""

from pentarch.events.model import Event
from pentarch.events.store import EventItem, _to_event


def events_of(tenant: str, event_type: str | None = None) -> list[Event]:
    """All events of a tenant, oldest first, by a scan: a stopped clock may have moved them over weeks."""
    found = (_to_event(item) for item in EventItem.scan() if item.tenant == tenant)
    return sorted((event for event in found if event_type in (None, event.type)), key=lambda event: event.id)

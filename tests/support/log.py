"""Reading the event log in tests."""

from datetime import timedelta

from pentarch.events import store
from pentarch.events.model import Event
from pentarch.platform import clock


def events_of(tenant: str, event_type: str | None = None) -> list[Event]:
    """A tenant's events of the last days, oldest first."""
    end = clock.now() + timedelta(minutes=1)
    found = store.newest_first(tenant, start=end - timedelta(days=70), end=end)
    return [event for event in reversed(list(found)) if event_type in (None, event.type)]


def types_of(tenant: str) -> list[str]:
    return [event.type for event in events_of(tenant)]

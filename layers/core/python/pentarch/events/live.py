"""The events that are told live, to WebSocket connections and event streams: a session's, as its reference has them."""

SESSION_EVENTS = frozenset({"session.started", "agent.progress", "session.complete"})
LIVE = SESSION_EVENTS
"""What is not in here never reaches the live feed, and costs it nothing."""


def session_of(event_type: str, resource: str) -> str | None:
    """The session that an event is of, by the resource that it names; None for one that is of no session."""
    return resource if event_type in SESSION_EVENTS else None

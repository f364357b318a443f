"""The events that are told live, to WebSocket connections and event streams: a session's, and what is published."""

from pentarch.events.model import Event
from pentarch.events.published import PUBLISHED

SESSION_EVENTS = frozenset(
    {
        "agent.progress",
        "session.approved",
        "session.complete",
        "session.created",
        "session.deleted",
        "session.expired",
        "session.queued",
        "session.rebased",
        "session.rejected",
        "session.revised",
        "session.started",
    }
)
"""Their resource is the session. (`session.opened` and the like are of a login.)"""
LIVE = SESSION_EVENTS | PUBLISHED
"""What is not in here never reaches the live feed, and costs it nothing."""
ENDING = frozenset(
    {
        "client.revoked",
        "key.revoked",
        "key.rotated",
        "session.revoked",
        "user.deactivated",
        "user.erased",
        "user.updated",
    }
)
"""What changes who somebody is: connections were let in for what was so before."""


def session_of(event_type: str, resource: str) -> str | None:
    """The session that an event is of, by the resource that it names; None for one that is of no session."""
    return resource if event_type in SESSION_EVENTS else None


def ended_subject(event: Event) -> str | None:
    """Whose connections an event ends, as their credential is good no more or gives other rights."""
    if event.type == "session.revoked":  # of a login, which is its user's
        return event.actor
    return event.resource if event.type in ENDING else None

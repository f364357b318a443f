"""What is told live, to whom, and in which order: pure rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pentarch.events.live import LIVE, SESSION_EVENTS
from pentarch.identity.roles import permits
from pentarch.platform.clock import from_epoch_ms, iso
from pentarch.platform.ids import uuid7_ms

TRAIL_SCOPE = "compliance:read"
"""Whoever reads the audit trail may hear of everything."""
_SCOPES = {
    "agent": "sessions:read",
    "configuration": "configurations:read",
    "infrastructure": "infrastructure:read",
    "job": "jobs:read",
    "model": "models:read",
    "service": "registry:read",
    "session": "sessions:read",
    "specialist": "specialists:read",
    "webhook": "webhooks:read",
}
"""What one needs to hear of an event, by the first word of its type; TRAIL_SCOPE for any other."""
SETTLED = timedelta(minutes=1)
"""A transaction's items appear within milliseconds: a number that is still missing after this has expired."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event in the feed."""

    number: int
    """Rises by one from event to event of a tenant."""
    previous: int
    """The number before this one in the list that it was read from: the tenant's, or the session's. 0: none."""
    id: str
    type: str
    session: str | None
    data: dict[str, Any]
    numbered_at: datetime

    def message(self) -> dict[str, Any]:
        """As the reference has events; `seq`, `id` and `timestamp` are ours."""
        at = from_epoch_ms(uuid7_ms(self.id))
        return {"event": self.type, "data": self.data, "seq": self.number, "id": self.id, "timestamp": iso(at)}


@dataclass(frozen=True, slots=True)
class Subscription:
    """Events of any of these types, of any of these sessions. No types: a session's own. No sessions: all of them."""

    sessions: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    """A type, or the beginning of several (`job.*`)."""

    def covers(self, event_type: str, session: str | None) -> bool:
        if self.sessions and session not in self.sessions:
            return False
        if not self.types:
            return event_type in SESSION_EVENTS
        return any(matches(pattern, event_type) for pattern in self.types)

    def as_json(self) -> dict[str, list[str]]:
        return {"sessions": list(self.sessions), "types": list(self.types)}


SESSIONS = (Subscription(),)
"""What a connection hears that has not said anything: every session's events."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Who listens, and to what."""

    id: str
    tenant: str
    room: str
    subject: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    subscriptions: tuple[Subscription, ...] | None
    """None: it has not said anything yet."""
    connected_at: datetime
    resume: int | None = None
    """The number from which on it asked to be told again."""

    def hears(self, told: Told) -> bool:
        chosen = SESSIONS if self.subscriptions is None else self.subscriptions
        wanted = any(one.covers(told.type, told.session) for one in chosen)
        return wanted and permits(self.roles, self.scopes, scope_of(told.type))


class Following(NamedTuple):
    """What comes after a number."""

    events: tuple[Told, ...]
    lost: bool = False
    """Whether something between the number and the first of these has expired."""


def following(after: int, rows: Sequence[Told], at: datetime) -> Following:
    """What may be told after a number, of rows that were read after it, in order.

    A query may see some items of a transaction before the others, so it stops at a number that is missing: whoever
    wrote that will have it told. One that is missing in front of an old event has expired.
    """
    if not rows:
        return Following(())
    lost = rows[0].previous > after
    if lost and at - rows[0].numbered_at < SETTLED:
        return Following(())
    whole = [rows[0]]
    for row in rows[1:]:
        if row.previous != whole[-1].number:
            break
        whole.append(row)
    return Following(tuple(whole), lost)


def scope_of(event_type: str) -> str:
    return _SCOPES.get(event_type.partition(".")[0], TRAIL_SCOPE)


def matches(pattern: str, event_type: str) -> bool:
    if pattern.endswith("*"):
        return event_type.startswith(pattern[:-1])
    return pattern == event_type


def is_known(pattern: str) -> bool:
    """Whether any event that is told live can match."""
    return any(matches(pattern, event_type) for event_type in LIVE)


def scopes_of(patterns: Iterable[str]) -> set[str]:
    """What one needs to hear all that the patterns match."""
    return {scope_of(event_type) for event_type in LIVE for pattern in patterns if matches(pattern, event_type)}

"""Gives events their numbers: the rules of the order, and the worker's step.

A message only says that events are there. It may come twice, late, and before the message of an event that was earlier,
because the log's stream has several shards. So what is still missing of the same sessions is read from the log itself,
and all of it is numbered in the order of the events' ids. An event that was committed before another was made is
visible in the log when that one is, so a session's events are told in the order in which they happened.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from live import feed
from live.errors import MovedError
from live.feed import Session, Standing
from pentarch.events import store as events
from pentarch.events.live import LIVE, session_of
from pentarch.events.model import Event
from pentarch.platform.errors import UnavailableError
from pentarch.platform.ids import uuid7_floor, uuid7_ms

LOOK_BACK = timedelta(seconds=30)
"""How far before an event the log is searched for earlier ones of its session that have no number yet."""
_ATTEMPTS = 20


class Named(NamedTuple):
    """An event as a message names it."""

    id: str
    session: str | None


class Span(NamedTuple):
    """A part of the log: (after, through], as ids."""

    after: str
    through: str


def take_in(tenant: str, named: Sequence[Named], at: datetime) -> None:
    """Give numbers to those events that have none. Doing it again changes nothing."""
    for start in range(0, len(named), feed.MAX_STANDING):
        _take_in(tenant, named[start : start + feed.MAX_STANDING], at)


def spans(new: Sequence[Named], sessions: Mapping[str, Session]) -> dict[str, Span]:
    """Where to look for earlier events of the same sessions: after the last that is numbered, up to the newest here."""
    newest: dict[str, str] = {}
    for one in new:
        if one.session is not None:
            newest[one.session] = max(one.id, newest.get(one.session, ""))
    found: dict[str, Span] = {}
    for session, through in newest.items():
        floor = uuid7_floor(uuid7_ms(through) - int(LOOK_BACK.total_seconds() * 1000))
        known = sessions.get(session)
        after = max(floor, known.highest) if known else floor
        if after < through:
            found[session] = Span(after, through)
    return found


def merged(found: Iterable[Span]) -> list[Span]:
    """The same ids in the fewest spans."""
    whole: list[Span] = []
    for span in sorted(found):
        if whole and span.after <= whole[-1].through:
            whole[-1] = Span(whole[-1].after, max(span.through, whole[-1].through))
        else:
            whole.append(span)
    return whole


def _take_in(tenant: str, named: Sequence[Named], at: datetime) -> None:
    sessions = {one.session for one in named if one.session is not None}
    ids = sorted({one.id for one in named})
    for _ in range(_ATTEMPTS):
        now = feed.standing(tenant, ids, sessions)
        new = [one for one in named if one.id not in now.numbered]
        if not new:
            return
        try:
            _append(tenant, now, _waiting(tenant, new, now), at)
        except MovedError:
            continue
        return
    msg = "others number the same tenant's events without a pause"
    raise UnavailableError(msg)


def _append(tenant: str, now: Standing, waiting: Sequence[Event], at: datetime) -> None:
    for start in range(0, len(waiting), feed.MAX_APPENDED):
        now = feed.append(tenant, now, waiting[start : start + feed.MAX_APPENDED], at)


def _waiting(tenant: str, new: Sequence[Named], now: Standing) -> list[Event]:
    """The events that are due, in their order. One that is gone from the log was pruned, and is told to nobody."""
    ids = sorted({one.id for one in new})
    due = {event.id: event for event in events.get_many(tenant, ids, consistent=True) if event is not None}
    wanted = spans(new, now.sessions)
    for span in merged(wanted.values()):
        for event in events.oldest_first(tenant, after=span.after, through=span.through):
            session = session_of(event.type, event.resource)
            own = wanted.get(session) if session is not None else None
            if event.type in LIVE and own is not None and own.after < event.id <= own.through:
                due[event.id] = event
    return [due[one] for one in sorted(due)]

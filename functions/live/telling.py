"""Tells a room's connections what they have not been told: the worker's step.

Each connection is told the feed in order, from the number that it was told last. Whoever tells a room has a lease on
it; others that find it taken leave word, and go. Nothing is told twice and nothing is left out:

- what was sent is noted when the lease ends; a worker that fails before that notes what it knows and fails then;
- where nobody can know whether something arrived (a worker died, an answer was lost), the connection is closed. Its
  client knows what it saw, comes back with that number, and is told the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from live import connections, feed, rooms, sending
from live.model import Connection, Following, following
from live.rooms import BusyError, Lease
from live.sending import End, Message, Outcome
from pentarch.platform import clock
from pentarch.platform.observability import logger
from pentarch.work import queue
from pentarch.work.messages import Run

QUEUE = "LIVE_QUEUE_URL"
READY = "live.ready"
RESYNC = "live.resync"
_OPENING = timedelta(seconds=15)
"""API Gateway knows a connection only when its $connect was answered, which may be after somebody has news for it."""
_PAUSE_S = 1
_ROUND_S = 8
"""With less time left the rest is another run's: a page to all of a room takes a second or two."""


def ask(tenant: str, rooms_to_tell: Sequence[str], *, delay_s: int = 0) -> None:
    """Have rooms told by workers, side by side."""
    bodies = [{"kind": "tell", "tenant": tenant, "room": room} for room in rooms_to_tell]
    queue.send_all(QUEUE, bodies, tenant=tenant, delay_s=delay_s)


def tell(tenant: str, room: str, run: Run) -> None:
    """Tell a room all that there is for it."""
    try:
        lease = rooms.take(tenant, room, run.id, clock.now(), run.lease_end())
    except BusyError:
        return
    if lease is None:
        return
    shift = _Shift(lease, dict(lease.sent))
    try:
        shift.work(run)
    except Exception:
        shift.stop()  # what was sent until now is known, and is not sent again
        raise
    if shift.unfinished:
        ask(tenant, [room], delay_s=_PAUSE_S)


def ready(last: int) -> dict[str, Any]:
    """Told first: from now on everything after `last` is told."""
    return {"event": READY, "data": {"last": last}}


def resync(last: int, following_number: int) -> dict[str, Any]:
    """Told in place of what has expired: everything after `last` and before `next`."""
    return {"event": RESYNC, "data": {"last": last, "next": following_number}}


@dataclass(slots=True)
class _Shift:
    """One worker's time with one room."""

    lease: Lease
    sent: dict[str, int]
    gone: set[str] = field(default_factory=set)
    openings: dict[str, list[Message]] = field(default_factory=dict)
    """What those are told first who begin, or begin again."""
    unfinished: bool = False
    """Whether somebody has to come back for what could not be sent now."""

    def work(self, run: Run) -> None:
        close = not self.sent
        while True:
            self._tell(self._present(), run)
            more = rooms.give_back(self.lease, self.sent, self.gone, clock.now(), close=close)
            if more is None:
                return
            self._go_on(more)
            close = False

    def stop(self) -> None:
        """Give the room back with what is known; the message that was worked on comes again for the rest."""
        while (more := rooms.give_back(self.lease, self.sent, self.gone, clock.now())) is not None:
            self._go_on(more)

    def _go_on(self, more: Lease) -> None:
        joined = {name: number for name, number in more.sent.items() if name not in self.gone}
        self.lease, self.sent = more, joined | self.sent

    def _present(self) -> dict[str, Connection]:
        """Who is in the room, by id. Whoever has no item of their own any more has left."""
        found = {one.id: one for one in connections.in_room(self.lease.tenant, self.lease.room) if one.id in self.sent}
        for name in self.sent.keys() - found.keys():
            self._leave_out(name)
        if self.lease.broken:
            logger().warning("the worker before ended without a word", room=self.lease.room, closed=len(found))
            self._close(list(found.values()))
            return {}
        beginning = [one for one in found.values() if one.resume is not None]
        if beginning:
            top = feed.head(self.lease.tenant)
            for one in beginning:
                self._begin(one, top)
        return found

    def _begin(self, one: Connection, top: int) -> None:
        """Let a connection begin where it asked to, or where the feed does if that has expired or never was."""
        if one.resume is None or not connections.take_resume(one):
            return
        start = one.resume
        is_there = start == top or (start < top and feed.after(self.lease.tenant, start, clock.now(), limit=1))
        self.sent[one.id] = start if is_there else top
        self.openings[one.id] = [ready(start)] if is_there else [ready(top), resync(start, top + 1)]

    def _tell(self, waiting: dict[str, Connection], run: Run) -> None:
        while waiting:
            if run.remaining_s() < _ROUND_S:
                self.unfinished = True
                return
            at = clock.now()
            low = min(self.sent[name] for name in waiting)
            rows = feed.after(self.lease.tenant, low, at)
            found = following(low, rows, at)
            letters = {name: self._letter(one, found) for name, one in waiting.items()}
            outcomes = sending.send_each({name: messages for name, messages in letters.items() if messages})
            for name, outcome in outcomes.items():
                if outcome.end is not End.DONE:
                    self._fail(waiting.pop(name), letters[name], outcome, at)
            if found.events:
                last = found.events[-1].number
                self.sent |= {name: max(last, self.sent[name]) for name in waiting}
            if len(rows) < feed.PAGE or not found.events:
                return

    def _letter(self, one: Connection, found: Following) -> list[Message]:
        told, letter = self.sent[one.id], self.openings.pop(one.id, [])
        if found.lost and told < found.events[0].previous:
            letter.append(resync(told, found.events[0].number))
        return letter + [event.message() for event in found.events if event.number > told and one.hears(event)]

    def _fail(self, one: Connection, letter: Sequence[Message], outcome: Outcome, at: datetime) -> None:
        """Keep what is known of a connection that could not be sent everything, or let go of it."""
        if outcome.end is End.UNCERTAIN:
            self._close([one])
        elif outcome.end is End.GONE and at - one.connected_at > _OPENING:
            self._drop([one])
        else:
            arrived = [message["seq"] for message in letter[: outcome.sent] if "seq" in message]
            self.sent[one.id] = max([self.sent[one.id], *arrived])
            self.unfinished = True
            if outcome.sent == 0 and one.resume is not None:
                connections.ask_to_resume(one, self.sent[one.id])  # it has not heard where it stands

    def _close(self, found: Sequence[Connection]) -> None:
        sending.close_each([one.id for one in found])
        self._drop(found)

    def _drop(self, found: Sequence[Connection]) -> None:
        connections.forget(found)
        for one in found:
            self._leave_out(one.id)

    def _leave_out(self, name: str) -> None:
        self.sent.pop(name, None)
        self.gone.add(name)

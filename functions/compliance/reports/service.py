"""What callers do with exports: get a small one at once, have a large one made, and fetch it when it is there."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from compliance.reports import facts, making, store
from compliance.reports.asked import Asked, Form
from compliance.reports.errors import (
    ExportEndedError,
    ExportMovedError,
    ExportNotFoundError,
    ExportOfOthersError,
    TooManyEventsError,
)
from compliance.reports.store import Export, State
from pentarch.events import store as events
from pentarch.identity.model import Caller
from pentarch.platform.clock import epoch_ms
from pentarch.platform.ids import uuid7

MAX_EVENTS_AT_ONCE = 2_000
"""Read in about a second; API Gateway waits 29."""
MAX_BYTES_AT_ONCE = 3 * 1024 * 1024
"""Lambda answers with 6 MB at most, and quotes and line ends count double in its JSON."""
MAX_EVENTS = {Form.PDF: 100_000, Form.JSON: 250_000, Form.CSV: 250_000, Form.OCSF: 0}
"""A worker has 15 minutes, and takes some 2 ms for an event (5 for one in a PDF); OCSF holds findings alone."""
FRESH_FOR = timedelta(minutes=10)
"""How long the export of a range that reaches to now is given again before it is made anew."""
OVERDUE_AFTER = timedelta(minutes=20)
"""A worker has 15 minutes: after that, whoever asks has it begun again."""


MAX_WISHERS = 1_000
"""Kept of one export; whoever comes after them has it too, and can take nothing back."""
_JOB_IDS_BEGIN = "job_"
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class File:
    """An export that was made at once."""

    name: str
    media_type: str
    body: bytes


def export(caller: Caller, asked: Asked, correlation_id: str, at: datetime) -> File | Export:
    """The file itself when it is small; else the export that is being made, or was."""
    count = making.size_of(asked)
    if count > MAX_EVENTS[asked.form]:
        raise TooManyEventsError(asked.form, count, MAX_EVENTS[asked.form])
    if count <= MAX_EVENTS_AT_ONCE:
        body = _within_bounds(asked)
        if body is not None:
            told = facts.exported(
                asked, at, actor=caller.subject, correlation_id=correlation_id, events=count, size=len(body)
            )
            events.append(told)
            return File(asked.file_name, asked.form.media_type, body)
    return _in_background(caller, asked, correlation_id, at)


def get(tenant: str, export_id: str, at: datetime) -> Export:
    found = store.get(tenant, export_id)
    if found is None or found.expires_at() <= at:
        raise ExportNotFoundError
    return found


def cancel(caller: Caller, export_id: str, correlation_id: str, at: datetime) -> Export:
    """Take back that one wants it: it is cancelled when nobody else does, and else goes on for the others."""
    who = _wisher(caller, correlation_id)
    for _ in range(_ATTEMPTS):
        one = get(caller.tenant, export_id, at)
        if one.state is State.CANCELLED:
            return one
        if one.state is not State.REQUESTED:
            raise ExportEndedError(one.state)
        if who not in one.wanted_by:
            raise ExportOfOthersError
        try:
            if len(one.wanted_by) > 1:
                store.leave(one, who)
                return one
            store.cancel(one, who, at, facts.cancelled(one, caller.subject, at))
        except ExportMovedError:
            continue
        return replace(one, state=State.CANCELLED, ended_at=at)
    raise ExportMovedError


def is_overdue(one: Export, at: datetime) -> bool:
    return one.state is State.REQUESTED and one.requested_at + OVERDUE_AFTER < at


def _within_bounds(asked: Asked) -> bytes | None:
    """The whole file; None as soon as it is too large to be answered with."""
    made = bytearray()
    for piece in making.export(asked, ascii_only=True):
        made += piece
        if len(made) > MAX_BYTES_AT_ONCE:
            return None
    return bytes(made)


def _in_background(caller: Caller, asked: Asked, correlation_id: str, at: datetime) -> Export:
    """The export that is being made or was, or a new one; of what is being made the caller wants it from now on too."""
    who = _wisher(caller, correlation_id)
    for _ in range(_ATTEMPTS):
        before = store.get(asked.tenant, asked.id)
        try:
            if before is not None and _is_usable(before, at):
                if _can_join(before, who):
                    store.join(before, who)
                return before
            return _begin(caller, asked, correlation_id, at, before)
        except ExportMovedError:
            continue  # somebody else began it, or ended it
    raise ExportMovedError


def _begin(caller: Caller, asked: Asked, correlation_id: str, at: datetime, before: Export | None) -> Export:
    others = before.wanted_by if before is not None and before.state is State.REQUESTED else frozenset()
    one = Export(
        asked,
        uuid7(epoch_ms(at)),
        at,
        caller.subject,
        correlation_id,
        wanted_by=others | {_wisher(caller, correlation_id)},
    )
    store.begin(one, before, facts.requested(one, at))
    return one


def _can_join(one: Export, who: str) -> bool:
    return one.state is State.REQUESTED and who not in one.wanted_by and len(one.wanted_by) < MAX_WISHERS


def _wisher(caller: Caller, correlation_id: str) -> str:
    """A job asks for itself, not for all that its owner wants."""
    return correlation_id if correlation_id.startswith(_JOB_IDS_BEGIN) else caller.subject


def _is_usable(one: Export, at: datetime) -> bool:
    if one.state is State.REQUESTED:
        return not is_overdue(one, at)
    if one.state is not State.COMPLETED or one.expires_at() <= at:
        return False
    return not one.asked.is_open or (one.ended_at is not None and at - one.ended_at < FRESH_FOR)

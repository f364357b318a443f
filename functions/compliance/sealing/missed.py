"""Events that have no leaf although their time to get one is over: the stream lost them, or gave them up."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from compliance.sealing import appending, metrics, store
from pentarch.events import store as events
from pentarch.events.model import Event

GRACE = timedelta(minutes=2)
"""The stream has a minute for each event; a younger one is on its way."""
_OVERLAP = timedelta(minutes=15)
"""An event carries the time when it happened, and may have been written after the sweep passed there."""
_WINDOW = timedelta(hours=1)

HasTime = Callable[[], bool]


def seal_missed(tenant: str, swept_to: datetime | None, farthest: timedelta, now: datetime, has_time: HasTime) -> int:
    """Seal what has no leaf from where the last sweep ended on, or from the farthest; how many there were."""
    end, found = now - GRACE, 0
    low = now - farthest
    if swept_to is not None:
        low = max(low, swept_to - _OVERLAP)
    while low < end and has_time():
        high = min(low + _WINDOW, end)
        found += sum(_seal(tenant, chunk) for chunk in _unsealed(tenant, low, high))
        low = high
    store.note_swept(tenant, low.isoformat())
    return found


def _unsealed(tenant: str, low: datetime, high: datetime) -> Iterator[list[Event]]:
    told = events.newest_first(tenant, start=low, end=high)
    while page := list(islice(told, store.READ_AT_ONCE)):
        marks = store.marks(tenant, [event.id for event in page])
        if fresh := [event for event in reversed(page) if event.id not in marks]:
            yield fresh


def _seal(tenant: str, fresh: list[Event]) -> int:
    count = 0
    for sealed in appending.seal(tenant, fresh):
        metrics.emit(sealed)
        count += len(sealed[1])
    return count

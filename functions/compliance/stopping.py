"""Hearing of a cancellation in the middle of long work: the work looks up between its steps, and ends where it is told.

What looks up need not know who watches: in a request nobody does. Whatever the work has written by then counts only by
its last conditional write, which a cancellation has made impossible; looking up just spares the time until there.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LOOK_EVERY_S = 1.0
"""A look is one read, so a step is free to ask more often."""


class StoppedError(Exception):
    """Nobody wants what is being made any more."""


class _Watch:
    def __init__(self, is_wanted: Callable[[], bool]) -> None:
        self._is_wanted = is_wanted
        self._next = time.monotonic() + LOOK_EVERY_S

    def look(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LOOK_EVERY_S
        if not self._is_wanted():
            raise StoppedError


_WATCH: ContextVar[_Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watched(is_wanted: Callable[[], bool]) -> Iterator[None]:
    """What is done inside ends with StoppedError soon after it is no longer wanted."""
    token = _WATCH.set(_Watch(is_wanted))
    try:
        yield
    finally:
        _WATCH.reset(token)


def look_up() -> None:
    """Raises StoppedError where the work in hand is watched and not wanted any more."""
    watch = _WATCH.get()
    if watch is not None:
        watch.look()

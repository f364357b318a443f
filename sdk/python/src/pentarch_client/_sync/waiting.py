# Written from _async by unasync.py ("make sdk"): change it there.
"""Looking again and again until something has ended."""

import time
from collections.abc import Callable
from typing import TypeVar

from pentarch_client.errors import WaitTimedOutError
from pentarch_client.records import Record

R = TypeVar("R", bound=Record)

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0
_GROWTH = 1.3


def wait(
    look: Callable[[], R],
    is_over: Callable[[R], bool],
    *,
    what: str,
    seconds: float,
    tell: Callable[[R], object] | None = None,
) -> R:
    """Look until it is over, telling what was seen; pauses grow from half a second to five."""
    end = time.monotonic() + seconds
    pause = FIRST_PAUSE_S
    while True:
        found = look()
        if tell is not None:
            tell(found)
        if is_over(found):
            return found
        left = end - time.monotonic()
        if left <= 0:
            raise WaitTimedOutError(what, seconds, found)
        time.sleep(min(pause, left))
        pause = min(LONGEST_PAUSE_S, pause * _GROWTH)

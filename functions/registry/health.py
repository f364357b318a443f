"""Scheduled entry point, every minute: asks services whether they are up, and notices heartbeats that stopped.

What is due is walked in order of time, several at once, for as long as the run has time; what is left then is the
first that the next run looks at.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any

from pentarch.platform import clock, egress
from pentarch.platform.egress import Reach
from pentarch.platform.observability import logger
from registry import checking, due
from registry.due import Due

AT_ONCE = 16
PAGE = 100
RUN_TIME = timedelta(seconds=45)
"""A run begins no look after that; the function's timeout leaves time for those under way."""


def handler(_: dict[str, Any], __: object) -> dict[str, int]:
    """How many were looked at, and how many looks had which outcome."""
    return run(clock.now(), egress.reach())


def run(at: datetime, reach: Reach) -> dict[str, int]:
    outcomes: Counter[str] = Counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting: set[Future[str]] = set()
        for one in _in_time(due.until(at, PAGE), at + RUN_TIME):
            waiting.add(pool.submit(_look, one, reach))
            if len(waiting) >= AT_ONCE:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                outcomes.update(future.result() for future in done)
        outcomes.update(future.result() for future in waiting)
    return {"checked": outcomes.total(), **outcomes}


def _in_time(found: Iterator[Due], end: datetime) -> Iterator[Due]:
    for one in found:
        if clock.now() > end:
            return
        yield one


def _look(one: Due, reach: Reach) -> str:
    """One look that fails does not end the run; its entry has been moved, so it comes again."""
    try:
        return checking.look(one, clock.now(), reach)
    except Exception:  # noqa: BLE001 (whatever it is, the others are looked at)
        logger().exception("a service could not be checked", tenant=one.tenant, service_id=one.service_id)
        return "error"

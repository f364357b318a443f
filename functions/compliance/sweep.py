"""Scheduled entry point: seals what the stream missed, archives what the bucket missed, and once a day prunes."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from compliance.sealing import archive, pruning, store
from compliance.sealing.missed import seal_missed
from pentarch.platform import clock
from pentarch.platform.observability import logger

_RECENTLY = timedelta(hours=6)
_DAILY = timedelta(days=2)
"""Longer than the stream keeps its records."""
_RESERVE_MS = 30_000
"""Nothing is begun when less is left of the run's time; the next run goes on there."""


class SweepFailedError(Exception):
    """Some tenants could not be swept; it ends the run so that somebody hears of it."""


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ANN401 (Lambda's context)
    def has_time() -> bool:
        return bool(context.get_remaining_time_in_millis() > _RESERVE_MS)

    daily = event.get("kind") == "daily"
    done: Counter[str] = Counter(sealed=0, archived=0, pruned=0, failed=0)
    for tenant, swept_to in store.tenants():
        if not has_time():
            logger().warning("the sweep has no time for every tenant")
            break
        try:
            _sweep(tenant, swept_to, has_time, done, daily=daily)
        except Exception:  # noqa: BLE001 (whatever it is, the others are swept)
            logger().exception("a tenant could not be swept", tenant=tenant)
            done["failed"] += 1
    if done["failed"]:
        raise SweepFailedError(dict(done))
    return dict(done)


def _sweep(tenant: str, swept_to: str | None, has_time: Callable[[], bool], done: Counter[str], *, daily: bool) -> None:
    now = clock.now()
    known = None if daily or swept_to is None else clock.parse_iso(swept_to)
    done["sealed"] += seal_missed(tenant, known, _DAILY if daily or known is None else _RECENTLY, now, has_time)
    done["archived"] += archive.keep_pending(tenant, has_time)
    if daily:
        done["pruned"] += pruning.prune(tenant, now, has_time)

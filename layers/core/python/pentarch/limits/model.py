"""Limits: how many requests a tenant may make per hour, and of some routes per minute."""

from datetime import datetime
from typing import NamedTuple

from pentarch.identity.model import Tier

HOUR_S = 3600
MINUTE_S = 60

REQUESTS_PER_HOUR = {Tier.FREE: 100, Tier.BASIC: 1_000, Tier.PRO: 10_000, Tier.ENTERPRISE: 10_000}
"""The tiers of Meta-Agents and Ai-semble; where the two differ (Pro), the larger. Enterprise is what was agreed."""

CONCURRENT_EXECUTIONS = {Tier.FREE: 1, Tier.BASIC: 5, Tier.PRO: 20, Tier.ENTERPRISE: 100}
"""Executions that run at once, by Meta-Agents' tiers. Enterprise's is this unless another number was agreed."""


def concurrent_executions(tier: Tier, agreed: int | None = None) -> int:
    """How many executions of a tenant may run at once; the others wait in the queue."""
    return CONCURRENT_EXECUTIONS[tier] if agreed is None else agreed


class Bucket(NamedTuple):
    """Routes that share one per-minute limit. `code` is the short attribute name that the table keeps it under."""

    code: str
    per_minute: int


GENERATE = Bucket("g", 120)
SPECIALISTS = Bucket("s", 60)
COMPLIANCE = Bucket("c", 30)
INFRASTRUCTURE = Bucket("i", 20)
REGISTRY = Bucket("r", 100)
SESSIONS = Bucket("m", 100)


class Standing(NamedTuple):
    """Where a tenant stands with the tightest limit of a request."""

    limit: int
    remaining: int
    reset: int
    """Unix time in seconds when the window ends."""
    window_s: int

    def headers(self, now: float) -> dict[str, str]:
        """The three customary fields, and the IETF's `RateLimit` ones (draft-ietf-httpapi-ratelimit-headers)."""
        wait = max(0, self.reset - int(now))
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
            "RateLimit-Policy": f'"default";q={self.limit};w={self.window_s}',
            "RateLimit": f'"default";r={self.remaining};t={wait}',
        }


class Window(NamedTuple):
    """The hour of an instant, and the minute in it."""

    hour_start: int
    minute: int

    @classmethod
    def of(cls, at: datetime) -> "Window":
        seconds = int(at.timestamp())
        return cls(seconds - seconds % HOUR_S, seconds % HOUR_S // MINUTE_S)

    @property
    def hour_end(self) -> int:
        return self.hour_start + HOUR_S

    @property
    def minute_end(self) -> int:
        return self.hour_start + (self.minute + 1) * MINUTE_S


def standing(window: Window, *, hour_count: int, per_hour: int, minute_count: int, bucket: Bucket | None) -> Standing:
    """The standing after so many requests: that of the minute where the route has a limit of its own."""
    by_hour = Standing(per_hour, max(0, per_hour - hour_count), window.hour_end, HOUR_S)
    if bucket is None:
        return by_hour
    by_minute = Standing(bucket.per_minute, max(0, bucket.per_minute - minute_count), window.minute_end, MINUTE_S)
    hour_is_used_up = by_hour.remaining == 0 and by_minute.remaining > 0
    return by_hour if hour_is_used_up else by_minute

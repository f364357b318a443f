"""Whether a step is tried again, and after how long: pure rules."""

import zlib

from workflows.definition import Failure, RetryPolicy

_SPREAD = 0.5
"""How much of a pause is left to chance, so that what failed together is not tried again together."""


def is_worth(policy: RetryPolicy | None, failure: Failure, attempt: int) -> bool:
    """Whether there is another attempt after one that failed; the first is 1."""
    return policy is not None and failure in policy.retry_on and attempt <= policy.max_retries


def pause_s(policy: RetryPolicy, attempt: int, attempt_id: str, retry_after: float | None = None) -> float:
    """Seconds before the next attempt. The chance in it comes from the attempt's id, so it is the same each time."""
    longest = min(policy.max_delay, policy.initial_delay * policy.backoff_multiplier ** (attempt - 1))
    if policy.jitter:
        chance = zlib.crc32(attempt_id.encode()) / 0xFFFF_FFFF
        longest *= 1 - _SPREAD * chance
    return max(longest, retry_after or 0)

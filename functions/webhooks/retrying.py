"""When a delivery is tried again, and when a webhook is given up. Times as Standard Webhooks recommends them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

DELAYS_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""After the first, the second ... try: ten tries in three days and a little more."""
JITTER = 0.2
"""Added at most, as a share of the delay: receivers that were down are not met by all their events at once."""
MAX_RETRY_AFTER_S = 86_400
FAILING_FOR = timedelta(days=5)
"""A webhook that took nothing for so long is disabled."""
GONE = 410
_HONOURED = (429, 503)
"""Statuses whose Retry-After is obeyed."""
_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one try."""

    status: int | None
    retry_after: str | None = None

    @property
    def is_taken(self) -> bool:
        return self.status in _SUCCESS


def next_try(delivery_id: str, tries: int, answer: Answer, at: datetime) -> datetime | None:
    """When to try again after so many tries; None: never."""
    if tries > len(DELAYS_S) or answer.status == GONE:
        return None
    delay = DELAYS_S[tries - 1] * (1 + JITTER * _share(f"{delivery_id}#{tries}"))
    return at + timedelta(seconds=max(delay, _asked_for(answer)))


def is_given_up(failing_since: datetime | None, at: datetime) -> bool:
    return failing_since is not None and at - failing_since >= FAILING_FOR


def _asked_for(answer: Answer) -> int:
    """Retry-After in seconds; a date in it is left alone, as its clock is the receiver's."""
    if answer.status not in _HONOURED or answer.retry_after is None or not answer.retry_after.strip().isdecimal():
        return 0
    return min(MAX_RETRY_AFTER_S, int(answer.retry_after))


def _share(name: str) -> float:
    """A number in [0, 1) that is always the same for a name, so that a try that is planned twice is planned once."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) / 2**32

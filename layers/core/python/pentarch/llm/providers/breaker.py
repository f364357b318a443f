"""Leaving a backend alone that keeps failing."""

from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(slots=True)
class CircuitBreaker:
    """One backend's record of failures in a row, which decides whether it is asked.

    After `threshold` of them nothing is sent for `cooldown` seconds, then one call tries whether it is well again.
    It lives in one process and is made for one provider and model. `now` is any clock that never goes back, in
    seconds. Threads may share a breaker.
    """

    threshold: int = 5
    cooldown: float = 30.0
    _failures: int = field(default=0, init=False)
    _opened_at: float | None = field(default=None, init=False)
    _probe_sent_at: float | None = field(default=None, init=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.threshold < 1 or self.cooldown <= 0:
            message = "a breaker needs a threshold of at least 1 and a cooldown above 0"
            raise ValueError(message)

    def state(self, now: float) -> BreakerState:
        if self._opened_at is None:
            return BreakerState.CLOSED
        return BreakerState.HALF_OPEN if now - self._opened_at >= self.cooldown else BreakerState.OPEN

    def allow(self, now: float) -> bool:
        """Whether a call may be sent now. A yes in the half-open state is the probe, so ask only to send.

        A probe that never reports (its client went away, its thread died) is forgotten after another cooldown:
        a lost answer must not shut a backend out for ever.
        """
        with self._lock:
            match self.state(now):
                case BreakerState.CLOSED:
                    return True
                case BreakerState.OPEN:
                    return False
                case BreakerState.HALF_OPEN:
                    if self._probe_sent_at is not None and now - self._probe_sent_at < self.cooldown:
                        return False
                    self._probe_sent_at = now
                    return True

    def succeeded(self, now: float) -> None:
        """The backend answered. A late answer to a call sent before the breaker opened does not close it."""
        with self._lock:
            if self.state(now) is not BreakerState.OPEN:
                self._failures = 0
                self._opened_at = None
                self._probe_sent_at = None

    def failed(self, now: float) -> None:
        """The backend failed. A late failure of a call sent before the breaker opened does not prolong it."""
        with self._lock:
            match self.state(now):
                case BreakerState.CLOSED:
                    self._failures += 1
                    if self._failures >= self.threshold:
                        self._opened_at = now
                case BreakerState.HALF_OPEN:
                    self._opened_at = now
                    self._probe_sent_at = None
                case BreakerState.OPEN:
                    pass

    def released(self) -> None:
        """The call ended without telling anything of the backend (its client went away): a probe is given back."""
        with self._lock:
            self._probe_sent_at = None

"""What a service was measured at lately: averages in which an observation counts half as much every ten minutes.

Kept as sums that decay (of the weights, of the successes, of the latencies), so a hundred observations of one second
count as a hundred, and a quiet hour changes nothing. What nobody has measured for a while is no longer told: a service
that nobody is sent to any more could not get better otherwise.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pentarch.routing.model import Observed

HALF_LIFE = timedelta(minutes=10)
FORGOTTEN_AFTER = 10 * HALF_LIFE
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Averages:
    weight: float = 0.0
    successes: float = 0.0
    timed: float = 0.0
    """The weight of the observations whose latency counts: the successful ones, as a failure is often fast."""
    milliseconds: float = 0.0
    at: datetime | None = None

    def observing(self, at: datetime, *, success: bool, latency_ms: float | None) -> "Averages":
        """The averages after one more observation; one that comes late counts as if it came now."""
        newest = at if self.at is None else max(at, self.at)
        kept = 1.0 if self.at is None else 0.5 ** ((newest - self.at) / HALF_LIFE)
        is_timed = success and latency_ms is not None
        return Averages(
            self.weight * kept + 1,
            self.successes * kept + success,
            self.timed * kept + is_timed,
            self.milliseconds * kept + (latency_ms or 0.0 if is_timed else 0.0),
            newest,
        )

    def observed(self, at: datetime) -> Observed:
        """What the router is told at an instant."""
        told: Observed = {}
        if self.at is None or at - self.at > FORGOTTEN_AFTER:
            return told
        told["success_rate"] = round(self.successes / self.weight, _DIGITS)
        if self.timed:
            told["latency_ms"] = round(self.milliseconds / self.timed, _DIGITS)
        return told

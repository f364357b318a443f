"""What a tenant used: counted from the event log, and from nothing else."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Consumption:
    """Amounts that add up exactly: money in whole nano-dollars."""

    requests: int = 0
    cached_requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_nano_usd: int = 0
    milliseconds: int = 0
    """From the request's arrival to its answer, added up."""

    def __add__(self, other: "Consumption") -> "Consumption":
        return Consumption(
            self.requests + other.requests,
            self.cached_requests + other.cached_requests,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cost_nano_usd + other.cost_nano_usd,
            self.milliseconds + other.milliseconds,
        )


class UsageRow(NamedTuple):
    """One tenant's day with one model and one credential."""

    day: date
    model: str
    subject: str
    consumption: Consumption

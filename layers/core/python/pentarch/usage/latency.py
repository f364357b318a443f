"""How long a tenant's requests to a model took, and how many failed: a histogram that is added up, never averaged.

Its buckets grow by the same factor, so a quantile is off by 9 % at most; two histograms are merged by adding them. It
is counted from the event log, with the usage and in its transaction, so each request is in it once.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pentarch.platform import clients
from pentarch.usage.store import UsageItem

FACTOR = math.sqrt(math.sqrt(2))
BUCKETS = 72
"""The last one holds what took longer than its lower bound, which is 220 s."""
_PREFIX = "latency#"


@dataclass(frozen=True, slots=True)
class Latency:
    buckets: Mapping[int, int] = field(default_factory=dict)
    """Answered requests by the number of their bucket."""
    errors: int = 0
    microseconds: int = 0
    """From the requests' arrival to their answers, added up."""
    cpu_microseconds: int = 0

    @property
    def answered(self) -> int:
        return sum(self.buckets.values())

    @property
    def requests(self) -> int:
        return self.answered + self.errors

    def __add__(self, other: "Latency") -> "Latency":
        numbers = self.buckets.keys() | other.buckets.keys()
        merged = {number: self.buckets.get(number, 0) + other.buckets.get(number, 0) for number in numbers}
        return Latency(
            merged,
            self.errors + other.errors,
            self.microseconds + other.microseconds,
            self.cpu_microseconds + other.cpu_microseconds,
        )

    def average_s(self) -> float:
        return self.microseconds / self.answered / 1e6 if self.answered else 0.0

    def quantile_s(self, share: float) -> float:
        """The geometric middle of the bucket that the quantile lies in."""
        wanted, seen = share * self.answered, 0
        for number in sorted(self.buckets):
            seen += self.buckets[number]
            if self.buckets[number] and seen >= wanted:
                return middle_ms(number) / 1000
        return 0.0


def bucket(milliseconds: float) -> int:
    """Bucket 0 ends at 1 ms."""
    if milliseconds <= 1:
        return 0
    return min(BUCKETS - 1, math.ceil(math.log(milliseconds, FACTOR)))


def middle_ms(number: int) -> float:
    return math.pow(FACTOR, number - 0.5)


def key(model: str) -> str:
    return f"{_PREFIX}{model}"


def answered(milliseconds: float, cpu_milliseconds: float = 0.0) -> dict[str, int]:
    """What an answered request adds to its model's item."""
    amounts = {f"b{bucket(milliseconds)}": 1, "us": round(milliseconds * 1000)}
    return amounts | ({"cpu_us": round(cpu_milliseconds * 1000)} if cpu_milliseconds else {})


def failed() -> dict[str, int]:
    return {"errors": 1}


def of(tenant: str, model: str) -> Latency:
    """All that was counted. The buckets' names are not the usage rows', so the item is read as it lies."""
    place = {"tenant": {"S": tenant}, "key": {"S": key(model)}}
    name = UsageItem.Meta.table_name
    found = clients.dynamodb().batch_get_item(RequestItems={name: {"Keys": [place]}})["Responses"].get(name, [])
    return _latency(found[0]) if found else Latency()


def _latency(item: Mapping[str, Any]) -> Latency:
    counted = {name: int(value["N"]) for name, value in item.items() if "N" in value}
    buckets = {int(name[1:]): count for name, count in counted.items() if name[0] == "b" and name[1:].isdigit()}
    return Latency(buckets, counted.get("errors", 0), counted.get("us", 0), counted.get("cpu_us", 0))

"""How many requests were answered by which service, how they ended, and how long that took: exact sums.

They are counted from the request lines of the logs, each line once: its mark and the sums are written in one
transaction. A service's sums are spread over `SPREAD` items, by the log stream, so that deliveries rarely collide.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from pentarch.platform import clients
from pentarch.platform.counting import Counted, add_once
from pentarch.usage.store import MARK_LIFETIME, STACK, UsageItem

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the histogram; what took longer is in one more bucket."""
SPREAD = 8
_PREFIX = "request#"
_MICROSECONDS = 1_000_000
_SERVER_ERRORS, _CLIENT_ERRORS = 500, 400


class Answered(NamedTuple):
    """One request, as its line tells it."""

    id: str
    """Of the line, as CloudWatch Logs gives it: the same whenever the line is delivered again."""
    stream: str
    service: str
    status: int
    milliseconds: float


@dataclass(slots=True)
class Histogram:
    """Requests of one service that ended alike."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_S) + 1))
    microseconds: int = 0

    @property
    def count(self) -> int:
        return sum(self.buckets)


def outcome(status: int) -> str:
    if status >= _SERVER_ERRORS or status == 0:  # 0: the connection was cut before there was a status
        return "server_error"
    return "client_error" if status >= _CLIENT_ERRORS else "success"


def bucket(milliseconds: float) -> int:
    return next((number for number, bound in enumerate(BOUNDS_S) if milliseconds <= bound * 1000), len(BOUNDS_S))


def count_once(requests: Iterable[Answered], at: datetime) -> None:
    """Count each request once, however often it is told of."""
    fields = {"ttl": int((at + MARK_LIFETIME).timestamp())}
    add_once(
        {
            one.id: Counted(
                (UsageItem, f"{STACK}#{_shard(one.id)}", f"mark#{one.id}"),
                {(UsageItem, STACK, _key(one)): _amounts(one)},
                fields,
            )
            for one in requests
        }
    )


def sums() -> dict[tuple[str, str], Histogram]:
    """By service and outcome. The counters' names are not the usage rows', so they are read as they lie."""
    found: dict[tuple[str, str], Histogram] = {}
    pages = (
        clients.dynamodb()
        .get_paginator("query")
        .paginate(
            TableName=UsageItem.Meta.table_name,
            KeyConditionExpression="tenant = :stack AND begins_with(#key, :prefix)",
            ExpressionAttributeNames={"#key": "key"},
            ExpressionAttributeValues={":stack": {"S": STACK}, ":prefix": {"S": _PREFIX}},
        )
    )
    for page in pages:
        for item in page["Items"]:
            _, service, ended, _ = item["key"]["S"].split("#")
            histogram = found.setdefault((service, ended), Histogram())
            histogram.microseconds += _number(item, "us")
            for number in range(len(histogram.buckets)):
                histogram.buckets[number] += _number(item, f"b{number}")
    return found


def _key(one: Answered) -> str:
    return f"{_PREFIX}{one.service}#{outcome(one.status)}#{_shard(one.stream)}"


def _shard(text: str) -> int:
    return zlib.crc32(text.encode()) % SPREAD


def _amounts(one: Answered) -> dict[str, int]:
    return {f"b{bucket(one.milliseconds)}": 1, "us": round(one.milliseconds * _MICROSECONDS / 1000)}


def _number(item: dict[str, Any], name: str) -> int:
    attribute = item.get(name)
    return int(attribute["N"]) if attribute else 0

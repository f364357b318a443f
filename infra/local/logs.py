"""Follow what the functions log, as `tail -f` would."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from local.clients import Clients
from local.stack import Stack

POLL_SECONDS = 1.0
OVERLAP_MS = 10_000
"""Read again each time, for lines that arrive late; those shown already are left out."""
PLATFORM_LINES = ("START RequestId:", "END RequestId:", "REPORT RequestId:", "INIT_START ")


class Entry(NamedTuple):
    timestamp: int
    stream: str
    message: str


class Tail:
    """What is new in one log group, told apart by content: MiniStack's events carry no id."""

    def __init__(self, since: int) -> None:
        self._since = since
        self._shown: Counter[Entry] = Counter()

    @property
    def read_from(self) -> int:
        return self._since

    def new(self, entries: list[Entry]) -> list[Entry]:
        read = Counter(entries)
        new = sorted((read - self._shown).elements())
        if entries:
            self._since = max(self._since, max(entries).timestamp - OVERLAP_MS)
        self._shown = Counter({entry: count for entry, count in read.items() if entry.timestamp >= self._since})
        return new


class Follower:
    """Asks once a second which log groups grew, and reads those alone: there are dozens, most of them quiet."""

    def __init__(self, clients: Clients, stack: Stack) -> None:
        self._logs = clients["logs"]
        self._labels = {
            properties.get("LoggingConfig", {}).get("LogGroup", function.physical_id): function.logical_id
            for function, properties in stack.with_properties("AWS::Lambda::Function")
        }
        self._since = int(time.time() * 1000)
        self._sizes = {group["logGroupName"]: group["storedBytes"] for group in self._groups()}
        self._tails: dict[str, Tail] = {}

    def follow(self) -> Iterator[str]:
        while True:
            yield from self.news()
            time.sleep(POLL_SECONDS)

    def news(self) -> list[str]:
        found: list[tuple[Entry, str]] = []
        for group in self._groups():
            name, size = group["logGroupName"], group["storedBytes"]
            if size != self._sizes.get(name, 0):
                self._sizes[name] = size
                found += [(entry, self._label(name)) for entry in self._new(name)]
        return [line(entry, label) for entry, label in sorted(found) if not entry.message.startswith(PLATFORM_LINES)]

    def _new(self, group: str) -> list[Entry]:
        tail = self._tails.setdefault(group, Tail(self._since))
        pages = self._logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=tail.read_from)
        events = [event for page in pages for event in page["events"]]
        return tail.new([Entry(event["timestamp"], event["logStreamName"], event["message"]) for event in events])

    def _groups(self) -> list[dict[str, Any]]:
        pages = self._logs.get_paginator("describe_log_groups").paginate()
        return [group for page in pages for group in page["logGroups"]]

    def _label(self, group: str) -> str:
        name = group.rsplit("/", 1)[-1]
        return self._labels.get(group) or self._labels.get(name, name)


def line(entry: Entry, label: str) -> str:
    """One event on one line, in the developer's own time."""
    clock = datetime.fromtimestamp(entry.timestamp / 1000).astimezone().strftime("%H:%M:%S")
    return f"{clock} {label}: {entry.message.rstrip()}"

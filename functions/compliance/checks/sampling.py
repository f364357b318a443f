"""Checks over the event log say how much of it they saw."""

from collections.abc import Sequence

from compliance.facts import UnseenFieldError, read
from compliance.model import JsonObject, Outcome

ALL = "all"


def part_of(log: Sequence[JsonObject], name: str) -> JsonObject:
    """What is told of the reading of one part of the log."""
    for row in log:
        if read(row, "part") == name:
            return row
    msg = f"nothing says how much of the event log was read for {name}"
    raise UnseenFieldError(msg)


def sampled(outcome: Outcome, log: Sequence[JsonObject], part: str = ALL) -> Outcome:
    """The outcome; where the log held more than was read, what was examined ends with the bound that was met."""
    row = part_of(log, part)
    if read(row, "is_whole") or not outcome.examined:
        return outcome
    note = f"{read(row, 'name')}: {read(row, 'read')} events were read, which are all since {read(row, 'since')}"
    return Outcome((*outcome.examined, note), outcome.faults)

"""What checking an exported trail found."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .heads import Head


class Kind(StrEnum):
    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    OUT_OF_ORDER = "out of order"
    BATCH = "batch"
    """Its leaves do not give the root, or it does not continue the one before."""
    SIGNATURE = "signature"
    ANCHOR = "anchor"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Fault:
    kind: Kind
    message: str
    event_id: str | None = None
    index: int | None = None
    batch: int | None = None

    def __str__(self) -> str:
        return self.message


@dataclass(slots=True)
class Verdict:
    """What was found; the trail holds if there are no faults."""

    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What the reader has to know, and what is no fault."""
    events: int = 0
    batches: int = 0
    head: Head | None = None
    """The newest that the trail contains."""
    heads: dict[int, str] = field(default_factory=dict)
    """The hashes of the heads that the trail contains, by their batches."""
    keys_trusted: bool = False

    @property
    def holds(self) -> bool:
        return not self.faults

    def blame(self, kind: Kind, message: str, **where: Any) -> None:  # noqa: ANN401 (Fault's fields)
        self.faults.append(Fault(kind, message, **where))

    def lines(self) -> list[str]:
        """For a person to read: the faults, or what holds."""
        found = [str(fault) for fault in self.faults]
        if not found:
            count = "1 event is" if self.events == 1 else f"{self.events} events are"
            head = f"; its head has {self.head.size} leaves, and is of {self.head.timestamp}" if self.head else ""
            found = [f"the trail holds: {count} what was sealed{head}"]
        return [*found, *(f"note: {note}" for note in self.notes)]

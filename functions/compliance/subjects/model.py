"""A request of a data subject: what it asks for, by when it has to be answered, and the states it may go through."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from compliance.subjects.redaction import Names


class Kind(StrEnum):
    ACCESS = "access"
    """GDPR, article 15: a copy of what is known."""
    ERASURE = "erasure"
    """GDPR, article 17: the right to be forgotten."""


class State(StrEnum):
    RECEIVED = "received"
    WORKING = "working"
    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"
    """Given up after several tries; still to be answered, so it can be asked for again."""

    @property
    def is_open(self) -> bool:
        return self not in (State.ANSWERED, State.REFUSED)


TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.WORKING, State.FAILED}),
    State.WORKING: frozenset({State.ANSWERED, State.REFUSED, State.FAILED}),
    State.FAILED: frozenset({State.RECEIVED}),
    State.ANSWERED: frozenset(),
    State.REFUSED: frozenset(),
}

Counts = Mapping[str, int]
"""How many things by what they are: `sessions`, `jobs` ..."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who a request is about. It is forgotten as soon as the request is answered."""

    given: str
    """As the request said it."""
    username: str | None
    names: tuple[str, ...]
    """What would tell a reader who it is."""
    subjects: tuple[str, ...]
    """What events and records call the person."""

    @property
    def named_subjects(self) -> tuple[str, ...]:
        """Subjects that hold a name: of those who were known before there were pseudonyms."""
        return tuple(subject for subject in self.subjects if subject.partition(":")[2] in self.names)

    @property
    def name(self) -> Names:
        """The names, to look for in texts and to take out of them."""
        return Names(self.names)

    def is_named_in(self, text: str) -> bool:
        """Whether a text holds a name as a word of its own."""
        return self.name.are_in(text)


@dataclass(frozen=True, slots=True)
class Request:
    tenant: str
    id: str
    """A UUID of version 7."""
    kind: Kind
    state: State
    digest: str
    """Of the person's name under the tenant's key: two requests of one person have the same."""
    requested_by: str
    received_at: datetime
    due_at: datetime
    person: Person | None = None
    """None once it is answered."""
    reason: str | None = None
    """In the caller's words, so it goes when the person goes."""
    correlation_id: str = ""
    found: Mapping[str, Counts] = field(default_factory=dict)
    """By aggregate, as it was when the work began."""
    models: tuple[str, ...] = ()
    """Trained models that learned from what names the person, as it was when the work began."""
    erased: tuple[str, ...] = ()
    """The aggregates that have forgotten the person already."""
    retained: Mapping[str, str] = field(default_factory=dict)
    """What an erasure leaves, by aggregate, and why."""
    answered_at: datetime | None = None
    export: str | None = None
    """The key of an access request's document."""
    refusal: str | None = None


def due(received: datetime) -> datetime:
    """One month later (GDPR 12.3): the same day of the next month, or that month's last."""
    year, month = (received.year + 1, 1) if received.month == 12 else (received.year, received.month + 1)  # noqa: PLR2004
    return received.replace(year=year, month=month, day=min(received.day, calendar.monthrange(year, month)[1]))

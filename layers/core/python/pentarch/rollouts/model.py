"""The record of a roll-out: what is to be in force instead of what, how far it has come, and what happened.

Roll-outs of the stack's services, of specialists and of configurations have this in common, so whoever asks what is
being rolled out finds them all in one list. Each kind adds what only it needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from pentarch.rollouts.errors import TransitionError


class Status(StrEnum):
    QUEUED = "queued"
    DEPLOYING = "deploying"
    COMPLETED = "completed"
    FAILED = "failed"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"


BEGINNINGS = frozenset({Status.QUEUED, Status.DEPLOYING, Status.COMPLETED})
"""What is there at once is complete from the beginning."""
ENDED = frozenset({Status.COMPLETED, Status.FAILED, Status.ROLLED_BACK})
TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.DEPLOYING, Status.ROLLING_BACK, Status.ROLLED_BACK, Status.FAILED}),
    Status.DEPLOYING: frozenset({Status.COMPLETED, Status.ROLLING_BACK, Status.ROLLED_BACK, Status.FAILED}),
    Status.ROLLING_BACK: frozenset({Status.ROLLED_BACK, Status.FAILED, Status.COMPLETED}),
    Status.COMPLETED: frozenset({Status.ROLLING_BACK, Status.ROLLED_BACK}),
    Status.FAILED: frozenset(),
    Status.ROLLED_BACK: frozenset(),
}
"""A completed one may be undone later; where that fails, it is what it was: completed."""


class Kind(StrEnum):
    """What a roll-out is of."""

    SERVICE = "service"
    SPECIALIST = "specialist"
    CONFIGURATION = "configuration"


class Action(StrEnum):
    DEPLOY = "deploy"
    UPDATE = "update"
    RESTART = "restart"
    ROLLBACK = "rollback"


class Strategy(StrEnum):
    """How a tenant's roll-out reaches those who shall meet it; services have strategies of their own."""

    BLUE_GREEN = "blue_green"
    CANARY = "canary"
    SHADOW = "shadow"
    """The new version answers too, and nobody hears it."""


class Level(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


MAX_NOTES = 300
"""A record stays far below the 400 KB that DynamoDB takes."""


@dataclass(frozen=True, slots=True)
class Note:
    """What happened, as the roll-out's `events` tell it."""

    at: datetime
    message: str
    level: Level = Level.INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the record of every roll-out says."""

    id: str
    """A UUID of version 7: it carries the time, and lists go by it."""
    tenant: str
    """Whose member asked for it, and whose log tells of it."""
    actor: str
    version: str
    strategy: str
    created_at: datetime
    updated_at: datetime
    status: Status = Status.QUEUED
    previous_version: str | None = None
    undoes: str | None = None
    """The roll-out that this one takes back."""
    failure: str | None = None
    """Why it failed or went back."""
    completed_at: datetime | None = None
    notes: tuple[Note, ...] = ()
    revision: int = 0
    """Raised by every change, so that one conditional write decides a race."""
    listed: Status | None = None
    """The standing that the lists know, which the store keeps; None: it is in none yet."""

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    @property
    def standing(self) -> Status:
        """The status that it is shown with, and listed by."""
        return self.status


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantRollout(Record):
    """A roll-out of something that belongs to a tenant: a specialist's version, a configuration's."""

    kind: Kind
    action: Action = Action.DEPLOY
    strategy: Strategy
    resource: str
    """The id of the specialist or of the configuration."""
    environment: str | None = None
    """Of a specialist: staging or production."""
    progress: float = 0.0
    """The share, 0 to 1, of those who meet the new version; of what went back, of those who met it."""


R = TypeVar("R", bound=Record)


def check_transition(before: Status | None, after: Status) -> None:
    """TransitionError unless a roll-out that stands so (None: there was none) may come to stand so."""
    allowed = BEGINNINGS if before is None else TRANSITIONS[before] | {before}
    if after not in allowed:
        raise TransitionError(before, after)


def moved(one: R, at: datetime, *notes: Note, status: Status | None = None, **changes: Any) -> R:  # noqa: ANN401
    """The record after something happened: the next revision, with what is to be told of it."""
    status = one.status if status is None else status
    if status is not one.status:
        check_transition(one.status, status)
        changes = {"completed_at": at if status in ENDED else None} | changes
    return replace(
        one,
        status=status,
        updated_at=at,
        revision=one.revision + 1,
        notes=(*one.notes, *notes)[-MAX_NOTES:],
        **changes,
    )

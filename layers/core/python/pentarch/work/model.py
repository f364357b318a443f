"""Queued work: a job, the shards that it is split into, and the states that a job may go through."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pentarch.identity.model import Caller, Kind


class JobState(StrEnum):
    SCHEDULED = "scheduled"
    """Its time has not come."""
    WAITING = "waiting"
    """For the jobs that it depends on."""
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return not TRANSITIONS[self]


TRANSITIONS: Mapping[JobState, frozenset[JobState]] = {
    JobState.SCHEDULED: frozenset({JobState.WAITING, JobState.QUEUED, JobState.FAILED, JobState.CANCELLED}),
    JobState.WAITING: frozenset({JobState.QUEUED, JobState.FAILED, JobState.CANCELLED}),
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.FAILED, JobState.CANCELLED}),
    JobState.RUNNING: frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED}),
    JobState.COMPLETED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}
"""What a state may become; a state that becomes nothing is an end."""


MAX_DEPENDENCIES = 20
"""They are written in the job's own transaction, and read together."""


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class LogLine:
    at: datetime
    level: str
    message: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Who a job or an execution works for: what is needed of the caller to make calls in its name later."""

    subject: str
    kind: Kind
    roles: tuple[str, ...]
    scopes: tuple[str, ...]

    @classmethod
    def of(cls, caller: Caller) -> "Owner":
        return cls(caller.subject, caller.kind, caller.roles, caller.scopes)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a job's inputs lie: in one object, or in everything below a prefix."""

    key: str
    is_prefix: bool


@dataclass(frozen=True, slots=True)
class Results:
    """The file of a job's results."""

    key: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Job:
    tenant: str
    id: str
    name: str
    type: str
    service: str
    parameters: Mapping[str, Any]
    priority: Priority
    state: JobState
    created_at: datetime
    owner: Owner
    source: Source
    correlation_id: str = ""
    total: int | None = None
    """Inputs; None until they have been counted."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    completed: int | None = None
    """Inputs with an answer; like `failed` only known here once the results are collected."""
    failed: int | None = None
    results: Results | None = None
    log: tuple[LogLine, ...] = ()
    scheduled_at: datetime | None = None
    """The job does not begin before."""
    depends_on: tuple[str, ...] = ()
    """The jobs that must be completed before."""
    retry_of: str | None = None
    """The job whose failed inputs this one tries again."""
    recurrence: str | None = None
    """The recurring job that made it."""
    target: str | None = None
    """What it began in another part of the stack."""
    reached: "Progress | None" = None
    """How far that was when it last told."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A run of a job's inputs that one worker takes at a time, in order: `resolved` of them have a result.

    Because of that order the counter is the checkpoint: who takes the shard over begins at input `first + resolved`.
    """

    tenant: str
    job_id: str
    number: int
    first: int
    count: int
    manifest: str
    """The key of the object that says where its inputs lie."""
    resolved: int = 0
    failed: int = 0
    worked_ms: int = 0
    """How long workers were at the inputs that have a result."""
    done: bool = False
    part_size: int | None = None
    """Bytes of the object of all its results; None until it is done."""
    lease_owner: str | None = None
    leased_until: datetime | None = None
    tries: int = 0
    """How often the shard was taken since the last input that got a result."""
    resolved_when_taken: int = 0

    def is_leased(self, at: datetime) -> bool:
        return self.lease_owner is not None and self.leased_until is not None and at < self.leased_until

    @property
    def next_try(self) -> int:
        """The number of the try that taking it now would be."""
        return 1 if self.resolved > self.resolved_when_taken else self.tries + 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is; `failed` inputs are resolved too."""

    resolved: int = 0
    failed: int = 0
    total: int = 0
    worked_s: float = 0.0
    """The time of all workers together that went into it."""
    leased_until: datetime | None = None
    """When the last lease of a shard ends."""

    @property
    def percentage(self) -> float:
        return round(100 * self.resolved / self.total, 1) if self.total else 0.0

"""A roll-out: what is to run instead of what, how far it has come, and what happened on the way."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    QUEUED = "queued"
    DEPLOYING = "deploying"
    COMPLETED = "completed"
    FAILED = "failed"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"


ENDED = frozenset({Status.COMPLETED, Status.FAILED, Status.ROLLED_BACK})


class Kind(StrEnum):
    DEPLOY = "deploy"
    UPDATE = "update"
    RESTART = "restart"
    ROLLBACK = "rollback"


class Strategy(StrEnum):
    ROLLING_UPDATE = "rolling_update"
    BLUE_GREEN = "blue_green"
    CANARY = "canary"


class Level(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Note:
    """What happened, as the deployment's `events` tell it."""

    at: datetime
    message: str
    level: Level = Level.INFO


@dataclass(frozen=True, slots=True)
class Change:
    """In what the new versions differ from those that run. All empty: fresh environments, and nothing else."""

    release: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    memory_mb: int | None = None
    removed: tuple[str, ...] = ()
    """Variables that an earlier deployment gave and that shall be there no more."""

    @property
    def is_configuration(self) -> bool:
        return bool(self.environment or self.removed) or self.memory_mb is not None


@dataclass(frozen=True, slots=True)
class Part:
    """One function of a roll-out. `old` and `new` are versions as Lambda numbers them."""

    physical: str
    old: str
    new: str | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    id: str
    kind: Kind
    service: str
    """A service of `services`, or STACK."""
    version: str
    strategy: Strategy
    tenant: str
    """Whose administrator asked for it."""
    actor: str
    created_at: datetime
    updated_at: datetime
    change: Change = Change()
    bake_s: int = 0
    graceful: bool = True
    correlation_id: str = ""
    status: Status = Status.QUEUED
    position: int = 0
    """How many steps of the plan are done."""
    batches: tuple[tuple[str, ...], ...] = ()
    """Functions by their logical ids, in the order of their turns."""
    parts: dict[str, Part] = field(default_factory=dict)
    layers: dict[str, str] = field(default_factory=dict)
    """What was published of a release's layers."""
    previous_version: str | None = None
    alarms_before: tuple[str, ...] = ()
    """Alarms that were off already: the roll-out is not to blame for them."""
    undoes: str | None = None
    """The deployment that a roll-back is of."""
    stop: bool = False
    """Somebody asked for it to go back."""
    failure: str | None = None
    completed_at: datetime | None = None
    notes: tuple[Note, ...] = ()
    revision: int = 0

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    @property
    def functions(self) -> tuple[str, ...]:
        return tuple(name for batch in self.batches for name in batch)

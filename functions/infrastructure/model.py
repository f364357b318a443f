"""A roll-out of the stack's services: what its record says beyond what all roll-outs' records do."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from infrastructure import services
from pentarch.platform import clock
from pentarch.rollouts.model import ENDED, Action, Level, Note, Record, Status

__all__ = ["ENDED", "Action", "Change", "Level", "Note", "Part", "Rollout", "Status", "Strategy", "note"]


class Strategy(StrEnum):
    ROLLING_UPDATE = "rolling_update"
    BLUE_GREEN = "blue_green"
    CANARY = "canary"


@dataclass(frozen=True, slots=True)
class Change:
    """In what the new versions differ from those that run. All empty: fresh environments, and nothing else."""

    release: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    memory_mb: int | None = None
    cpu_units: int | None = None
    """Of the tasks of an ECS service; 1,024 are a vCPU. Functions have CPU by their memory."""
    container: str | None = None
    """Of an ECS service's tasks: the one whose image and variables change."""
    removed: tuple[str, ...] = ()
    """Variables that an earlier deployment gave and that shall be there no more."""

    @property
    def is_configuration(self) -> bool:
        return bool(self.environment or self.removed) or (self.memory_mb, self.cpu_units) != (None, None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a deployment asks for beside a version, in the caller's words."""

    environment: dict[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    memory: str | None = None
    cpu: str | None = None
    container: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One function of a roll-out, or one ECS service.

    `old` and `new` are versions as Lambda numbers them, or task definitions' ARNs.
    """

    physical: str
    old: str
    new: str | None = None
    kept: dict[str, Any] = field(default_factory=dict)
    """What the target has to remember of it between the steps."""

    @property
    def made(self) -> str:
        """The new version, once it is there."""
        if self.new is None:
            msg = f"{self.physical} has no new version yet"
            raise RuntimeError(msg)
        return self.new


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout(Record):
    action: Action
    strategy: Strategy
    service: str
    """A service of `services`, or STACK; an ECS service by its name."""
    place: str = ""
    """An ECS service's ARN; empty for functions of the stack."""
    change: Change = Change()
    bake_s: int = 0
    graceful: bool = True
    correlation_id: str = ""
    position: int = 0
    """How many steps of the plan are done."""
    moved_at: datetime | None = None
    """When the last of them was, or when the way back began."""
    batches: tuple[tuple[str, ...], ...] = ()
    """Functions by their logical ids, in the order of their turns."""
    parts: dict[str, Part] = field(default_factory=dict)
    layers: dict[str, str] = field(default_factory=dict)
    """What was published of a release's layers."""
    alarms_before: tuple[str, ...] = ()
    """Alarms that were off already: the roll-out is not to blame for them."""
    stop: bool = False
    """Somebody asked for it to go back."""

    @property
    def standing(self) -> Status:
        """What has to go back is on its way back, whether a step has seen to it yet or not."""
        return Status.ROLLING_BACK if not self.has_ended and (self.stop or self.failure) else self.status

    @property
    def still_since(self) -> datetime:
        """When the step that is due became due."""
        return self.moved_at or self.created_at

    @property
    def covers(self) -> tuple[str, ...]:
        """What it changes, and nobody else may change meanwhile."""
        return (self.place,) if self.place else services.covered(self.service)

    @property
    def functions(self) -> tuple[str, ...]:
        return tuple(name for batch in self.batches for name in batch)


def note(message: str, level: Level = Level.INFO) -> Note:
    """What happens now."""
    return Note(clock.now(), message, level)

"""A roll-out of the stack's services: what its record says beyond what all roll-outs' records do."""

from dataclasses import dataclass, field
from enum import StrEnum

from pentarch.rollouts.model import ENDED, Level, Note, Record, Status

__all__ = ["ENDED", "Change", "Kind", "Level", "Note", "Part", "Rollout", "Status", "Strategy"]


class Kind(StrEnum):
    DEPLOY = "deploy"
    UPDATE = "update"
    RESTART = "restart"
    ROLLBACK = "rollback"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout(Record):
    kind: Kind
    strategy: Strategy
    service: str
    """A service of `services`, or STACK."""
    change: Change = Change()
    bake_s: int = 0
    graceful: bool = True
    correlation_id: str = ""
    position: int = 0
    """How many steps of the plan are done."""
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
    def functions(self) -> tuple[str, ...]:
        return tuple(name for batch in self.batches for name in batch)

"""Bringing the stack to a desired state: what differs, the steps that change it, and how far they are."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from infrastructure.model import Change, Strategy
from infrastructure.scaling.model import Mode

FINGERPRINT = 12


class Act(StrEnum):
    ROLL_OUT = "roll_out"
    SCALE = "scale"


class Progress(StrEnum):
    """Of a whole synchronisation."""

    APPLYING = "applying"
    COMPLETED = "completed"
    FAILED = "failed"


class StepProgress(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    """A step before it failed."""


@dataclass(frozen=True, slots=True)
class Difference:
    path: str
    """In the document: `services.ai-gateway.replicas`."""
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class RollOut:
    """One service gets a version, a configuration or both."""

    service: str
    version: str
    strategy: Strategy
    change: Change
    place: str = ""
    """An ECS service's ARN; empty for a service of the stack."""


@dataclass(frozen=True, slots=True)
class Scale:
    service: str
    """A service's name, or a resource's id."""
    replicas: int
    mode: Mode


@dataclass(frozen=True, slots=True)
class Planned:
    """One operation, and the differences that it makes go away."""

    wanted: RollOut | Scale
    differences: tuple[Difference, ...]

    @property
    def act(self) -> Act:
        return Act.ROLL_OUT if isinstance(self.wanted, RollOut) else Act.SCALE


@dataclass(frozen=True, slots=True)
class Step:
    id: str
    """Of the operation too, so that it is begun once."""
    planned: Planned
    progress: StepProgress = StepProgress.WAITING
    reason: str | None = None

    @property
    def has_ended(self) -> bool:
        return self.progress in (StepProgress.COMPLETED, StepProgress.FAILED, StepProgress.SKIPPED)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the document was, and which one it was."""

    place: str
    revision: str
    """The commit, or the object's version or ETag."""
    sha256: str


def fingerprint(value: str | None) -> str | None:
    """Enough to see that a value differs from another."""
    return None if value is None else f"sha256:{hashlib.sha256(value.encode()).hexdigest()[:FINGERPRINT]}"


@dataclass(frozen=True, slots=True)
class Sync:
    id: str
    source: Source
    steps: tuple[Step, ...]
    tenant: str
    actor: str
    created_at: datetime
    updated_at: datetime
    correlation_id: str = ""
    progress: Progress = Progress.APPLYING
    reason: str | None = None
    revision: int = 0

    @property
    def has_ended(self) -> bool:
        return self.progress is not Progress.APPLYING

"""The states of specialists and of their trainings, and what each may become: pure rules."""

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"


STATUS_TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.ACTIVE, Status.ARCHIVED}),
    Status.ACTIVE: frozenset({Status.ARCHIVED}),
    Status.ARCHIVED: frozenset(),
}


class TrainingState(StrEnum):
    QUEUED = "queued"
    VALIDATING = "validating"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return not TRAINING_TRANSITIONS[self]

    @property
    def works(self) -> bool:
        """Whether a worker may be at it."""
        return self in (TrainingState.VALIDATING, TrainingState.RUNNING)

    @property
    def shown(self) -> str:
        """The state as the reference words it: looking at the dataset is a part of running."""
        return TrainingState.RUNNING if self is TrainingState.VALIDATING else self


_LEAVING = frozenset({TrainingState.PAUSED, TrainingState.FAILED, TrainingState.CANCELLED})

TRAINING_TRANSITIONS: Mapping[TrainingState, frozenset[TrainingState]] = {
    TrainingState.QUEUED: frozenset({TrainingState.VALIDATING, TrainingState.RUNNING}) | _LEAVING,
    TrainingState.VALIDATING: frozenset({TrainingState.RUNNING}) | _LEAVING,
    TrainingState.RUNNING: frozenset({TrainingState.COMPLETED}) | _LEAVING,
    TrainingState.PAUSED: frozenset({TrainingState.QUEUED, TrainingState.FAILED, TrainingState.CANCELLED}),
    TrainingState.COMPLETED: frozenset(),
    TrainingState.FAILED: frozenset(),
    TrainingState.CANCELLED: frozenset(),
}
"""What is resumed is queued first, and runs at once if its dataset was looked at before."""


PARTS_TOLD = 20
"""Events of a training's progress, at most."""


def is_told(epoch: int, total: int) -> bool:
    """Whether an event tells that this epoch is done; the end has one of its own."""
    return epoch < total and epoch * PARTS_TOLD // total > (epoch - 1) * PARTS_TOLD // total


class DeploymentState(StrEnum):
    DEPLOYING = "deploying"
    DEPLOYED = "deployed"
    ROLLED_BACK = "rolled_back"
    FAILED = "failed"


class Environment(StrEnum):
    STAGING = "staging"
    PRODUCTION = "production"

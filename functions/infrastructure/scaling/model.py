"""An operation that changes how much of something runs, and follows what really runs until it is so."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Progress(StrEnum):
    SCALING = "scaling"
    COMPLETED = "completed"
    FAILED = "failed"


class Mode(StrEnum):
    """Of a Lambda function: environments that are kept ready, or the most that there may be at once."""

    PROVISIONED = "provisioned"
    RESERVED = "reserved"


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    service: str
    """As it was asked for: a service, or a resource's id."""
    targets: tuple[str, ...]
    """Ids of resources."""
    wanted: int
    before: int
    mode: Mode
    tenant: str
    actor: str
    created_at: datetime
    deadline: datetime
    updated_at: datetime
    correlation_id: str = ""
    environment: str | None = None
    progress: Progress = Progress.SCALING
    applied: bool = False
    """Whether AWS was asked; until then it is asked again, which changes nothing twice."""
    reason: str | None = None
    revision: int = 0

    @property
    def has_ended(self) -> bool:
        return self.progress is not Progress.SCALING

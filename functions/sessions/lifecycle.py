"""The states of a session, and what each may become: pure rules."""

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    CREATED = "created"
    RUNNING = "running"
    """From the moment when it is queued."""
    PENDING_APPROVAL = "pending_approval"
    COMPLETED = "completed"
    """Its artifacts are in the workspace, or there was nothing to change there."""
    REJECTED = "rejected"
    FAILED = "failed"
    EXPIRED = "expired"
    """Nobody approved in time."""


TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    Status.CREATED: frozenset({Status.RUNNING}),
    Status.RUNNING: frozenset({Status.PENDING_APPROVAL, Status.COMPLETED, Status.FAILED}),
    Status.PENDING_APPROVAL: frozenset({Status.COMPLETED, Status.REJECTED, Status.EXPIRED, Status.RUNNING}),
    Status.REJECTED: frozenset({Status.RUNNING}),
    Status.EXPIRED: frozenset({Status.RUNNING}),
    Status.FAILED: frozenset({Status.RUNNING}),
    Status.COMPLETED: frozenset(),
}

REVISABLE = frozenset({Status.PENDING_APPROVAL, Status.REJECTED, Status.EXPIRED})
RUNNABLE = frozenset({Status.CREATED, Status.FAILED})
"""What a run may name."""


def may_become(before: Status, after: Status) -> bool:
    return before is after or after in TRANSITIONS[before]

"""Workflows and executions as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from pentarch.work.model import Owner
from workflows.definition import Definition, Failure
from workflows.planner import Phase, StepState

JsonObject = Mapping[str, Any]


class State(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return not TRANSITIONS[self]


TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.RUNNING, State.FAILED, State.CANCELLED}),
    State.RUNNING: frozenset({State.COMPLETED, State.FAILED, State.CANCELLED}),
    State.COMPLETED: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}
"""What a state may become; a state that becomes nothing is an end."""


class Status(StrEnum):
    """Of a workflow; executions of an inactive one are refused."""

    ACTIVE = "active"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class Workflow:
    tenant: str
    id: str
    name: str
    description: str
    status: Status
    version: str
    """What its maker calls the version."""
    revision: int
    """Counts the changes; every revision is kept."""
    body: JsonObject
    """The definition as it was sent, with the steps' ids and order."""
    tags: tuple[str, ...]
    created_at: datetime
    created_by: str
    updated_at: datetime

    @property
    def definition(self) -> Definition:
        return Definition.model_validate(self.body)


@dataclass(frozen=True, slots=True)
class Spent:
    tokens: int = 0
    cost_nano_usd: int = 0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.tokens + other.tokens, self.cost_nano_usd + other.cost_nano_usd)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why something failed."""

    kind: Failure
    message: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """Where a step of an execution stands. A step without a row is pending."""

    id: str
    state: StepState
    revision: int = 0
    """Counts the writes: each is conditional on the one before."""
    attempt: int = 0
    tries: int = 0
    """How many workers took the present attempt: more than one when some ended without a result."""
    holder: str | None = None
    due_at: datetime | None = None
    """When something has to have happened at the latest: the lease's end, the next attempt, the decision."""
    lives: int = 0
    """How often the sweep had to start it again."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    spent: Spent = Spent()
    wrong: Wrong | None = None
    reason: str | None = None
    """Why it was left out."""
    result_of: str | None = None
    """The execution whose result it has: another one's where that was run again from a later step."""
    items: int | None = None
    """Of a step over a list: how many it has."""
    lanes: int | None = None
    """And how many are worked on at once."""


@dataclass(frozen=True, slots=True)
class Execution:
    tenant: str
    id: str
    state: State
    created_at: datetime
    deadline: datetime
    watch_at: datetime
    """When the sweep looks at it next."""
    owner: Owner
    workflow_id: str | None = None
    """None: an agent's execution."""
    workflow_name: str | None = None
    version: str | None = None
    workflow_revision: int | None = None
    agent_id: str | None = None
    revision: int = 0
    phase: Phase = Phase.NORMAL
    total_steps: int = 1
    steps_completed: int = 0
    steps_failed: int = 0
    steps_skipped: int = 0
    spent: Spent = Spent()
    user_id: str | None = None
    """Whom the caller's context named."""
    correlation_id: str = ""
    rerun_of: str | None = None
    estimate_s: float | None = None
    """Seconds that it should take, from past runs; None when none was measured."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    wrong: Wrong | None = None
    numbers: str | None = None
    """The numbers and truths of the final result, as JSON: what a list shows of it."""

    @property
    def subject_of_lists(self) -> str:
        """What its list is named after, beside the list of all."""
        return f"w:{self.workflow_id}" if self.workflow_id is not None else f"a:{self.agent_id}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An execution as it was read, whole."""

    execution: Execution
    definition: Definition
    rows: Mapping[str, StepRow]

    def row(self, step_id: str) -> StepRow:
        return self.rows.get(step_id) or StepRow(step_id, StepState.PENDING)

    @property
    def states(self) -> dict[str, StepState]:
        return {key: row.state for key, row in self.rows.items()}

    @property
    def completed(self) -> tuple[str, ...]:
        """The completed steps, in the order of their ends."""
        ended = [row for row in self.rows.values() if row.state is StepState.COMPLETED and row.ended_at is not None]
        return tuple(row.id for row in sorted(ended, key=lambda row: (row.ended_at, row.id)))

    def with_row(self, row: StepRow) -> "Snapshot":
        return replace(self, rows={**self.rows, row.id: row})


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One of the lanes that a step over a list is worked on in: it has every `lanes`-th item, in order."""

    number: int
    revision: int = 0
    resolved: int = 0
    failed: int = 0
    attempt: int = 1
    """Of the item that comes next."""
    tries: int = 0
    holder: str | None = None
    due_at: datetime | None = None
    lives: int = 0
    done: bool = False
    spent: Spent = Spent()

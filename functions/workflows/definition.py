"""What a workflow says: its steps, what they need, and what happens when one fails."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints

MAX_STEPS = 75
"""All of a parallel workflow's steps begin in one transaction, which takes 100 writes."""
MAX_STEP_S = 840
"""A step's work is one invocation of 15 minutes, with a minute for what is around it."""
MAX_WAIT_S = 365 * 86_400
DEFAULT_STEP_S = 300
DEFAULT_APPROVAL_S = 7 * 86_400
DEFAULT_EXECUTION_S = 86_400
MAX_LANES = 40
"""Of a step over a list: how many of its items may be worked on at once."""
DEFAULT_LANES = 10
MAX_RETRIES = 10
MAX_TEXT = 2000
MAX_DEPTH = 50
"""Of JSON that callers send: what takes it apart calls itself for each level."""

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Path = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]
Count = Annotated[int, Field(strict=True, ge=1)]
Seconds = Annotated[int, Field(strict=True, ge=1, le=MAX_WAIT_S)]
JsonObject = Mapping[str, Any]


def _shallow(given: dict[str, Any]) -> dict[str, Any]:
    level: list[Any] = [given]
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for one in level:
            inner.extend(one.values() if isinstance(one, dict) else one)
        level = [one for one in inner if isinstance(one, dict | list)]
        if not level:
            return given
    msg = f"it is nested more than {MAX_DEPTH} levels deep"
    raise ValueError(msg)


Object = Annotated[dict[str, Any], AfterValidator(_shallow)]
"""A JSON object of a caller's."""


class WorkflowType(StrEnum):
    SEQUENTIAL = "sequential"
    PARALLEL = "parallel"
    CONDITIONAL = "conditional"
    """In order, as sequential; each step may have a condition, and without it holding is left out."""
    DAG = "dag"
    """By `depends_on`."""


class StepType(StrEnum):
    AGENT = "agent"
    TOOL = "tool"
    TRANSFORM = "transform"
    """What its input mapping makes is its output: no call, no cost."""
    APPROVAL = "approval"
    """Waits until somebody approves or rejects."""


class Strategy(StrEnum):
    FAIL_FAST = "fail_fast"
    CONTINUE = "continue"
    """What does not need the failed step goes on."""
    RETRY_WITH_BACKOFF = "retry_with_backoff"
    """Every step is tried again, if it has no policy of its own; then as fail_fast."""
    COMPENSATE = "compensate"
    """What has completed is compensated for, the latest first."""


class Failure(StrEnum):
    """What kinds of failure a step can have, as `retry_on` names them."""

    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    UPSTREAM_FAILED = "upstream_failed"
    UPSTREAM_TIMEOUT = "upstream_timeout"
    LOST = "lost"
    """Each worker that took the step ended without a result."""
    INTERNAL = "internal"
    TOOL_FAILED = "tool_failed"
    INVALID = "invalid"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    POLICY_REFUSED = "policy_refused"
    QUOTA_EXCEEDED = "quota_exceeded"
    REJECTED = "rejected"
    EXPIRED = "expired"
    """Nobody approved or rejected in time."""


PASSING = (
    Failure.TIMEOUT,
    Failure.RATE_LIMITED,
    Failure.UNAVAILABLE,
    Failure.UPSTREAM_FAILED,
    Failure.UPSTREAM_TIMEOUT,
    Failure.CONFLICT,
    Failure.INTERNAL,
)
"""Failures that may be gone at the next try: what is tried again unless `retry_on` says otherwise."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RetryPolicy(_Part):
    max_retries: Annotated[int, Field(strict=True, ge=0, le=MAX_RETRIES)] = 3
    backoff_multiplier: Annotated[float, Field(ge=1, le=10)] = 2
    initial_delay: Annotated[float, Field(ge=0, le=3600)] = 1
    """Seconds before the first retry."""
    max_delay: Annotated[float, Field(ge=1, le=86_400)] = 300
    jitter: StrictBool = True
    retry_on: tuple[Failure, ...] = PASSING


class ApprovalRule(_Part):
    roles: tuple[Name, ...] = ()
    """Whoever has one of them may decide; empty: whoever may write workflows."""
    by_starter: StrictBool = True
    """Whether the one who started the execution may decide too."""


class Step(_Part):
    id: Id | None = None
    name: Name
    type: StepType = StepType.AGENT
    order: Count | None = None
    agent_id: Id | None = None
    agent_type: Name | None = None
    tool_id: Id | None = None
    depends_on: tuple[Id, ...] = ()
    condition: Path | None = None
    input_mapping: Annotated[Object, Field(max_length=100)] = Field(default_factory=dict)
    output_mapping: Annotated[dict[str, Path], Field(max_length=100)] = Field(default_factory=dict)
    timeout: Seconds | None = None
    retry_policy: RetryPolicy | None = None
    for_each: Path | None = None
    max_concurrency: Annotated[int, Field(strict=True, ge=1, le=MAX_LANES)] = DEFAULT_LANES
    compensates: Id | None = None
    approval: ApprovalRule | None = None

    @property
    def key(self) -> str:
        """The id, which a normalised step has."""
        if self.id is None:
            msg = "the step has no id yet"
            raise ValueError(msg)
        return self.id

    @property
    def timeout_s(self) -> int:
        if self.timeout is not None:
            return self.timeout
        return DEFAULT_APPROVAL_S if self.type is StepType.APPROVAL else DEFAULT_STEP_S


class ErrorHandling(_Part):
    strategy: Strategy = Strategy.FAIL_FAST
    max_retries: Annotated[int, Field(strict=True, ge=0, le=MAX_RETRIES)] = 3
    backoff_multiplier: Annotated[float, Field(ge=1, le=10)] = 2


class Monitoring(_Part):
    telemetry_enabled: StrictBool = True
    trace_sampling: Annotated[float, Field(ge=0, le=1)] = 1.0


def _counted(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    if not 1 <= len(steps) <= MAX_STEPS:
        msg = f"a workflow has 1 to {MAX_STEPS} steps"
        raise ValueError(msg)
    return steps


Steps = Annotated[tuple[Step, ...], AfterValidator(_counted)]


class Definition(_Part):
    """What an execution runs. Normalised: steps are in order, and each has an id and an order."""

    type: WorkflowType = WorkflowType.SEQUENTIAL
    steps: Steps
    error_handling: ErrorHandling = ErrorHandling()
    timeout: Seconds | None = None

    @property
    def main(self) -> tuple[Step, ...]:
        """The steps of the normal course, without those that compensate."""
        return tuple(step for step in self.steps if step.compensates is None)

    def step(self, step_id: str) -> Step:
        return next(step for step in self.steps if step.id == step_id)

    @property
    def timeout_s(self) -> int:
        """Seconds that an execution may take; people's time to decide comes on top of the default."""
        if self.timeout is not None:
            return self.timeout
        waits = sum(step.timeout_s for step in self.steps if step.type is StepType.APPROVAL)
        return min(MAX_WAIT_S, DEFAULT_EXECUTION_S + waits)

    def policy_of(self, step: Step) -> RetryPolicy | None:
        """How a step is tried again: by its own policy, or by that of all."""
        if step.retry_policy is not None:
            return step.retry_policy
        handling = self.error_handling
        if handling.strategy is not Strategy.RETRY_WITH_BACKOFF:
            return None
        return RetryPolicy(max_retries=handling.max_retries, backoff_multiplier=handling.backoff_multiplier)


def normalised(definition: Definition) -> Definition:
    """Steps in their order, those without an id named by it: step-1, step-2."""
    placed = sorted(enumerate(definition.steps, start=1), key=lambda pair: (pair[1].order or pair[0], pair[0]))
    steps = []
    for rank, (_, step) in enumerate(placed, start=1):
        given = {"id": step.id or f"step-{rank}", "order": step.order or rank}
        steps.append(step.model_copy(update=given))
    return definition.model_copy(update={"steps": tuple(steps)})


def predecessors(definition: Definition) -> dict[str, tuple[str, ...]]:
    """By each step of the normal course, the steps that have to end before it begins."""
    main = definition.main
    match definition.type:
        case WorkflowType.DAG:
            return {step.key: step.depends_on for step in main}
        case WorkflowType.PARALLEL:
            return {step.key: () for step in main}
        case _:
            keys = [step.key for step in main]
            return {key: tuple(keys[max(0, place - 1) : place]) for place, key in enumerate(keys)}


def ancestors(definition: Definition) -> dict[str, frozenset[str]]:
    """By each step all steps that end before it begins. The order must have no cycle."""
    direct = predecessors(definition)
    known: dict[str, frozenset[str]] = {}

    def of(key: str) -> frozenset[str]:
        if key not in known:
            known[key] = frozenset(direct[key]).union(*(of(one) for one in direct[key]))
        return known[key]

    return {key: of(key) for key in direct}


def longest_s(definition: Definition) -> int:
    """Seconds that an execution takes at most when every step takes all of its time and none is tried again."""
    direct = predecessors(definition)
    ends: dict[str, int] = {}
    rest = {step.key: step for step in definition.main}
    while rest:
        free = [key for key in rest if all(one in ends for one in direct[key])]
        if not free:
            break
        for key in free:
            ends[key] = rest.pop(key).timeout_s + max((ends[one] for one in direct[key]), default=0)
    return min(definition.timeout_s, max(ends.values(), default=0))

"""What is due in an execution: pure rules over the definition and the steps' states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workflows import mapping
from workflows.definition import Definition, Step, Strategy, WorkflowType, predecessors


class StepState(StrEnum):
    PENDING = "pending"
    READY = "ready"
    """Its turn has come, and no worker has begun."""
    RUNNING = "running"
    WAITING = "waiting"
    """For a decision, or for the next attempt."""
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def ended(self) -> bool:
        return self in _ENDED


_ENDED = frozenset({StepState.COMPLETED, StepState.FAILED, StepState.SKIPPED})


class Outcome(StrEnum):
    COMPLETED = "completed"
    FAILED = "failed"


class Phase(StrEnum):
    NORMAL = "normal"
    COMPENSATING = "compensating"
    """A step has failed: nothing of the normal course begins any more, and what was done is being undone."""


@dataclass(frozen=True, slots=True)
class Plan:
    ready: tuple[str, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)
    """By the steps that are left out, why."""
    outcome: Outcome | None = None
    """None: the execution goes on."""
    phase: Phase = Phase.NORMAL


def plan(definition: Definition, states: Mapping[str, StepState], completed: tuple[str, ...] = ()) -> Plan:
    """What is due now. Steps without a state are pending; `completed` are those that have, in the order of their ends.

    The same for the same states, so it may be asked again at any time.
    """
    now = {step.key: states.get(step.key, StepState.PENDING) for step in definition.steps}
    main = {step.key for step in definition.main}
    strategy = definition.error_handling.strategy
    if strategy is not Strategy.CONTINUE and any(now[key] is StepState.FAILED for key in main):
        return (
            _compensation(definition, now, completed)
            if strategy is Strategy.COMPENSATE
            else Plan((), {}, Outcome.FAILED)
        )
    skipped: dict[str, str] = {}
    ready: list[str] = []
    before = predecessors(definition)
    progress = True
    while progress:
        progress = False
        for step in definition.main:
            key = step.key
            if now[key] is not StepState.PENDING or not all(now[one].ended for one in before[key]):
                continue
            reason = _reason_to_skip(definition, step, before[key], now)
            now[key] = StepState.READY if reason is None else StepState.SKIPPED
            if reason is None:
                ready.append(key)
            else:
                skipped[key] = reason
            progress = True
    if not all(now[key].ended for key in main):
        return Plan(tuple(ready), skipped)
    failed = any(now[key] is StepState.FAILED for key in main)
    some = any(now[key] is StepState.COMPLETED for key in main)
    return Plan((), skipped, Outcome.FAILED if failed and not some else Outcome.COMPLETED)


def _reason_to_skip(
    definition: Definition, step: Step, before: tuple[str, ...], now: Mapping[str, StepState]
) -> str | None:
    is_dag = definition.type is WorkflowType.DAG
    failed = [one for one in before if now[one] is StepState.FAILED] if is_dag else []
    failed += [one for one in reads(step) if now.get(one) is StepState.FAILED and one not in failed]
    if failed:
        return f"{', '.join(failed)} failed"
    if is_dag and before and all(now[one] is StepState.SKIPPED for one in before):
        return f"{', '.join(before)} left out"
    return None


def _compensation(definition: Definition, now: Mapping[str, StepState], completed: tuple[str, ...]) -> Plan:
    """What has not begun never begins; what runs is waited for, and then what completed is undone, the latest first."""
    main = {step.key for step in definition.main}
    skipped = {
        key: "another step failed"
        for key in main
        if now[key] in (StepState.PENDING, StepState.READY, StepState.WAITING)
    }
    if any(now[key] is StepState.RUNNING for key in main):
        return Plan((), skipped, None, Phase.COMPENSATING)
    undoing = {step.compensates: step.key for step in definition.steps if step.compensates is not None}
    for one in reversed(completed):
        key = undoing.get(one)
        if key is None or now[key].ended:
            continue
        ready = (key,) if now[key] is StepState.PENDING else ()
        return Plan(ready, skipped, None, Phase.COMPENSATING)
    return Plan((), skipped, Outcome.FAILED, Phase.COMPENSATING)


def reads(step: Step) -> tuple[str, ...]:
    """The steps whose results a step's mappings and condition read."""
    paths = list(mapping.paths_in(step.input_mapping))
    if step.for_each is not None:
        paths.append(step.for_each)
    found = {root.step for path in paths for root in mapping.roots(path)}
    if step.condition is not None:
        found |= {root.step for root in mapping.roots_of_condition(step.condition)}
    return tuple(sorted(one for one in found if one is not None))


def last_steps(definition: Definition) -> tuple[str, ...]:
    """The steps that nothing comes after: what they leave is what the execution leaves."""
    before = predecessors(definition)
    followed = {one for keys in before.values() for one in keys}
    return tuple(key for key in before if key not in followed)

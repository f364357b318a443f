"""One round of the state machine: take a step, do it, write what came of it, and go on with what that made ready.

A round may come twice, late, or after another one died: it reads where the step stands and takes it by a conditional
write, so of several one works. Whatever a step does carries the id of its attempt, which is the same for every worker
that takes the attempt. The one that ends a step plans onward in the same transaction: it carries the first of the
steps that became ready itself, and begins a run of the state machine for each of the others, so branches are as
parallel as the workflow is, and none waits for one that it does not need.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pentarch.platform import clock
from pentarch.platform.observability import logger
from workflows import (
    acting,
    course,
    facts,
    gathering,
    ids,
    journals,
    machine,
    mapping,
    retrying,
    settling,
    store,
    texts,
)
from workflows.acting import Done, Task
from workflows.definition import Failure, Step, StepType
from workflows.errors import MovedError, StoppedError
from workflows.gathering import Given
from workflows.model import Snapshot, Spent, StepRow, Wrong
from workflows.planner import StepState
from workflows.rounds import DONE, RUN, WAIT, Round
from workflows.table import TextItem, result_key

MAX_TRIES = 3
"""Workers that may die of one attempt before it counts as failed."""
MAX_ROUNDS = 1500
"""Of one run of the state machine, whose history Step Functions bounds by 25,000 events; a round with a pause has 9."""
_AROUND_S = 15
"""What the work of a round leaves of its invocation for reading before and writing after it."""
_LOOK_S = 2.0
"""How often a step that is under way looks whether its execution still is."""


def take(this: Round) -> dict[str, Any]:  # noqa: PLR0911 (a table of states)
    """Do what is due of a step, and say what the state machine does next."""
    found = store.snapshot(this.tenant, this.execution)
    if found is None or found.execution.state.ended:
        return this.told(DONE)
    if this.rounds >= MAX_ROUNDS:
        machine.begin(found.execution, this.step, life=this.life, lane=this.lane, turn=this.turn + 1)
        return this.told(DONE)
    at = clock.now()
    if course.is_over(found.execution, at):
        return _expire(this)
    if this.lane is not None:
        from workflows import items

        return items.take(this, found, this.lane)
    row = found.row(this.step)
    match row.state:
        case StepState.READY:
            return _claim(this, found, at)
        case StepState.RUNNING if row.lanes is not None:
            from workflows import items

            return items.begin(this, found, row)
        case StepState.RUNNING:
            return _take_over(this, found, row, at)
        case StepState.WAITING if found.definition.step(this.step).type is not StepType.APPROVAL:
            seconds = _seconds_until(row.due_at, at)
            return this.told(WAIT, seconds=seconds) if seconds > 0 else _claim(this, found, at)
        case StepState.PENDING | StepState.WAITING:
            return this.told(DONE)
    # It has ended, and whoever ended it may have died before it went on.
    return go_on(this, found, (key for key, one in found.rows.items() if one.state is StepState.READY))


def _take_over(this: Round, found: Snapshot, row: StepRow, at: datetime) -> dict[str, Any]:
    """A worker has the step, or had it when it died."""
    if not this.may_take_over(row.holder, row.due_at, at):
        return this.told(WAIT, seconds=_seconds_until(row.due_at, at))
    if row.tries >= MAX_TRIES:
        wrong = Wrong(Failure.LOST, f"{MAX_TRIES} workers took the step and ended without a result")
        taken = _claimed(this, found, at)
        return this.told(WAIT, seconds=1) if taken is None else _failed(this, taken, wrong, Spent(), None)
    return _claim(this, found, at)


def _claim(this: Round, found: Snapshot, at: datetime) -> dict[str, Any]:
    taken = _claimed(this, found, at)
    if taken is None:
        return this.told(RUN)  # somebody else was faster: look again
    return _begin(this, taken)


def _claimed(this: Round, found: Snapshot, at: datetime) -> Snapshot | None:
    """The execution with the step in this worker's hands; None when somebody else was faster."""
    step = found.definition.step(this.step)
    until = at + timedelta(seconds=min(this.remaining_s(), step.timeout_s + 2 * _AROUND_S))
    taken = course.claimed(found, this.step, this.holder, until, at)
    try:
        store.commit(found, taken, facts.of_change(found, taken, at))
    except MovedError:
        return None
    return taken


def _begin(this: Round, taken: Snapshot) -> dict[str, Any]:
    step = taken.definition.step(this.step)
    journal = journals.Journal(this.tenant, this.execution, this.step)
    row = taken.row(this.step)
    if row.tries > 1:
        journal.warning(f"Taking over step: {step.name}", attempt=row.attempt, tries=row.tries)
    else:
        journal.info(f"Starting step: {step.name}", attempt=row.attempt)
    given = gathering.gather(taken, step, clock.now())
    try:
        if step.condition is not None and row.attempt == 1 and not mapping.holds(step.condition, given.data):
            journal.info(f"Step left out: {step.name}", condition=step.condition)
            return settled(
                this, journal, lambda now, at: course.left_out(now, this.step, "its condition does not hold", at)
            )
        if step.type is StepType.APPROVAL:
            return _ask(this, step, journal)
        if step.for_each is not None:
            from workflows import items

            return items.spread(this, taken, given, journal)
        return _perform(this, taken, given, journal)
    except StoppedError:
        journal.flush()
        return this.told(DONE)
    except Exception as error:
        if acting.is_outage(error):
            raise  # the state machine tries again, and takes this attempt over
        wrong = acting.wrong_of(error)
        if wrong.kind is Failure.INTERNAL:
            logger().exception("a step failed unexpectedly", execution=this.execution, step=this.step)
        return _failed(this, taken, wrong, this.spent, journal, retry_after=getattr(error, "retry_after", None))


def _perform(this: Round, taken: Snapshot, given: Given, journal: journals.Journal) -> dict[str, Any]:
    step = taken.definition.step(this.step)
    attempt_id = ids.attempt_id(this.execution, this.step, taken.row(this.step).attempt)
    started = time.monotonic()
    task = task_of(this, taken, given, attempt_id=attempt_id, journal=journal, what=given_to(given, step))
    done = acting.perform(task)
    seconds = round(time.monotonic() - started, 3)
    journal.info(
        f"Step completed: {step.name}",
        duration=seconds,
        tokens=done.spent.tokens or None,
        cost_nano_usd=done.spent.cost_nano_usd or None,
    )
    return complete(this, step, done, given, journal)


def given_to(given: Given, step: Step, more: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the step is given; where an execution is run again with another input for it, that."""
    override = given.data.get("override")
    return dict(override) if override is not None else given.input_of(step, more)


def task_of(
    this: Round, taken: Snapshot, given: Given, *, attempt_id: str, journal: journals.Journal, what: dict[str, Any]
) -> Task:
    step = taken.definition.step(this.step)
    if given.refusal is not None:
        raise given.refusal
    if given.caller is None:
        msg = "a tenant without a refusal has a caller"
        raise RuntimeError(msg)
    until_deadline = (taken.execution.deadline - clock.now()).total_seconds()
    return Task(
        caller=given.caller,
        step=step,
        given=what,
        context=given.data["context"],
        attempt_id=attempt_id,
        timeout_s=max(1.0, min(step.timeout_s, this.remaining_s() - _AROUND_S, until_deadline)),
        correlation_id=taken.execution.correlation_id,
        journal=journal,
        look=Look(taken),
        count=this.count,
    )


@dataclass(slots=True)
class Look:
    """Whether the execution still goes on: asked as often as one likes, read every other second."""

    taken: Snapshot
    looked: float = field(default_factory=time.monotonic)

    def __call__(self) -> None:
        now = time.monotonic()
        if now - self.looked < _LOOK_S:
            return
        self.looked = now
        if not gathering.is_going_on(self.taken):
            raise StoppedError


def _ask(this: Round, step: Step, journal: journals.Journal) -> dict[str, Any]:
    """Nothing waits while people think: the run ends, and the decision, or the sweep when time is over, goes on."""
    journal.info(f"Approval requested: {step.name}")
    until = clock.now() + timedelta(seconds=step.timeout_s)
    return settled(this, journal, lambda now, _: course.watched(course.asked(now, this.step, until), until))


def complete(this: Round, step: Step, done: Done, given: Given, journal: journals.Journal) -> dict[str, Any]:
    result = result_of(step, done.output, given)
    text = texts.item(this.tenant, this.execution, result_key(this.step), {"output": done.output, "result": result})
    return settled(
        this, journal, lambda now, at: course.completed(now, this.step, done.spent, at), text=text, result=result
    )


def result_of(step: Step, output: object, given: Given) -> Any:  # noqa: ANN401 (JSON)
    """What the step shows: what its output mapping makes of its output, or the output itself."""
    if not step.output_mapping:
        return output
    data = {"output": output, "input": given.data["input"], "context": given.data["context"]}
    return mapping.mapped(step.output_mapping, data)


def _failed(
    this: Round,
    taken: Snapshot,
    wrong: Wrong,
    spent: Spent,
    journal: journals.Journal | None,
    *,
    retry_after: float | None = None,
) -> dict[str, Any]:
    """Try again later where that is worth it, else the step has failed."""
    step, row = taken.definition.step(this.step), taken.row(this.step)
    journal = journal or journals.Journal(this.tenant, this.execution, this.step)
    policy = taken.definition.policy_of(step)
    if policy is not None and retrying.is_worth(policy, wrong.kind, row.attempt):
        attempt_id = ids.attempt_id(this.execution, this.step, row.attempt)
        seconds = retrying.pause_s(policy, row.attempt, attempt_id, retry_after)
        journal.warning(f"Step failed, next attempt in {seconds:.1f} s: {wrong.message}", reason=wrong.kind)
        until = clock.now() + timedelta(seconds=seconds)
        return settled(this, journal, lambda now, _: course.put_off(now, this.step, wrong, spent, until), wait=seconds)
    journal.error(f"Step failed: {wrong.message}", reason=wrong.kind, attempt=row.attempt)
    return fail(this, wrong, spent, journal)


def fail(this: Round, wrong: Wrong, spent: Spent, journal: journals.Journal) -> dict[str, Any]:
    return settled(this, journal, lambda now, at: course.failed(now, this.step, wrong, spent, at))


def settled(
    this: Round,
    journal: journals.Journal,
    change: Callable[[Snapshot, datetime], Snapshot],
    *,
    text: TextItem | None = None,
    result: object = None,
    wait: float | None = None,
) -> dict[str, Any]:
    """Write what came of the step, against the execution as it is by now, and go on."""
    journal.flush()

    def still_mine(now: Snapshot) -> bool:
        return now.row(this.step).holder == this.holder

    written = settling.settle(this.tenant, this.execution, change, still_mine=still_mine, text=text, result=result)
    if written is None:
        return this.told(DONE)  # the execution is over, or the step is somebody else's
    before, after = written
    if after.row(this.step).state is StepState.WAITING and wait is not None:
        return this.told(WAIT, seconds=wait)
    return go_on(this, after, course.newly_ready(before, after))


def go_on(this: Round, now: Snapshot, ready: Iterable[str]) -> dict[str, Any]:
    """Carry the first of the steps whose turn has come; the others get runs of their own."""
    if now.execution.state.ended:
        return this.told(DONE)
    keys = list(ready)
    settling.begin_all(now, keys[1:])
    return this.run(keys[0]) if keys else this.told(DONE)


def _expire(this: Round) -> dict[str, Any]:
    settling.settle(this.tenant, this.execution, course.expired, still_mine=lambda _: True)
    return this.told(DONE)


def _seconds_until(due_at: datetime | None, at: datetime) -> float:
    return 0.0 if due_at is None else (due_at - at).total_seconds()

"""The course of an execution: every way that it and its steps may change, as plain functions over plain values."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from workflows import planner
from workflows.definition import Failure
from workflows.model import Execution, Snapshot, Spent, State, StepRow, Wrong
from workflows.planner import Outcome, StepState

TO_BEGIN = timedelta(seconds=60)
"""A step whose turn has come begins within seconds; later than this, whoever should have begun it has died."""

MAX_NUMBERS = 20
"""Of a result, that a list shows."""


def opened(snapshot: Snapshot, at: datetime) -> Snapshot:
    """A new execution: with the steps that begin at once."""
    return planned(snapshot, at)


def planned(snapshot: Snapshot, at: datetime) -> Snapshot:
    """What follows from the steps' states: whose turn it is, who is left out, and whether it is over."""
    execution, rows = snapshot.execution, dict(snapshot.rows)
    plan = planner.plan(snapshot.definition, snapshot.states, snapshot.completed)
    for key in plan.ready:
        rows[key] = StepRow(key, StepState.READY, due_at=at + TO_BEGIN)
    for key, reason in plan.skipped.items():
        rows[key] = replace(
            snapshot.row(key), state=StepState.SKIPPED, reason=reason, ended_at=at, holder=None, due_at=None
        )
    main = {step.key for step in snapshot.definition.main}
    states = [row.state for key, row in rows.items() if key in main]
    changed = replace(
        execution,
        phase=plan.phase,
        steps_completed=states.count(StepState.COMPLETED),
        steps_failed=states.count(StepState.FAILED),
        steps_skipped=states.count(StepState.SKIPPED),
        spent=sum((row.spent for row in rows.values() if row.result_of is None), Spent()),
    )
    if plan.outcome is not None:
        state = State.COMPLETED if plan.outcome is Outcome.COMPLETED else State.FAILED
        failed = [row for row in rows.values() if row.state is StepState.FAILED and row.id in main]
        first = min(failed, key=lambda row: (row.ended_at or at, row.id), default=None)
        wrong = None if first is None or state is State.COMPLETED else _named(first)
        changed = replace(changed, state=state, ended_at=at, wrong=wrong)
    return replace(snapshot, execution=changed, rows=rows)


def claimed(snapshot: Snapshot, step_id: str, holder: str, until: datetime, at: datetime) -> Snapshot:
    """A worker begins with a step's next attempt, or takes over the one whose worker ended without a result."""
    row = snapshot.row(step_id)
    taken_over = row.state is StepState.RUNNING
    begun = replace(
        row,
        state=StepState.RUNNING,
        attempt=row.attempt if taken_over else row.attempt + 1,
        tries=row.tries + 1 if taken_over else 1,
        holder=holder,
        due_at=until,
        started_at=row.started_at or at,
    )
    execution = snapshot.execution
    if execution.state is State.QUEUED:
        execution = replace(execution, state=State.RUNNING, started_at=at)
    return replace(snapshot, execution=execution, rows={**snapshot.rows, step_id: begun})


def spread(snapshot: Snapshot, step_id: str, items: int, lanes: int, due_at: datetime) -> Snapshot:
    """A step over a list goes on in lanes."""
    row = replace(snapshot.row(step_id), items=items, lanes=lanes, holder=None, due_at=due_at)
    return snapshot.with_row(row)


def completed(snapshot: Snapshot, step_id: str, spent: Spent, at: datetime) -> Snapshot:
    row = replace(snapshot.row(step_id), state=StepState.COMPLETED, ended_at=at, holder=None, due_at=None, wrong=None)
    return planned(snapshot.with_row(replace(row, spent=row.spent + spent)), at)


def failed(snapshot: Snapshot, step_id: str, wrong: Wrong, spent: Spent, at: datetime) -> Snapshot:
    row = snapshot.row(step_id)
    ended = replace(
        row,
        state=StepState.FAILED,
        wrong=wrong,
        started_at=row.started_at or at,
        ended_at=at,
        holder=None,
        due_at=None,
        spent=row.spent + spent,
    )
    return planned(snapshot.with_row(ended), at)


def left_out(snapshot: Snapshot, step_id: str, reason: str, at: datetime) -> Snapshot:
    row = replace(snapshot.row(step_id), state=StepState.SKIPPED, reason=reason, ended_at=at, holder=None, due_at=None)
    return planned(snapshot.with_row(row), at)


def put_off(snapshot: Snapshot, step_id: str, wrong: Wrong, spent: Spent, until: datetime) -> Snapshot:
    """The attempt failed, and the next one comes after a pause."""
    row = snapshot.row(step_id)
    waiting = replace(
        row, state=StepState.WAITING, wrong=wrong, holder=None, due_at=until, spent=row.spent + spent, tries=0
    )
    return snapshot.with_row(waiting)


def asked(snapshot: Snapshot, step_id: str, until: datetime) -> Snapshot:
    """Somebody is asked for a decision."""
    return snapshot.with_row(replace(snapshot.row(step_id), state=StepState.WAITING, holder=None, due_at=until))


def revived(snapshot: Snapshot, step_ids: Iterable[str], until: datetime) -> Snapshot:
    """Steps are begun again by the sweep, because nobody did what was due."""
    rows = dict(snapshot.rows)
    for key in step_ids:
        row = snapshot.row(key)
        due_at = until if row.state is StepState.READY else row.due_at
        rows[key] = replace(row, lives=row.lives + 1, due_at=due_at)
    return replace(snapshot, rows=rows)


def cancelled(snapshot: Snapshot, by: str, at: datetime) -> Snapshot:
    return replace(snapshot, execution=replace(snapshot.execution, state=State.CANCELLED, ended_at=at, ended_by=by))


def expired(snapshot: Snapshot, at: datetime) -> Snapshot:
    """The execution's own time is over."""
    wrong = Wrong(Failure.TIMEOUT, "the execution took longer than it may")
    return replace(snapshot, execution=replace(snapshot.execution, state=State.FAILED, ended_at=at, wrong=wrong))


def watched(snapshot: Snapshot, until: datetime) -> Snapshot:
    return replace(snapshot, execution=replace(snapshot.execution, watch_at=until))


def newly_ready(before: Snapshot | None, after: Snapshot) -> tuple[str, ...]:
    """The steps whose turn has come with a change."""
    earlier = before.rows if before else {}
    return tuple(
        key
        for key, row in after.rows.items()
        if row.state is StepState.READY and (key not in earlier or earlier[key].state is not StepState.READY)
    )


def summed_up(snapshot: Snapshot, result: object) -> Snapshot:
    """With the numbers and truths of what the last step left, where there is one last step: a list shows them."""
    execution = snapshot.execution
    if execution.state is not State.COMPLETED or len(planner.last_steps(snapshot.definition)) != 1:
        return snapshot
    if not isinstance(result, Mapping):
        return snapshot
    shown = {name: value for name, value in result.items() if isinstance(value, int | float)}
    numbers = json.dumps(dict(list(shown.items())[:MAX_NUMBERS])) if shown else None
    return replace(snapshot, execution=replace(execution, numbers=numbers))


def _named(row: StepRow) -> Wrong | None:
    if row.wrong is None:
        return None
    return replace(row.wrong, message=f"{row.id}: {row.wrong.message}")


def is_over(execution: Execution, at: datetime) -> bool:
    return at >= execution.deadline

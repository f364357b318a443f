"""Scheduled entry point, every minute: begins again what nobody carries any more, and ends what is out of time.

Every step that has not ended says by when something has to have happened. Where that time is over, whoever should have
done it has died, and another run of the state machine goes on; where it was a decision, nobody made it in time.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pentarch.platform import clock
from pentarch.platform.observability import logger
from workflows import course, due, machine, settling, store
from workflows.definition import Failure, StepType
from workflows.due import Due
from workflows.model import Execution, LaneRow, Snapshot, Spent, StepRow, Wrong
from workflows.planner import StepState

PAGE = 100
RUN_TIME = timedelta(seconds=45)
"""A run begins no look after that; the function's timeout leaves time for the one under way."""
GRACE = timedelta(seconds=60)
"""What is a little late is not dead."""
FIRST_LOOK = timedelta(minutes=3)
"""After an execution began: most are over by then, and cost no look."""
LONGEST = timedelta(minutes=15)
"""Between two looks at what is under way."""
MAX_LIVES = 5
ACTOR = "system:sweep"


def handler(_: dict[str, Any], __: object) -> dict[str, int]:
    return run(clock.now())


def run(at: datetime) -> dict[str, int]:
    """How many executions were looked at, and with which outcome."""
    outcomes: Counter[str] = Counter()
    for one in _in_time(due.until(at, PAGE), at + RUN_TIME):
        try:
            outcomes[look(one, clock.now())] += 1
        except Exception:  # noqa: BLE001 (whatever it is, the others are looked at)
            logger().exception("an execution could not be looked at", execution=one.execution_id)
            outcomes["error"] += 1
    return {"looked": outcomes.total(), **outcomes}


def look(one: Due, at: datetime) -> str:
    found = store.snapshot(one.tenant, one.execution_id)
    if found is None or found.execution.state.ended or due.key_of(found.execution) != one.key:
        one.drop()  # of a former look
        return "gone"
    if course.is_over(found.execution, at):
        settling.settle(one.tenant, one.execution_id, course.expired, still_mine=lambda _: True, actor=ACTOR)
        return "expired"
    _decide_overdue(found, at)
    now = store.snapshot(one.tenant, one.execution_id)
    if now is None or now.execution.state.ended:
        return "ended"
    revived = [row for row in now.rows.values() if _is_dead(now, row, at)]
    for row in revived:
        _revive(now.execution, row, at)
    lanes = _revive_lanes(now, at)
    _watch_on(one, at)
    return "revived" if revived or lanes else "alive"


def _in_time(found: Iterator[Due], end: datetime) -> Iterator[Due]:
    for one in found:
        if clock.now() > end:
            return
        yield one


def _decide_overdue(found: Snapshot, at: datetime) -> None:
    """Nobody approved or rejected in time: that is a failure of the step."""
    for row in found.rows.values():
        if not _waits_for_people(found, row) or row.due_at is None or row.due_at > at:
            continue
        wrong = Wrong(Failure.EXPIRED, "nobody approved or rejected in time")
        end(found.execution, row.id, wrong, StepState.WAITING)


def end(execution: Execution, step_id: str, wrong: Wrong, state: StepState) -> None:
    """A step fails that is still in a state, and what comes after it goes on."""
    written = settling.settle(
        execution.tenant,
        execution.id,
        lambda now, at: course.failed(now, step_id, wrong, Spent(), at),
        still_mine=lambda now: now.row(step_id).state is state,
        actor=ACTOR,
    )
    if written is not None:
        settling.begin_all(written[1], course.newly_ready(*written))


def _is_dead(found: Snapshot, row: StepRow, at: datetime) -> bool:
    if row.state.ended or row.state is StepState.PENDING or row.lanes is not None or _waits_for_people(found, row):
        return False
    return row.due_at is not None and row.due_at + GRACE <= at


def _revive(execution: Execution, row: StepRow, at: datetime) -> None:
    if row.lives >= MAX_LIVES:
        wrong = Wrong(Failure.LOST, f"the step was begun again {MAX_LIVES} times and never came to an end")
        end(execution, row.id, wrong, row.state)
        return
    settling.settle(
        execution.tenant,
        execution.id,
        lambda now, _: course.revived(now, [row.id], at + course.TO_BEGIN),
        still_mine=lambda now: now.row(row.id) == row,
        actor=ACTOR,
    )
    logger().warning("a step is begun again", execution=execution.id, step=row.id, lives=row.lives + 1)
    machine.begin(execution, row.id, life=row.lives + 1)


def _revive_lanes(found: Snapshot, at: datetime) -> int:
    count = 0
    for row in found.rows.values():
        if row.state is not StepState.RUNNING or row.lanes is None:
            continue
        lanes = store.lanes(found.execution.tenant, found.execution.id, row.id)
        dead = [lane for lane in lanes if not lane.done and _is_overdue(lane, at)]
        if lanes and all(lane.done for lane in lanes):
            dead = [lanes[0]]  # the one that ended last died before it gathered the results
        for lane in dead:
            store.move_lane(
                found.execution, row.id, lane, replace(lane, lives=lane.lives + 1, due_at=at + course.TO_BEGIN)
            )
            machine.begin(found.execution, row.id, life=lane.lives + 1, lane=lane.number)
            count += 1
    return count


def _is_overdue(lane: LaneRow, at: datetime) -> bool:
    return lane.due_at is None or lane.due_at + GRACE <= at


def _watch_on(one: Due, at: datetime) -> None:
    def watched(now: Snapshot, _: datetime) -> Snapshot:
        return course.watched(now, next_look(now, at))

    settling.settle(one.tenant, one.execution_id, watched, still_mine=lambda _: True, actor=ACTOR)


def next_look(found: Snapshot, at: datetime) -> datetime:
    """When something has to have happened at the latest; where only people are waited for, no sooner than that."""
    live = [row for row in found.rows.values() if not row.state.ended]
    times = [row.due_at for row in live if row.due_at is not None]
    first = min(times, default=at + LONGEST) + GRACE
    if not live or not all(_waits_for_people(found, row) for row in live):
        first = min(first, at + LONGEST)
    return max(min(first, found.execution.deadline), at + GRACE)


def _waits_for_people(found: Snapshot, row: StepRow) -> bool:
    return row.state is StepState.WAITING and found.definition.step(row.id).type is StepType.APPROVAL

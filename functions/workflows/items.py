"""A step over a list: its items go through lanes, each of which has every so-many-th item and works on them in order.

A lane is a run of the state machine. Its row counts the items that have a result, and that count and an item's result
are written in one transaction, so the count is the checkpoint: whoever takes the lane over begins with the item after
it. An invocation works on as many items as it has time for. The lane that ends last gathers the results.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pentarch.platform import clock
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.observability import logger
from pentarch.platform.tables import Transaction
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
    stepping,
    store,
    texts,
)
from workflows.definition import Failure, Step, Strategy
from workflows.errors import MovedError, StoppedError
from workflows.gathering import Given
from workflows.model import LaneRow, Snapshot, Spent, StepRow, Wrong
from workflows.planner import StepState
from workflows.rounds import DONE, RUN, WAIT, Round
from workflows.stepping import MAX_TRIES, Look
from workflows.table import TextItem, item_key, partition_of, result_key

MAX_ITEMS = 10_000
MAX_OUTPUT_BYTES = 20_000_000
"""Of all items together: they are gathered in one worker's memory."""
_MARGIN_S = 30
"""What is left of an invocation when it begins no further item."""
_FLUSH_EVERY = 20
_JSON = dict[str, Any]


def spread(this: Round, taken: Snapshot, given: Given, journal: journals.Journal) -> _JSON:
    """Count the items and open the lanes."""
    step = taken.definition.step(this.step)
    found = _list(step, given)
    if not found:
        journal.info(f"Step completed: {step.name}", items=0)
        return stepping.complete(this, step, acting.Done([]), given, journal)
    lanes = min(step.max_concurrency, len(found))
    journal.info(f"{len(found)} items in {lanes} lanes: {step.name}")
    due_at = clock.now() + course.TO_BEGIN

    def open_lanes(transaction: Transaction, now: Snapshot) -> None:
        store.add_lanes(transaction, now.execution, this.step, (LaneRow(one, due_at=due_at) for one in range(lanes)))

    journal.flush()
    written = settling.settle(
        this.tenant,
        this.execution,
        lambda now, _: course.spread(now, this.step, len(found), lanes, due_at),
        still_mine=lambda now: now.row(this.step).holder == this.holder,
        also=open_lanes,
    )
    if written is None:
        return this.told(DONE)
    return begin(this, written[1], written[1].row(this.step))


def begin(this: Round, found: Snapshot, row: StepRow) -> _JSON:
    """Carry the first lane, and let the others be carried."""
    for number in range(1, row.lanes or 0):
        machine.begin(found.execution, this.step, lane=number)
    return this.run(this.step, lane=0)


def take(this: Round, found: Snapshot, number: int) -> _JSON:  # noqa: PLR0911 (a table of states)
    """Work on a lane's items as long as there is time."""
    row = found.row(this.step)
    if row.state is not StepState.RUNNING or row.lanes is None or row.items is None:
        # The step has ended, and whoever ended it may have died before it went on.
        return stepping.go_on(this, found, (key for key, one in found.rows.items() if one.state is StepState.READY))
    lane = store.lane(this.tenant, this.execution, this.step, number)
    if lane is None:
        return this.told(DONE)
    if lane.done:
        return _gathered(this, found, row)
    at = clock.now()
    is_held = lane.holder is not None or lane.attempt > 1
    if is_held and lane.due_at is not None and not this.may_take_over(lane.holder, lane.due_at, at):
        return this.told(WAIT, seconds=(lane.due_at - at).total_seconds())
    until = at + timedelta(seconds=this.remaining_s())
    claimed = replace(lane, holder=this.holder, due_at=until, tries=lane.tries + 1)
    try:
        mine = store.move_lane(found.execution, this.step, lane, claimed)
        return _worked(this, found, mine, row.lanes, at)
    except StoppedError:
        return this.told(DONE)
    except MovedError:
        return this.told(RUN)  # somebody else has the lane: look again


def _worked(this: Round, found: Snapshot, mine: LaneRow, lanes: int, at: datetime) -> _JSON:
    step = found.definition.step(this.step)
    given = gathering.gather(found, step, at)
    journal = journals.Journal(this.tenant, this.execution, this.step)
    shift = _Shift(this, found, step, given, _list(step, given), mine, journal)
    try:
        return shift.work(lanes)
    finally:
        journal.flush()


@dataclass(slots=True)
class _Shift:
    """One worker's time with one lane."""

    this: Round
    found: Snapshot
    step: Step
    given: Given
    items: Sequence[Any]
    lane: LaneRow
    journal: journals.Journal

    def work(self, lanes: int) -> _JSON:
        this, look = self.this, Look(self.found)
        first = self.lane.number + self.lane.resolved * lanes
        for index in range(first, len(self.items), lanes):
            if this.remaining_s() < self.step.timeout_s + _MARGIN_S:
                self._move(replace(self.lane, holder=None, tries=0, due_at=clock.now() + course.TO_BEGIN))
                return this.told(RUN)
            look()
            if self.lane.tries > MAX_TRIES:
                wrong = Wrong(Failure.LOST, f"{MAX_TRIES} workers took item {index} and ended without a result")
                stop = self._wrong(index, wrong, None)
            else:
                stop = self._work_on(index, look)
            if stop is not None:
                return stop
            if index // lanes % _FLUSH_EVERY == _FLUSH_EVERY - 1:
                self.journal.flush()
        self._move(replace(self.lane, done=True, holder=None, due_at=None))
        return _gathered(this, self.found, self.found.row(this.step))

    def _work_on(self, index: int, look: Callable[[], None]) -> _JSON | None:
        """None: the item has a result, and the next one comes."""
        self.this.spent = Spent()
        item = {"item": self.items[index], "index": index}
        attempt_id = ids.attempt_id(self.this.execution, self.this.step, self.lane.attempt, index)
        try:
            what = stepping.given_to(self.given, self.step, item)
            task = stepping.task_of(
                self.this, self.found, self.given, attempt_id=attempt_id, journal=self.journal, what=what
            )
            done = acting.perform(replace(task, look=look))
        except StoppedError:
            raise
        except Exception as error:
            if acting.is_outage(error):
                raise
            wrong = acting.wrong_of(error)
            if wrong.kind is Failure.INTERNAL:
                logger().exception("an item failed unexpectedly", execution=self.this.execution, step=self.this.step)
            return self._wrong(index, wrong, getattr(error, "retry_after", None))
        self._resolve(index, {"output": done.output}, done.spent)
        return None

    def _wrong(self, index: int, wrong: Wrong, retry_after: float | None) -> _JSON | None:
        policy = self.found.definition.policy_of(self.step)
        attempt = self.lane.attempt
        if policy is not None and retrying.is_worth(policy, wrong.kind, attempt):
            attempt_id = ids.attempt_id(self.this.execution, self.this.step, attempt, index)
            seconds = retrying.pause_s(policy, attempt, attempt_id, retry_after)
            self.journal.warning(f"Item {index} failed, next attempt in {seconds:.1f} s: {wrong.message}", item=index)
            until = clock.now() + timedelta(seconds=seconds)
            spent = self.lane.spent + self.this.spent
            self._move(replace(self.lane, holder=None, attempt=attempt + 1, tries=0, due_at=until, spent=spent))
            return self.this.told(WAIT, seconds=seconds)
        self.journal.error(f"Item {index} failed: {wrong.message}", item=index, reason=wrong.kind)
        if self.found.definition.error_handling.strategy is Strategy.CONTINUE:
            self._resolve(
                index, {"error": {"reason": wrong.kind, "message": wrong.message}}, self.this.spent, failed=True
            )
            return None
        return self._fail(replace(wrong, message=f"item {index}: {wrong.message}"))

    def _fail(self, wrong: Wrong) -> _JSON:
        lanes = store.lanes(self.this.tenant, self.this.execution, self.this.step)
        spent = sum((lane.spent for lane in lanes), self.this.spent)
        return _end(self.this, self.journal, lambda now, at: course.failed(now, self.this.step, wrong, spent, at))

    def _resolve(self, index: int, value: Mapping[str, Any], spent: Spent, *, failed: bool = False) -> None:
        this, lane = self.this, self.lane
        after = replace(
            lane,
            resolved=lane.resolved + 1,
            failed=lane.failed + failed,
            attempt=1,
            tries=1,
            spent=lane.spent + spent,
        )
        told = []
        if failed:
            reason = value["error"]["reason"]
            told = [facts.of_item(self.found.execution, this.step, index, reason, clock.now())]
        text = texts.item(this.tenant, this.execution, item_key(this.step, index), value)
        self._move(after, told=told, text=text)

    def _move(self, after: LaneRow, **more: Any) -> None:  # noqa: ANN401 (what a lane's move takes)
        self.lane = store.move_lane(self.found.execution, self.this.step, self.lane, after, **more)


def _gathered(this: Round, found: Snapshot, row: StepRow) -> _JSON:
    """End the step once all of its lanes have; of several that see it, one does."""
    lanes = store.lanes(this.tenant, this.execution, this.step)
    if len(lanes) < (row.lanes or 0) or not all(lane.done for lane in lanes):
        return this.told(DONE)
    step = found.definition.step(this.step)
    journal = journals.Journal(this.tenant, this.execution, this.step)
    spent = sum((lane.spent for lane in lanes), Spent())
    failed = sum(lane.failed for lane in lanes)
    if failed == row.items:
        wrong = Wrong(Failure.UPSTREAM_FAILED, f"all {failed} items failed")
        journal.error(f"Step failed: {wrong.message}")
        return _end(this, journal, lambda now, at: course.failed(now, this.step, wrong, spent, at))
    results = [store.text_of(item) for item in store.rows(*_place(this))]
    if sum(texts.size(one) for one in results) > MAX_OUTPUT_BYTES:
        wrong = Wrong(Failure.INVALID, f"its results are longer than {MAX_OUTPUT_BYTES} bytes together")
        journal.error(f"Step failed: {wrong.message}")
        return _end(this, journal, lambda now, at: course.failed(now, this.step, wrong, spent, at))
    output = [texts.read(one).get("output") for one in results]
    given = gathering.gather(found, step, clock.now())
    result = stepping.result_of(step, output, given)
    text = texts.item(this.tenant, this.execution, result_key(this.step), {"output": output, "result": result})
    journal.info(f"Step completed: {step.name}", items=row.items, failed=failed, tokens=spent.tokens or None)

    def completed(now: Snapshot, at: datetime) -> Snapshot:
        return course.completed(now, this.step, spent, at)

    return _end(this, journal, completed, text=text, result=result)


def _place(this: Round) -> tuple[str, str]:
    """Where the items' results lie."""
    return partition_of(this.tenant, this.execution), f"item#{this.step}#"


def _end(
    this: Round,
    journal: journals.Journal,
    change: Callable[[Snapshot, datetime], Snapshot],
    *,
    text: TextItem | None = None,
    result: object = None,
) -> _JSON:
    journal.flush()

    def in_lanes(now: Snapshot) -> bool:
        row = now.row(this.step)
        return row.state is StepState.RUNNING and row.lanes is not None

    written = settling.settle(this.tenant, this.execution, change, still_mine=in_lanes, text=text, result=result)
    if written is None:
        return this.told(DONE)
    before, after = written
    return stepping.go_on(this, after, course.newly_ready(before, after))


def _list(step: Step, given: Given) -> Sequence[Any]:
    found = mapping.value(step.for_each or "", given.data)
    if found is None:
        found = []
    if not isinstance(found, list):
        msg = f"{step.for_each} is no list"
        raise InvalidInputError(msg, field="for_each")
    if len(found) > MAX_ITEMS:
        msg = f"{step.for_each} has {len(found)} items, and {MAX_ITEMS} is the most"
        raise InvalidInputError(msg, field="for_each")
    return found

"""Executions in their table: read whole in one query, changed in one transaction.

A change is told by the execution before and after it: `commit` writes what differs, each item on the condition that
nobody else wrote it meanwhile, with the places in the lists, the counters, the due entry and the events of the change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.limits import leases
from pentarch.platform import clients
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import Table, Transaction, batch_get
from workflows import due, listing
from workflows.definition import Definition, Failure
from workflows.errors import MovedError
from workflows.model import Execution, LaneRow, Snapshot, Spent, State, StepRow, Wrong
from workflows.pace import PaceChange
from workflows.planner import Phase, StepState
from workflows.table import (
    DEFINITION,
    RUN,
    STEP_PREFIX,
    LaneItem,
    RunItem,
    StepItem,
    TextItem,
    lane_key,
    partition_of,
    step_key,
)

POOL = "executions"
"""Of the leased slots."""
_EXECUTION: TypeAdapter[Execution] = TypeAdapter(Execution)


def snapshot(tenant: str, execution_id: str) -> Snapshot | None:
    """One consistent query."""
    found = {item["key"]["S"]: item for item in rows(partition_of(tenant, execution_id), RUN)}
    if RUN not in found:
        return None
    execution = to_execution(_loaded(RunItem, found[RUN]))
    definition = Definition.model_validate_json(found[DEFINITION]["text"]["S"])
    steps = [_to_step(_loaded(StepItem, item)) for key, item in sorted(found.items()) if key.startswith(STEP_PREFIX)]
    return Snapshot(execution, definition, {row.id: row for row in steps})


def get(tenant: str, execution_id: str) -> Execution | None:
    [found] = get_many(tenant, [execution_id])
    return found


def get_many(tenant: str, execution_ids: Sequence[str]) -> list[Execution | None]:
    """Up to a hundred executions in one call, without their steps."""
    places = [(RunItem, partition_of(tenant, one), RUN) for one in execution_ids]
    items = batch_get(places, consistent=True) if places else []
    return [to_execution(item) if item else None for item in items]


def rows(partition: str, prefix: str) -> Iterable[dict[str, Any]]:
    """The items of a partition whose keys have a prefix, as DynamoDB has them, read lazily."""
    request: dict[str, Any] = {
        "TableName": RunItem.Meta.table_name,
        "KeyConditionExpression": "#partition = :partition AND begins_with(#key, :prefix)",
        "ExpressionAttributeNames": {"#partition": "partition", "#key": "key"},
        "ExpressionAttributeValues": {":partition": {"S": partition}, ":prefix": {"S": prefix}},
        "ConsistentRead": True,
    }
    while True:
        answer = clients.dynamodb().query(**request)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def text_of(attributes: dict[str, Any]) -> TextItem:
    """One of `rows` that holds a text."""
    found: TextItem = _loaded(TextItem, attributes)
    return found


def commit(
    before: Snapshot | None,
    after: Snapshot,
    told: Iterable[Event],
    *,
    texts: Iterable[TextItem] = (),
    pace: PaceChange | None = None,
    also: Transaction | None = None,
) -> None:
    """Write a change. Raises MovedError when somebody else changed the same meanwhile, and PaceChangedError."""
    transaction = also or Transaction()
    _write_execution(transaction, before, after)
    earlier: Mapping[str, StepRow] = before.rows if before else {}
    for key, row in after.rows.items():
        if row is not earlier.get(key):
            _put_step(transaction, after.execution, earlier.get(key), row)
    for text in texts:
        transaction.put(text)
    if pace is not None:
        pace.keep(transaction)
    for event in told:
        events.record(transaction, event)
    transaction.commit()


def add_lanes(transaction: Transaction, execution: Execution, step_id: str, lanes: Iterable[LaneRow]) -> None:
    for lane in lanes:
        transaction.put(_lane_item(execution, step_id, lane))


def lane(tenant: str, execution_id: str, step_id: str, number: int) -> LaneRow | None:
    [item] = batch_get([(LaneItem, partition_of(tenant, execution_id), lane_key(step_id, number))], consistent=True)
    return _to_lane(item) if item else None


def lanes(tenant: str, execution_id: str, step_id: str) -> list[LaneRow]:
    found = rows(partition_of(tenant, execution_id), f"lane#{step_id}#")
    return [_to_lane(_loaded(LaneItem, item)) for item in found]


def move_lane(
    execution: Execution,
    step_id: str,
    before: LaneRow,
    after: LaneRow,
    *,
    told: Iterable[Event] = (),
    text: TextItem | None = None,
) -> LaneRow:
    """Write what a lane did; MovedError when another worker has it by now."""
    written = replace(after, revision=before.revision + 1)
    transaction = Transaction()
    unmoved = LaneItem.revision == before.revision
    transaction.put(_lane_item(execution, step_id, written), condition=unmoved, otherwise=MovedError())
    if text is not None:
        transaction.put(text, condition=TextItem.key.does_not_exist(), otherwise=MovedError())
    for event in told:
        events.record(transaction, event)
    transaction.commit()
    return written


def _write_execution(transaction: Transaction, before: Snapshot | None, after: Snapshot) -> None:
    execution = after.execution
    if before is None:
        partition = partition_of(execution.tenant, execution.id)
        transaction.put(_run_item(execution), condition=RunItem.key.does_not_exist(), otherwise=MovedError())
        transaction.put(TextItem(partition, DEFINITION, text=after.definition.model_dump_json(exclude_unset=True)))
        listing.move(transaction, execution, None)
        due.add(transaction, execution)
        return
    earlier = before.execution
    if execution is earlier:
        going_on = (RunItem.state == State.RUNNING) & (RunItem.phase == earlier.phase)
        transaction.check(_place(execution), going_on, otherwise=MovedError())
        return
    item = _run_item(replace(execution, revision=earlier.revision + 1))
    transaction.put(item, condition=RunItem.revision == earlier.revision, otherwise=MovedError())
    if execution.state is not earlier.state:
        listing.move(transaction, execution, earlier.state)
    if execution.state.ended:
        due.remove(transaction, earlier)
        leases.release_with(transaction, execution.tenant, POOL, execution.id)
    elif execution.watch_at != earlier.watch_at:
        due.remove(transaction, earlier)
        due.add(transaction, execution)


def _put_step(transaction: Transaction, execution: Execution, before: StepRow | None, row: StepRow) -> None:
    revision = 0 if before is None else before.revision
    condition = StepItem.key.does_not_exist() if before is None else StepItem.revision == revision
    transaction.put(
        _step_item(execution, replace(row, revision=revision + 1)), condition=condition, otherwise=MovedError()
    )


# ----------------------------------------------------------------------------------------------- items and our values


def to_execution(item: RunItem) -> Execution:
    return replace(
        _EXECUTION.validate_json(item.data or ""),
        state=State(item.state or ""),
        revision=int(item.revision or 0),
        phase=Phase(item.phase or ""),
        steps_completed=int(item.steps_completed or 0),
        steps_failed=int(item.steps_failed or 0),
        steps_skipped=int(item.steps_skipped or 0),
        spent=_spent(item),
        watch_at=from_epoch_ms(int(item.watch_at or 0)),
        started_at=_instant(item.started_at),
        ended_at=_instant(item.ended_at),
        ended_by=item.ended_by,
        wrong=_wrong(item),
        numbers=item.numbers,
    )


def _run_item(execution: Execution) -> RunItem:
    fixed = replace(execution, wrong=None, numbers=None)
    return RunItem(
        partition_of(execution.tenant, execution.id),
        RUN,
        data=_EXECUTION.dump_json(fixed, exclude_defaults=True).decode(),
        state=execution.state,
        revision=execution.revision,
        phase=execution.phase,
        steps_completed=execution.steps_completed,
        steps_failed=execution.steps_failed,
        steps_skipped=execution.steps_skipped,
        tokens=execution.spent.tokens,
        cost_nano_usd=execution.spent.cost_nano_usd,
        watch_at=epoch_ms(execution.watch_at),
        started_at=_ms(execution.started_at),
        ended_at=_ms(execution.ended_at),
        ended_by=execution.ended_by,
        numbers=execution.numbers,
        wrong_kind=execution.wrong.kind if execution.wrong else None,
        wrong_message=execution.wrong.message if execution.wrong else None,
    )


def _place(execution: Execution) -> RunItem:
    return RunItem(partition_of(execution.tenant, execution.id), RUN)


def _to_step(item: StepItem) -> StepRow:
    return StepRow(
        id=str(item.key).removeprefix(STEP_PREFIX),
        state=StepState(item.state or ""),
        revision=int(item.revision or 0),
        attempt=int(item.attempt or 0),
        tries=int(item.tries or 0),
        holder=item.holder,
        due_at=_instant(item.due_at),
        lives=int(item.lives or 0),
        started_at=_instant(item.started_at),
        ended_at=_instant(item.ended_at),
        spent=_spent(item),
        wrong=_wrong(item),
        reason=item.reason,
        result_of=item.result_of,
        items=None if item.items is None else int(item.items),
        lanes=None if item.lanes is None else int(item.lanes),
    )


def _step_item(execution: Execution, row: StepRow) -> StepItem:
    return StepItem(
        partition_of(execution.tenant, execution.id),
        step_key(row.id),
        state=row.state,
        revision=row.revision,
        attempt=row.attempt,
        tries=row.tries,
        holder=row.holder,
        due_at=_ms(row.due_at),
        lives=row.lives,
        started_at=_ms(row.started_at),
        ended_at=_ms(row.ended_at),
        tokens=row.spent.tokens,
        cost_nano_usd=row.spent.cost_nano_usd,
        reason=row.reason,
        result_of=row.result_of,
        items=row.items,
        lanes=row.lanes,
        wrong_kind=row.wrong.kind if row.wrong else None,
        wrong_message=row.wrong.message if row.wrong else None,
    )


def _to_lane(item: LaneItem) -> LaneRow:
    return LaneRow(
        number=int(str(item.key).rpartition("#")[2]),
        revision=int(item.revision or 0),
        resolved=int(item.resolved or 0),
        failed=int(item.failed or 0),
        attempt=int(item.attempt or 1),
        tries=int(item.tries or 0),
        holder=item.holder,
        due_at=_instant(item.due_at),
        lives=int(item.lives or 0),
        done=bool(item.done),
        spent=_spent(item),
    )


def _lane_item(execution: Execution, step_id: str, row: LaneRow) -> LaneItem:
    return LaneItem(
        partition_of(execution.tenant, execution.id),
        lane_key(step_id, row.number),
        revision=row.revision,
        resolved=row.resolved,
        failed=row.failed,
        attempt=row.attempt,
        tries=row.tries,
        holder=row.holder,
        due_at=_ms(row.due_at),
        lives=row.lives,
        done=row.done,
        tokens=row.spent.tokens,
        cost_nano_usd=row.spent.cost_nano_usd,
    )


def _loaded(model: type[Table], attributes: dict[str, Any]) -> Any:  # noqa: ANN401 (an item of the model)
    item = model()
    item.deserialize(attributes)
    return item


def _wrong(item: RunItem | StepItem) -> Wrong | None:
    return None if item.wrong_kind is None else Wrong(Failure(item.wrong_kind), item.wrong_message or "")


def _spent(item: RunItem | StepItem | LaneItem) -> Spent:
    return Spent(int(item.tokens or 0), int(item.cost_nano_usd or 0))


def _ms(at: datetime | None) -> int | None:
    return None if at is None else epoch_ms(at)


def _instant(ms: float | None) -> datetime | None:
    return None if ms is None else from_epoch_ms(int(ms))

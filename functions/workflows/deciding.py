"""What callers do with executions that are there: see them, cancel them, and decide where a step asks for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pentarch.files import store as files
from pentarch.identity.model import Caller
from pentarch.platform.tables import batch_get
from workflows import course, settling, store, texts
from workflows.definition import ApprovalRule, Failure, StepType
from workflows.errors import ExecutionNotFoundError, NotAnApproverError, StateError, StepNotFoundError
from workflows.ids import is_execution_id
from workflows.model import Snapshot, Spent, StepRow, Wrong
from workflows.planner import StepState
from workflows.schemas import Decision
from workflows.starting import FIRST_LOOK
from workflows.table import TextItem, partition_of, result_key

MAX_SHOWN_BYTES = 4_000_000
"""Of results in one reply: Lambda answers with 6 MB at most."""
ADDRESS_LIFETIME_S = 3600


def get(tenant: str, execution_id: str) -> Snapshot:
    found = store.snapshot(tenant, execution_id) if is_execution_id(execution_id) else None
    if found is None:
        raise ExecutionNotFoundError
    return found


def exists(tenant: str, execution_id: str) -> None:
    """Raises ExecutionNotFoundError."""
    if not is_execution_id(execution_id) or store.get(tenant, execution_id) is None:
        raise ExecutionNotFoundError


def results(found: Snapshot) -> dict[str, Any]:
    """What each completed step left, by its id: `output` and `result`; what is too much for a reply, by its address."""
    done = [row for row in found.rows.values() if row.state is StepState.COMPLETED]
    shown, total = {}, 0
    for row, item in zip(done, _items(found, done), strict=True):
        size = 0 if item is None else texts.size(item)
        if total + size > MAX_SHOWN_BYTES:
            place = f"/api/v1/executions/{found.execution.id}/steps/{row.id}"
            shown[row.id] = {"result": {"omitted": True, "bytes": size, "href": place}}
            continue
        total += size
        shown[row.id] = texts.read(item) or {}
    return shown


def result(found: Snapshot, step_id: str) -> Any:  # noqa: ANN401 (JSON)
    """What one step left, or the address of the file with it where it is long."""
    if step_id not in {step.key for step in found.definition.steps}:
        raise StepNotFoundError
    row = found.row(step_id)
    if row.state is not StepState.COMPLETED:
        return None
    [item] = _items(found, [row])
    if item is None or texts.size(item) <= MAX_SHOWN_BYTES:
        return texts.read(item)
    url = files.presigned_url(item.object, expires_in_s=ADDRESS_LIFETIME_S)
    return {"result": {"url": url, "bytes": texts.size(item), "expires_in": ADDRESS_LIFETIME_S}}


def _items(found: Snapshot, done: Sequence[StepRow]) -> list[TextItem | None]:
    execution = found.execution
    places = [
        (TextItem, partition_of(execution.tenant, row.result_of or execution.id), result_key(row.id)) for row in done
    ]
    return batch_get(places, consistent=True) if places else []


def shares(found: Snapshot) -> float:
    """How much is done of the steps over lists that are under way: one query for each of them."""
    if found.execution.state.ended:
        return 0
    main = {step.key for step in found.definition.main}
    done = 0.0
    for row in found.rows.values():
        if row.id in main and row.state is StepState.RUNNING and row.items and row.lanes is not None:
            lanes = store.lanes(found.execution.tenant, found.execution.id, row.id)
            done += sum(lane.resolved for lane in lanes) / row.items
    return done


def cancel(caller: Caller, execution_id: str) -> Snapshot:
    """From now on nothing begins; what is under way sees it between two of its calls and ends."""
    get(caller.tenant, execution_id)
    written = settling.settle(
        caller.tenant,
        execution_id,
        lambda now, at: course.cancelled(now, caller.subject, at),
        still_mine=lambda _: True,
        actor=caller.subject,
    )
    if written is None:
        state = get(caller.tenant, execution_id).execution.state
        msg = f"the execution is {state} already"
        raise StateError(msg, details={"status": state})
    return written[1]


def decide(caller: Caller, execution_id: str, step_id: str, asked: Decision, *, approved: bool) -> Snapshot:
    """Approve or reject; whoever comes second is told that it is decided."""
    found = get(caller.tenant, execution_id)
    step = next((one for one in found.definition.steps if one.id == step_id), None)
    if step is None or step.type is not StepType.APPROVAL:
        raise StepNotFoundError
    _check(caller, found, step.approval or ApprovalRule())
    output = {"approved": approved, "by": caller.subject, "comment": asked.comment, "data": asked.data}

    def change(now: Snapshot, at: datetime) -> Snapshot:
        if approved:
            after = course.completed(now, step_id, Spent(), at)
        else:
            reason = f"rejected: {asked.comment}" if asked.comment else "rejected"
            after = course.failed(now, step_id, Wrong(Failure.REJECTED, reason), Spent(), at)
        return after if after.execution.state.ended else course.watched(after, at + FIRST_LOOK)

    written = settling.settle(
        caller.tenant,
        execution_id,
        change,
        still_mine=lambda now: now.row(step_id).state is StepState.WAITING,
        text=texts.item(caller.tenant, execution_id, result_key(step_id), {"output": output, "result": output}),
        result=output,
        actor=caller.subject,
    )
    if written is None:
        state = get(caller.tenant, execution_id).row(step_id).state
        msg = f"the step waits for no decision: it is {state}"
        raise StateError(msg, details={"status": state})
    before, after = written
    settling.begin_all(after, course.newly_ready(before, after))
    return after


def _check(caller: Caller, found: Snapshot, rule: ApprovalRule) -> None:
    if rule.roles and not set(rule.roles) & set(caller.roles):
        msg = "the step is decided by somebody else"
        raise NotAnApproverError(msg, details={"roles": list(rule.roles)})
    if not rule.by_starter and caller.subject == found.execution.owner.subject:
        msg = "who started the execution does not decide this step"
        raise NotAnApproverError(msg)

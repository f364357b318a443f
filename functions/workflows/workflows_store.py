"""Workflows in their table: the present definition, every revision of it, and a summary for each that lists read."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from pydantic import TypeAdapter
from pynamodb.expressions.update import Action

from pentarch.agents import references
from pentarch.agents.errors import UnknownAgentError
from pentarch.agents.model import User
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.tables import Table, Transaction, batch_get
from workflows.errors import InvalidWorkflowError, MovedError, NameTakenError, TooManyWorkflowsError
from workflows.model import Workflow
from workflows.table import TOTALS, WorkflowItem

MAX_WORKFLOWS = 1_000
"""Of a tenant. Searching and sorting reads a summary of each, half a kilobyte; this bounds it to one query's page."""
_CURRENT = "current"
_WORKFLOW: TypeAdapter[Workflow] = TypeAdapter(Workflow)
_PAGE = 100


def add(workflow: Workflow, event: Event) -> None:
    transaction = Transaction()
    _put_name(transaction, workflow)
    room = WorkflowItem.total.does_not_exist() | (WorkflowItem.total < MAX_WORKFLOWS)
    msg = f"a tenant has {MAX_WORKFLOWS} workflows at most"
    _count(transaction, workflow.tenant, 1, condition=room, otherwise=TooManyWorkflowsError(msg))
    transaction.put(_item(workflow, _CURRENT), condition=WorkflowItem.key.does_not_exist(), otherwise=MovedError())
    _put_copies(transaction, workflow)
    _refer(transaction, workflow, (), _agents(workflow))
    events.record(transaction, event)
    _commit(transaction, workflow)


def change(before: Workflow, after: Workflow, event: Event) -> None:
    """Write the next revision; MovedError when somebody else wrote one meanwhile."""
    transaction = Transaction()
    if _name(before) != _name(after):
        transaction.delete(WorkflowItem(before.tenant, _name(before)))
        _put_name(transaction, after)
    unmoved = WorkflowItem.revision == before.revision
    transaction.put(_item(after, _CURRENT), condition=unmoved, otherwise=MovedError())
    _put_copies(transaction, after)
    _refer(transaction, after, _agents(before), _agents(after))
    events.record(transaction, event)
    _commit(transaction, after)


def remove(workflow: Workflow, event: Event) -> None:
    """Delete a workflow with its revisions; executions have their own copy of what they run."""
    transaction = Transaction()
    transaction.delete(WorkflowItem(workflow.tenant, _name(workflow)))
    transaction.delete(WorkflowItem(workflow.tenant, _summary(workflow.id)))
    unmoved = WorkflowItem.revision == workflow.revision
    transaction.delete(WorkflowItem(_partition(workflow), _CURRENT), condition=unmoved, otherwise=MovedError())
    _count(transaction, workflow.tenant, -1)
    _refer(transaction, workflow, _agents(workflow), ())
    events.record(transaction, event)
    transaction.commit()
    with WorkflowItem.batch_write() as batch:
        for number in range(1, workflow.revision + 1):
            batch.delete(WorkflowItem(_partition(workflow), _revision(number)))


def get(tenant: str, workflow_id: str) -> Workflow | None:
    [item] = batch_get([(WorkflowItem, f"{tenant}#{workflow_id}", _CURRENT)], consistent=True)
    return _read(item)


def get_many(tenant: str, workflow_ids: Sequence[str]) -> list[Workflow]:
    """Up to a hundred; what is deleted meanwhile is left out."""
    places: list[tuple[type[Table], str, str]] = [(WorkflowItem, f"{tenant}#{one}", _CURRENT) for one in workflow_ids]
    found = batch_get(places, consistent=True) if places else []
    return [workflow for item in found if (workflow := _read(item)) is not None]


def summaries(tenant: str) -> Iterable[Workflow]:
    """All workflows without their definitions."""
    found = WorkflowItem.query(tenant, WorkflowItem.key.startswith(_summary("")), consistent_read=True)
    return (workflow for item in found if (workflow := _read(item)) is not None)


def revisions(workflow: Workflow, *, limit: int, before: int | None) -> list[Workflow]:
    """The newest first, from below a revision on."""
    top = _revision((before or workflow.revision + 1) - 1)
    found = WorkflowItem.query(
        _partition(workflow),
        WorkflowItem.key.between(_revision(1), top),
        scan_index_forward=False,
        consistent_read=True,
        limit=limit,
    )
    return [one for item in found if (one := _read(item)) is not None]


def revision(tenant: str, workflow_id: str, number: int) -> Workflow | None:
    [item] = batch_get([(WorkflowItem, f"{tenant}#{workflow_id}", _revision(number))], consistent=True)
    return _read(item)


def _commit(transaction: Transaction, workflow: Workflow) -> None:
    try:
        transaction.commit()
    except UnknownAgentError as error:
        steps = workflow.body["steps"]
        places = [place for place, step in enumerate(steps) if step.get("agent_id") == error.agent_id]
        raise InvalidWorkflowError({f"steps.{place}.agent_id": [error.message] for place in places}) from error


def _put_name(transaction: Transaction, workflow: Workflow) -> None:
    item = WorkflowItem(workflow.tenant, _name(workflow), owner=workflow.id)
    transaction.put(item, condition=WorkflowItem.key.does_not_exist(), otherwise=NameTakenError())


def _put_copies(transaction: Transaction, workflow: Workflow) -> None:
    transaction.put(_item(workflow, _revision(workflow.revision)))
    summary = replace(workflow, body={"type": workflow.body.get("type")})
    data = _WORKFLOW.dump_json(summary).decode()
    transaction.put(WorkflowItem(workflow.tenant, _summary(workflow.id), data=data))


def _refer(transaction: Transaction, workflow: Workflow, before: Collection[str], after: Collection[str]) -> None:
    references.change(transaction, workflow.tenant, User("workflow", workflow.id), before=before, after=after)


def _agents(workflow: Workflow) -> tuple[str, ...]:
    return tuple(sorted({step["agent_id"] for step in workflow.body["steps"] if step.get("agent_id")}))


def _count(transaction: Transaction, tenant: str, amount: int, **condition: object) -> None:
    actions: list[Action] = [WorkflowItem.total.add(amount)]
    transaction.update(WorkflowItem(tenant, TOTALS), actions, **condition)  # type: ignore[arg-type]


def _item(workflow: Workflow, key: str) -> WorkflowItem:
    """Of the present definition the item counts its writes itself: whoever masks a name in it raises that count."""
    data = _WORKFLOW.dump_json(workflow).decode()
    return WorkflowItem(_partition(workflow), key, data=data, revision=workflow.revision if key == _CURRENT else None)


def _read(item: WorkflowItem | None) -> Workflow | None:
    if item is None or item.data is None:
        return None
    found = _WORKFLOW.validate_json(item.data)
    return found if item.revision is None else replace(found, revision=int(item.revision))


def _partition(workflow: Workflow) -> str:
    return f"{workflow.tenant}#{workflow.id}"


def _summary(workflow_id: str) -> str:
    return f"workflow#{workflow_id}"


def _name(workflow: Workflow) -> str:
    return f"name#{workflow.name.casefold()}"


def _revision(number: int) -> str:
    return f"revision#{number:06}"

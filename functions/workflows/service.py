"""What callers do with workflows: make, see, list, change and delete them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pentarch.agents import store as agents
from pentarch.identity.model import Caller
from pentarch.tools import service as tools
from pentarch.tools.errors import UnknownToolsError
from workflows import checking, facts
from workflows import workflows_store as store
from workflows.definition import Definition, Strategy, normalised
from workflows.errors import InvalidWorkflowError, RevisionNotFoundError, WorkflowNotFoundError
from workflows.ids import is_workflow_id, new_workflow_id
from workflows.model import Status, Workflow
from workflows.schemas import WorkflowChange, WorkflowRequest

MAX_AGENTS = 40
"""Different ones of a workflow: two writes for each are in the transaction that makes it."""
MAX_BODY_BYTES = 100_000
_DEFINING = ("type", "steps", "error_handling", "monitoring", "timeout")
_SORTED: dict[str, Callable[[Workflow], object]] = {
    "name": lambda one: (one.name.casefold(), one.id),
    "created_at": lambda one: (one.created_at, one.id),
    "updated_at": lambda one: (one.updated_at, one.id),
}
SORT_FIELDS = tuple(_SORTED)


@dataclass(frozen=True, slots=True)
class Filters:
    type: str | None = None
    status: Status | None = None
    search: str | None = None

    def let(self, one: Workflow) -> bool:
        text = f"{one.name}\n{one.description}".casefold()
        return (
            (self.type is None or one.body.get("type") == self.type)
            and (self.status is None or one.status is self.status)
            and (self.search is None or self.search.casefold() in text)
        )


def create(caller: Caller, asked: WorkflowRequest, correlation_id: str, at: datetime) -> Workflow:
    sent = asked.model_dump(mode="json", exclude_unset=True)
    workflow = Workflow(
        tenant=caller.tenant,
        id=new_workflow_id(at),
        name=asked.name,
        description=asked.description,
        status=asked.status,
        version=asked.version,
        revision=1,
        body=_checked(caller.tenant, {name: sent[name] for name in _DEFINING if name in sent}),
        tags=asked.tags,
        created_at=at,
        created_by=caller.subject,
        updated_at=at,
    )
    store.add(workflow, facts.of_workflow(facts.WORKFLOW_CREATED, workflow, caller.subject, correlation_id, at))
    return workflow


def update(caller: Caller, workflow_id: str, asked: WorkflowChange, correlation_id: str, at: datetime) -> Workflow:
    """The next revision. Executions that are under way go on with the one that they began with."""
    before = get(caller.tenant, workflow_id)
    sent = {
        name: value for name, value in asked.model_dump(mode="json", exclude_unset=True).items() if value is not None
    }
    body = {**before.body, **{name: sent[name] for name in _DEFINING if name in sent}}
    after = replace(
        before,
        name=asked.name or before.name,
        description=before.description if asked.description is None else asked.description,
        status=asked.status or before.status,
        version=asked.version or before.version,
        revision=before.revision + 1,
        body=_checked(caller.tenant, body),
        tags=before.tags if asked.tags is None else asked.tags,
        updated_at=max(at, before.updated_at),
    )
    store.change(before, after, facts.of_workflow(facts.WORKFLOW_UPDATED, after, caller.subject, correlation_id, at))
    return after


def delete(caller: Caller, workflow_id: str, correlation_id: str, at: datetime) -> None:
    workflow = get(caller.tenant, workflow_id)
    event = facts.of_workflow(facts.WORKFLOW_DELETED, workflow, caller.subject, correlation_id, at)
    store.remove(workflow, event)


def get(tenant: str, workflow_id: str) -> Workflow:
    workflow = store.get(tenant, workflow_id) if is_workflow_id(workflow_id) else None
    if workflow is None:
        raise WorkflowNotFoundError
    return workflow


def page(
    tenant: str, filters: Filters, *, sort_by: str, descending: bool, limit: int, offset: int
) -> tuple[list[Workflow], int]:
    """The workflows of a page, and how many there are in all."""
    found = sorted(filter(filters.let, store.summaries(tenant)), key=_SORTED[sort_by], reverse=descending)  # type: ignore[arg-type]
    return store.get_many(tenant, [one.id for one in found[offset : offset + limit]]), len(found)


def revision(tenant: str, workflow_id: str, number: int) -> Workflow:
    get(tenant, workflow_id)
    found = store.revision(tenant, workflow_id, number)
    if found is None:
        raise RevisionNotFoundError
    return found


def revisions(tenant: str, workflow_id: str, *, limit: int, before: int | None) -> list[Workflow]:
    return store.revisions(get(tenant, workflow_id), limit=limit, before=before)


def _checked(tenant: str, body: dict[str, Any]) -> dict[str, Any]:
    """The body with the steps' ids, in their order; InvalidWorkflowError where it could not be run."""
    if len(json.dumps(body)) > MAX_BODY_BYTES:
        raise InvalidWorkflowError({"steps": [f"the workflow is longer than {MAX_BODY_BYTES} letters"]})
    given = Definition.model_validate(body)
    definition = normalised(given)
    placed = sorted(enumerate(given.steps), key=lambda pair: (pair[1].order or pair[0] + 1, pair[0]))
    keys = [step.key for step in definition.steps]
    places = {key: place for key, (place, _) in zip(keys, placed, strict=True)}
    named = sorted({step.agent_id for step in definition.steps if step.agent_id is not None})
    if len(named) > MAX_AGENTS:
        raise InvalidWorkflowError({"steps": [f"a workflow has at most {MAX_AGENTS} different agents"]})
    known = [agent.id for agent in agents.get_many(tenant, named) if agent is not None] if named else []
    wanted = sorted({step.tool_id for step in definition.steps if step.tool_id is not None})
    found = checking.faults(definition, places, agents=known, tools=_known_tools(tenant, wanted))
    if found:
        errors: dict[str, list[str]] = {}
        for fault in found:
            errors.setdefault(fault.field, []).append(fault.message)
        raise InvalidWorkflowError(errors)
    steps = [{**body["steps"][places[step.key]], "id": step.id, "order": step.order} for step in definition.steps]
    return {
        "type": definition.type,
        **body,
        "steps": steps,
        "error_handling": body.get("error_handling") or {"strategy": Strategy.FAIL_FAST, "max_retries": 0},
    }


def _known_tools(tenant: str, wanted: list[str]) -> set[str]:
    try:
        tools.of(tenant, wanted)
    except UnknownToolsError as error:
        return set(wanted) - set(error.names)
    return set(wanted)

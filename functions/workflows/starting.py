"""Beginning executions: of a workflow, of an agent, and of one that ended, again from a step on."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pentarch.agents import store as agents
from pentarch.agents.errors import AgentNotFoundError
from pentarch.agents.model import Status as AgentStatus
from pentarch.identity.model import Caller
from pentarch.limits import leases
from pentarch.limits.model import concurrent_executions
from pentarch.work.model import Owner
from workflows import course, facts, machine, pace, store, texts
from workflows.definition import Definition, Step, ancestors
from workflows.errors import ExecutionNotFoundError, InactiveError, StateError, StepNotFoundError
from workflows.ids import is_execution_id, new_execution_id
from workflows.model import Execution, Snapshot, State, Status, StepRow, Workflow
from workflows.planner import StepState
from workflows.schemas import ExecuteAgentRequest, ExecuteRequest, RerunRequest
from workflows.table import INPUT

FIRST_LOOK = timedelta(minutes=3)
"""Of the sweep, after an execution began: most are over by then and cost no look."""
AGENT_STEP = "step-1"


def of_workflow(
    caller: Caller, workflow: Workflow, asked: ExecuteRequest, correlation_id: str, at: datetime
) -> Snapshot:
    if workflow.status is not Status.ACTIVE:
        msg = "the workflow is inactive"
        raise InactiveError(msg)
    definition = workflow.definition
    execution = replace(
        _new(caller, definition, asked, correlation_id, at),
        state=State.RUNNING,
        started_at=at,
        workflow_id=workflow.id,
        workflow_name=workflow.name,
        version=workflow.version,
        workflow_revision=workflow.revision,
    )
    return _begun(caller, Snapshot(execution, definition, {}), _input(asked), at)


def of_agent(caller: Caller, agent_id: str, asked: ExecuteAgentRequest, correlation_id: str, at: datetime) -> Snapshot:
    agent = agents.get(caller.tenant, agent_id)
    if agent is None:
        raise AgentNotFoundError
    if agent.status is not AgentStatus.ACTIVE:
        msg = "the agent is inactive"
        raise InactiveError(msg)
    step = Step(id=AGENT_STEP, name=agent.name or agent.id, order=1, agent_id=agent.id, timeout=asked.timeout)
    definition = Definition(steps=(step,))
    execution = replace(_new(caller, definition, asked, correlation_id, at), agent_id=agent.id)
    return _begun(caller, Snapshot(execution, definition, {}), _input(asked), at)


def again(caller: Caller, execution_id: str, asked: RerunRequest, correlation_id: str, at: datetime) -> Snapshot:
    """A new execution of what an ended one ran, from a step on: what completed before keeps its results."""
    found = store.snapshot(caller.tenant, execution_id) if is_execution_id(execution_id) else None
    if found is None:
        raise ExecutionNotFoundError
    former, definition = found.execution, found.definition
    if not former.state.ended:
        msg = f"the execution is {former.state}: it can be run again when it has ended"
        raise StateError(msg, details={"status": former.state})
    first = _first_again(found, asked.from_step)
    before = ancestors(definition)
    kept = {
        key: _kept(row, former.id)
        for key, row in found.rows.items()
        if row.state is StepState.COMPLETED and key in before and key != first and first not in before[key]
    }
    [given] = texts.get_many(caller.tenant, [(former.id, INPUT)])
    given = dict(given or {})
    if asked.parameters is not None:
        given["parameters"] = asked.parameters
    given["step_inputs"] = {} if asked.input is None else {first: asked.input}
    execution = replace(
        former,
        id=new_execution_id(at),
        owner=Owner.of(caller),
        state=State.RUNNING,
        created_at=at,
        started_at=at,
        ended_at=None,
        ended_by=None,
        wrong=None,
        numbers=None,
        revision=0,
        deadline=at + timedelta(seconds=definition.timeout_s),
        watch_at=at + FIRST_LOOK,
        correlation_id=correlation_id,
        rerun_of=former.id,
    )
    return _begun(caller, Snapshot(execution, definition, kept), given, at)


def _first_again(found: Snapshot, asked: str | None) -> str:
    keys = [step.key for step in found.definition.main]
    if asked is not None:
        if asked not in keys:
            raise StepNotFoundError
        return asked
    for wanted in (StepState.FAILED, StepState.RUNNING, StepState.WAITING, StepState.READY, StepState.PENDING):
        for key in keys:
            if found.row(key).state is wanted:
                return key
    msg = "every step completed: from_step says from where to run again"
    raise StateError(msg)


def _kept(row: StepRow, former_id: str) -> StepRow:
    return replace(row, result_of=row.result_of or former_id, revision=0, lives=0)


def _new(caller: Caller, definition: Definition, asked: ExecuteRequest, correlation_id: str, at: datetime) -> Execution:
    user_id = asked.context.get("user_id")
    return Execution(
        tenant=caller.tenant,
        id=new_execution_id(at),
        state=State.QUEUED,
        created_at=at,
        deadline=at + timedelta(seconds=definition.timeout_s),
        watch_at=at + FIRST_LOOK,
        owner=Owner.of(caller),
        total_steps=len(definition.main),
        correlation_id=correlation_id,
        user_id=user_id if isinstance(user_id, str) else None,
    )


def _begun(caller: Caller, snapshot: Snapshot, given: dict[str, Any], at: datetime) -> Snapshot:
    """Take a slot, write the execution, let its first steps be carried. A crash in between is the sweep's to mend."""
    execution = snapshot.execution
    at_most = concurrent_executions(caller.tier, caller.concurrent_executions)
    lease_s = (execution.deadline - at).total_seconds()
    leases.acquire(caller.tenant, store.POOL, execution.id, at_most=at_most, lease_s=lease_s, at=at)
    estimate = pace.read(caller.tenant, execution.subject_of_lists)
    opened = course.planned(replace(snapshot, execution=replace(execution, estimate_s=estimate)), at)
    try:
        text = texts.item(caller.tenant, execution.id, INPUT, given)
        store.commit(None, opened, facts.of_change(None, opened, at), texts=(text,))
    except Exception:
        leases.release(caller.tenant, store.POOL, execution.id)
        raise
    for key in course.newly_ready(None, opened):
        machine.begin(opened.execution, key)
    return opened


def _input(asked: ExecuteRequest) -> dict[str, Any]:
    return {"parameters": asked.parameters, "context": asked.context}

"""What a step needs before it begins, in one read: the data its mappings read, and whom it works for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pentarch.identity.errors import QuotaExceededError
from pentarch.identity.model import Caller
from pentarch.identity.store import TENANT_KEY, IdentityItem
from pentarch.platform.errors import PentarchError
from pentarch.platform.tables import batch_get
from pentarch.usage import store as usage
from pentarch.work.errors import TenantInactiveError
from pentarch.work.owner import held
from workflows import mapping, planner, texts
from workflows.definition import Step
from workflows.model import Snapshot
from workflows.planner import StepState
from workflows.table import INPUT, RUN, RunItem, TextItem, partition_of, result_key


@dataclass(frozen=True, slots=True)
class Given:
    data: Mapping[str, Any]
    """What JSONPath reads: input, context, steps."""
    caller: Caller | None
    refusal: PentarchError | None
    """Why nothing may be done for the tenant any more."""

    def input_of(self, step: Step, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What the step is given: what its mapping says, or all of the execution's input where it says nothing."""
        if not step.input_mapping:
            return dict(self.data["input"])
        return mapping.mapped(step.input_mapping, {**self.data, **(more or {})})


def gather(snapshot: Snapshot, step: Step, at: datetime) -> Given:
    execution = snapshot.execution
    tenant = execution.tenant
    here = partition_of(tenant, execution.id)
    read = [row for key in planner.reads(step) if (row := snapshot.row(key)).state is StepState.COMPLETED]
    results = [(TextItem, partition_of(tenant, row.result_of or execution.id), result_key(row.id)) for row in read]
    places = [
        (TextItem, here, INPUT),
        (IdentityItem, tenant, TENANT_KEY),
        (usage.UsageItem, tenant, usage.month_key(at)),
        *results,
    ]
    found = batch_get(places, consistent=True)
    given = texts.read(found[0]) or {}
    steps = {row.id: texts.read(item) or {} for row, item in zip(read, found[3:], strict=True)}
    data: dict[str, Any] = {"input": given.get("parameters", {}), "context": given.get("context", {}), "steps": steps}
    if step.compensates is not None:
        failed = next((row for row in snapshot.rows.values() if row.state is StepState.FAILED and row.wrong), None)
        if failed is not None and failed.wrong is not None:
            data["error"] = {"step": failed.id, "reason": failed.wrong.kind, "message": failed.wrong.message}
    override = given.get("step_inputs", {}).get(step.id)
    if override is not None:
        data["override"] = override
    try:
        return Given(data, held(execution.owner, found[1], found[2], at), None)
    except (TenantInactiveError, QuotaExceededError) as refusal:
        return Given(data, None, refusal)


def is_going_on(snapshot: Snapshot) -> bool:
    """Whether the execution goes on as it was: one consistent read, for what looks between its calls."""
    execution = snapshot.execution
    [item] = batch_get([(RunItem, partition_of(execution.tenant, execution.id), RUN)], consistent=True)
    return item is not None and item.state == "running"

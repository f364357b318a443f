"""What a step needs before it begins, in one read: the data its mappings read, and whom it works for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pentarch import budgets
from pentarch.identity.model import Caller, Status
from pentarch.identity.store import TENANT_KEY, IdentityItem, to_tenant
from pentarch.platform.errors import PentarchError
from pentarch.platform.tables import batch_get
from pentarch.usage import store as usage
from pentarch.work.errors import TenantInactiveError
from workflows import mapping, planner, texts
from workflows.definition import Step
from workflows.model import Execution, Snapshot
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
    caller, refusal = _standing(execution, found[1], found[2], at)
    return Given(data, caller, refusal)


def is_going_on(snapshot: Snapshot) -> bool:
    """Whether the execution goes on as it was: one consistent read, for what looks between its calls."""
    execution = snapshot.execution
    [item] = batch_get([(RunItem, partition_of(execution.tenant, execution.id), RUN)], consistent=True)
    return item is not None and item.state == "running"


def _standing(
    execution: Execution, tenant_item: IdentityItem | None, usage_item: usage.UsageItem | None, at: datetime
) -> tuple[Caller | None, PentarchError | None]:
    """The caller as it was when the execution was asked for, held against what its tenant is now."""
    tenant = to_tenant(tenant_item) if tenant_item else None
    if tenant is None or tenant.status is not Status.ACTIVE:
        return None, TenantInactiveError("the tenant is not active")
    booked = tenant.monthly_budget_nano_usd
    refusal = budgets.refusal(tenant.id, booked, usage.spent_nano_usd(usage_item), at)
    owner = execution.owner
    caller = Caller(
        tenant=tenant.id,
        subject=owner.subject,
        kind=owner.kind,
        roles=owner.roles,
        scopes=owner.scopes,
        tier=tenant.tier,
        requests_per_hour=tenant.requests_per_hour,
        monthly_budget_nano_usd=booked,
    )
    return caller, refusal

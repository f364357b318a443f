"""The caller that a job's work is done for: as it was when the job was made, held against what its tenant is now."""

from dataclasses import dataclass
from datetime import datetime

from pentarch.identity.errors import QuotaExceededError
from pentarch.identity.model import Caller, Status
from pentarch.identity.store import TENANT_KEY, IdentityItem, to_tenant
from pentarch.platform.money import usd
from pentarch.platform.tables import batch_get
from pentarch.usage import store as usage
from pentarch.work import jobs
from pentarch.work.errors import TenantInactiveError
from pentarch.work.model import Job, JobState


@dataclass(frozen=True, slots=True)
class Standing:
    """What may have changed since the last input: the job's state, the caller, and why it may not go on."""

    state: JobState
    caller: Caller | None
    refusal: TenantInactiveError | QuotaExceededError | None


def standing(job: Job, at: datetime) -> Standing:
    """One consistent read, so that a cancelled job, a closed tenant or a spent budget stops the very next input."""
    month = usage.month_key(at)
    found = batch_get(
        [jobs.place(job.tenant, job.id), (IdentityItem, job.tenant, TENANT_KEY), (usage.UsageItem, job.tenant, month)],
        consistent=True,
    )
    state = JobState(found[0].state) if found[0] else JobState.CANCELLED
    tenant = to_tenant(found[1]) if found[1] else None
    if tenant is None or tenant.status is not Status.ACTIVE:
        return Standing(state, None, TenantInactiveError("the tenant is not active"))
    budget = tenant.monthly_budget_nano_usd
    refusal = None
    if budget is not None and usage.spent_nano_usd(found[2]) >= budget:
        details = {"month": f"{at:%Y-%m}", "budget_usd": usd(budget)}
        refusal = QuotaExceededError("the budget of this month is spent", details=details)
    owner = job.owner
    caller = Caller(
        tenant=tenant.id,
        subject=owner.subject,
        kind=owner.kind,
        roles=owner.roles,
        scopes=owner.scopes,
        tier=tenant.tier,
        requests_per_hour=tenant.requests_per_hour,
        monthly_budget_nano_usd=budget,
        concurrent_executions=tenant.concurrent_executions,
    )
    return Standing(state, caller, refusal)

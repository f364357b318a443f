"""The caller that a job's work is done for: as it was when the job was made, held against what its tenant is now."""

from dataclasses import dataclass
from datetime import datetime

from pentarch import budgets
from pentarch.identity.errors import QuotaExceededError
from pentarch.identity.model import Caller, Kind, Status, Tier
from pentarch.identity.store import TENANT_KEY, IdentityItem, to_tenant
from pentarch.platform.tables import batch_get
from pentarch.usage import store as usage
from pentarch.work import jobs
from pentarch.work.errors import TenantInactiveError
from pentarch.work.model import Job, JobState, Owner
from pentarch.work.quota import Quota, quota_of


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
    try:
        return Standing(state, held(job.owner, found[1], found[2], at), None)
    except (TenantInactiveError, QuotaExceededError) as refusal:
        return Standing(state, None, refusal)


def on_behalf(tenant_id: str, owner: Owner, at: datetime) -> Caller:
    """The owner of something that begins by itself. Raises what forbids it now."""
    found = batch_get(
        [(IdentityItem, tenant_id, TENANT_KEY), (usage.UsageItem, tenant_id, usage.month_key(at))], consistent=True
    )
    return held(owner, found[0], found[1], at)


def payer(tenant_id: str, subject: str, at: datetime) -> Caller:
    """Whoever began some work, for the model calls that it needs. Raises what forbids these now.

    What the subject may do was asked when the work began, so no role and no scope is given.
    """
    return on_behalf(tenant_id, Owner(subject, Kind(subject.partition(":")[0]), (), ()), at)


def held(owner: Owner, tenant_item: IdentityItem | None, month: usage.UsageItem | None, at: datetime) -> Caller:
    """The owner, held against what its tenant is and has used this month. Raises what forbids its work now."""
    tenant = to_tenant(tenant_item) if tenant_item else None
    if tenant is None or tenant.status is not Status.ACTIVE:
        msg = "the tenant is not active"
        raise TenantInactiveError(msg)
    refusal = budgets.refusal(tenant.id, tenant.monthly_budget_nano_usd, usage.spent_nano_usd(month), at)
    if refusal is not None:
        raise refusal
    return Caller(
        tenant=tenant.id,
        subject=owner.subject,
        kind=owner.kind,
        roles=owner.roles,
        scopes=owner.scopes,
        tier=tenant.tier,
        requests_per_hour=tenant.requests_per_hour,
        monthly_budget_nano_usd=tenant.monthly_budget_nano_usd,
        concurrent_executions=tenant.concurrent_executions,
    )


def quota(tenant_id: str) -> Quota:
    """How much open work a tenant may have."""
    [found] = batch_get([(IdentityItem, tenant_id, TENANT_KEY)])
    return quota_of(tenant_id, to_tenant(found).tier if found else Tier.FREE)

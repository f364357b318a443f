"""The caller that a job's work is done for: as it was when the job was made, held against what its tenant is now."""

from dataclasses import dataclass
from datetime import datetime

from pentarch import budgets
from pentarch.identity.errors import QuotaExceededError
from pentarch.identity.model import Caller, Kind, Status, Tenant, Tier
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
    tenant = to_tenant(found[1]) if found[1] else None
    if tenant is None or tenant.status is not Status.ACTIVE:
        return Standing(state, None, TenantInactiveError("the tenant is not active"))
    return Standing(state, _on_behalf(tenant, job.owner), _spent(tenant, found[2], at))


def on_behalf(tenant_id: str, owner: Owner, at: datetime) -> Caller:
    """The owner of something that begins by itself. Raises what forbids it now."""
    tenant, month = _tenant(tenant_id, at)
    refusal = _spent(tenant, month, at)
    if refusal is not None:
        raise refusal
    return _on_behalf(tenant, owner)


def payer(tenant_id: str, subject: str, at: datetime) -> Caller:
    """Whoever began some work, for the model calls that it needs. Raises what forbids these now.

    What the subject may do was asked when the work began, so no role and no scope is given.
    """
    tenant, month = _tenant(tenant_id, at)
    refusal = _spent(tenant, month, at)
    if refusal is not None:
        raise refusal
    return _caller(tenant, subject, Kind(subject.partition(":")[0]), (), ())


def quota(tenant_id: str) -> Quota:
    """How much open work a tenant may have."""
    [found] = batch_get([(IdentityItem, tenant_id, TENANT_KEY)])
    return quota_of(tenant_id, to_tenant(found).tier if found else Tier.FREE)


def _tenant(tenant_id: str, at: datetime) -> tuple[Tenant, usage.UsageItem | None]:
    """The tenant, which is active, and what it has used this month."""
    found = batch_get(
        [(IdentityItem, tenant_id, TENANT_KEY), (usage.UsageItem, tenant_id, usage.month_key(at))], consistent=True
    )
    tenant = to_tenant(found[0]) if found[0] else None
    if tenant is None or tenant.status is not Status.ACTIVE:
        msg = "the tenant is not active"
        raise TenantInactiveError(msg)
    return tenant, found[1]


def _on_behalf(tenant: Tenant, owner: Owner) -> Caller:
    return _caller(tenant, owner.subject, owner.kind, owner.roles, owner.scopes)


def _spent(tenant: Tenant, month: usage.UsageItem | None, at: datetime) -> QuotaExceededError | None:
    return budgets.refusal(tenant.id, tenant.monthly_budget_nano_usd, usage.spent_nano_usd(month), at)


def _caller(tenant: Tenant, subject: str, kind: Kind, roles: tuple[str, ...], scopes: tuple[str, ...]) -> Caller:
    return Caller(
        tenant=tenant.id,
        subject=subject,
        kind=kind,
        roles=roles,
        scopes=scopes,
        tier=tenant.tier,
        requests_per_hour=tenant.requests_per_hour,
        monthly_budget_nano_usd=tenant.monthly_budget_nano_usd,
        concurrent_executions=tenant.concurrent_executions,
    )

"""How much open work a tenant may have: counters bound it, in the transaction that makes the work."""

from dataclasses import dataclass

from pentarch.configuration import accessor
from pentarch.configuration.model import ConfigType
from pentarch.identity.model import Tier


@dataclass(frozen=True, slots=True)
class Quota:
    """Jobs that have not ended, and the inputs in them."""

    jobs: int
    inputs: int

    @property
    def message(self) -> str:
        return f"open jobs are bounded: {self.jobs} at once, with {self.inputs} inputs in all"


QUOTAS = {
    Tier.FREE: Quota(100, 100_000),
    Tier.BASIC: Quota(500, 500_000),
    Tier.PRO: Quota(2_000, 2_000_000),
    Tier.ENTERPRISE: Quota(10_000, 10_000_000),
}


def quota_of(tenant: str, tier: Tier) -> Quota:
    """What the tier has; a tenant may bind itself further by a configuration of the type `limits`, never loosen it."""
    quota = QUOTAS[tier]
    own = accessor.current(tenant, ConfigType.LIMITS) or {}
    return Quota(
        min(quota.jobs, own.get("open_jobs", quota.jobs)), min(quota.inputs, own.get("open_job_inputs", quota.inputs))
    )

"""How much open work a tenant may have: counters bound it, in the transaction that makes the work."""

from dataclasses import dataclass

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


def quota_of(tier: Tier) -> Quota:
    return QUOTAS[tier]

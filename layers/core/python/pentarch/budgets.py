"""The month's budget: one rule for requests, inputs of jobs, steps of workflows and whatever else begins by itself."""

from datetime import datetime

from pentarch.configuration import accessor
from pentarch.configuration.model import ConfigType
from pentarch.identity.errors import QuotaExceededError
from pentarch.platform.money import NANO_PER_USD, usd
from pentarch.usage import store as usage


def in_force(tenant: str, booked_nano_usd: int | None) -> int | None:
    """What the tenant may spend in a month, in nano-dollars; None: nothing bounds it.

    A tenant may bind itself by a configuration of the type `budget`, never loosen what it has booked. What it has
    configured is read from memory and at most a minute old.
    """
    own = accessor.current(tenant, ConfigType.BUDGET)
    if own is None:
        return booked_nano_usd
    wanted: int = round(own["monthly_usd"] * NANO_PER_USD)
    return wanted if booked_nano_usd is None else min(booked_nano_usd, wanted)


def refusal(
    tenant: str, booked_nano_usd: int | None, spent_nano_usd: int | None, at: datetime
) -> QuotaExceededError | None:
    """Why nothing more may be spent this month, if so.

    What was spent is read here if it is None, the caller not knowing it yet, and there is a budget.
    """
    budget = in_force(tenant, booked_nano_usd)
    if budget is None:
        return None
    spent = usage.month(tenant, at).cost_nano_usd if spent_nano_usd is None else spent_nano_usd
    if spent < budget:
        return None
    details = {"month": f"{at:%Y-%m}", "budget_usd": usd(budget)}
    return QuotaExceededError("the budget of this month is spent", details=details)

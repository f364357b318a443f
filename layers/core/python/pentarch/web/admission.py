"""The gate that every request passes before its body is read: who asks, may they, and do they have requests left."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from pentarch import budgets
from pentarch.configuration import accessor
from pentarch.configuration.model import ConfigType
from pentarch.identity.errors import PermissionDeniedError
from pentarch.identity.model import Caller, Named
from pentarch.identity.service import Authenticator, Place
from pentarch.limits import store as limits
from pentarch.limits.model import Standing
from pentarch.platform.errors import UnavailableError
from pentarch.usage import store as usage
from pentarch.web.access import SELF, Access

if TYPE_CHECKING:
    from pentarch.identity.federation import Issuer


_STOPPED_RETRY_S = 30


class ServiceStoppedError(UnavailableError):
    """An operator has stopped the service."""

    def __init__(self, service: str) -> None:
        super().__init__(
            f"an operator has stopped the service {service!r}",
            details={"service": service},
            retry_after=_STOPPED_RETRY_S,
        )


@dataclass(slots=True)
class Gate:
    """One per process. At most two AWS calls a request: one read that memory often saves, one conditional write."""

    authenticator: Authenticator = field(default_factory=lambda: Authenticator(_trusted_issuers()))

    def identify(
        self, headers: Mapping[str, str], access: Access, at: datetime, named: Named | None = None
    ) -> tuple[Caller, int | None]:
        """The caller, and what its tenant has spent this month in nano-dollars, if that was read along."""

        def spent_this_month(tenant: str) -> Place:
            return usage.UsageItem, tenant, usage.month_key(at)

        also = spent_this_month if access.spends else None
        if named is None:
            caller, along = self.authenticator.authenticate(headers, at, also=also)
        else:
            caller, along = self.authenticator.on_behalf(named, at, also=also)
        return caller, usage.spent_nano_usd(along[0]) if along else None

    def require_running(self) -> None:
        """Refuse everything of a service that was stopped; what was read with the caller says which ones are."""
        service = os.environ.get("POWERTOOLS_SERVICE_NAME", "")
        if service in self.authenticator.stopped:
            raise ServiceStoppedError(service)

    @staticmethod
    def count(caller: Caller, access: Access, at: datetime) -> Standing:
        per_hour = caller.requests_per_hour
        own = accessor.current(caller.tenant, ConfigType.LIMITS)
        if own is not None:  # a tenant may bind itself, never loosen what it has booked
            per_hour = min(per_hour, int(own.get("requests_per_hour", per_hour)))
        return limits.count(caller.tenant, per_hour=per_hour, bucket=access.bucket, at=at)

    @staticmethod
    def authorize(caller: Caller, access: Access, spent_nano_usd: int | None, at: datetime) -> None:
        """Refuse a caller that lacks the scope, or whose tenant has spent its month's budget.

        What it has spent is read here if it is not known yet and there is a budget.
        """
        if access.scope is None or (access.scope != SELF and not caller.may(access.scope)):
            raise PermissionDeniedError(access.scope or "")
        if not access.spends:
            return
        refusal = budgets.refusal(caller.tenant, caller.monthly_budget_nano_usd, spent_nano_usd, at)
        if refusal is not None:
            raise refusal


def _trusted_issuers() -> "tuple[Issuer, ...]":
    """The deployment's external issuers; most have none, and import nothing for them."""
    text = os.environ.get("OIDC_ISSUERS", "")
    if text in ("", "[]"):
        return ()
    from pentarch.identity.federation import read_issuers

    return read_issuers(text)

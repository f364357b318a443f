"""Makes a tenant and its first credentials. Operators invoke it; no HTTP route leads here."""

import os
import secrets
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from identity import bootstrap_store, rotate
from identity.bootstrap_store import Bootstrapped, Issue, TenantExistsError
from identity.client_tokens import client_id
from identity.principals import issue
from identity.schemas import Username
from identity.settings import Settings
from identity.users import new_user
from pentarch.identity.credentials import TENANT_FORM
from pentarch.identity.model import Kind, Status, Tenant, Tier
from pentarch.limits.leases import MAX_SLOTS
from pentarch.limits.model import REQUESTS_PER_HOUR
from pentarch.platform import clock
from pentarch.platform.errors import ConflictError
from pentarch.platform.money import NANO_PER_USD

ADMIN = ("admin",)
DEVELOPER = ("developer",)
DEFAULT_USERNAME = "admin"


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Administrator(_Order):
    username: Username | None = None


class Order(_Order):
    """What the operator asks for."""

    tenant: Annotated[str, StringConstraints(pattern=f"^{TENANT_FORM.pattern}$")]
    tier: Tier = Tier.PRO
    requests_per_hour: Annotated[int, Field(ge=1)] | None = None
    """None: what the tier has."""
    monthly_budget_usd: Annotated[Decimal, Field(ge=0, le=1_000_000_000)] | None = None
    """None: no bound."""
    concurrent_executions: Annotated[int, Field(ge=1, le=MAX_SLOTS)] | None = None
    """None: what the tier has."""
    admin: Administrator = Administrator()
    reset_credentials: bool = False

    def as_tenant(self) -> Tenant:
        budget = self.monthly_budget_usd
        return Tenant(
            id=self.tenant,
            tier=self.tier,
            requests_per_hour=self.requests_per_hour or REQUESTS_PER_HOUR[self.tier],
            monthly_budget_nano_usd=None if budget is None else int(budget * NANO_PER_USD),
            status=Status.ACTIVE,
            concurrent_executions=self.concurrent_executions,
        )


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """The answer holds the credentials, which exist nowhere else: invoke it synchronously, and keep the answer safe."""
    order = Order.model_validate(event)
    at = clock.now()
    rotate.rotate(Settings.read(os.environ).signing_keys_secret, at)
    return bootstrap(order, at)


def bootstrap(order: Order, at: datetime) -> dict[str, Any]:
    """One transaction makes everything or nothing; a tenant that is there already is left alone unless told."""
    if not order.reset_credentials:
        made, answer = _credentials(order.tenant, order.admin.username or DEFAULT_USERNAME, at)
        try:
            bootstrap_store.create(order.as_tenant(), made, at)
        except TenantExistsError:
            changed = bootstrap_store.change_tenant(order.as_tenant(), at) if _says_what_is_booked(order) else False
            return {"tenant": order.tenant, "already": True} | ({"updated": True} if changed else {})
        return answer
    earlier = bootstrap_store.read(order.tenant)
    made, answer = _credentials(order.tenant, _name_again(order, earlier), at)
    bootstrap_store.reissue(earlier, made, at)
    return answer


def _credentials(tenant: str, username: str, at: datetime) -> tuple[Issue, dict[str, Any]]:
    """New credentials, not yet stored, and the answer that shows them."""
    by = bootstrap_store.OPERATOR
    admin_key = issue(Kind.KEY, tenant, label="bootstrap admin", roles=ADMIN, created_by=by, at=at)
    user_key = issue(Kind.KEY, tenant, label="bootstrap developer", roles=DEVELOPER, created_by=by, at=at)
    client = issue(Kind.CLIENT, tenant, label="bootstrap client", roles=DEVELOPER, created_by=by, at=at)
    password = secrets.token_urlsafe(18)
    user = new_user(tenant, username, password=password, roles=ADMIN, created_by=by, at=at)
    made = Issue((admin_key.principal, user_key.principal, client.principal), user)
    answer = {
        "tenant": tenant,
        "api_key": admin_key.shown,
        "username": username,
        "password": password,
        "client_id": client_id(tenant, client.principal.name),
        "client_secret": client.shown,
        "user_api_key": user_key.shown,
    }
    return made, answer


def _says_what_is_booked(order: Order) -> bool:
    booked = {"tier", "requests_per_hour", "monthly_budget_usd", "concurrent_executions"}
    return not order.model_fields_set.isdisjoint(booked)


def _name_again(order: Order, earlier: Bootstrapped) -> str:
    wanted = order.admin.username or earlier.username or DEFAULT_USERNAME
    if earlier.username and wanted != earlier.username:
        msg = f"the administrator of {order.tenant} is {earlier.username}; a reset keeps the name"
        raise ConflictError(msg)
    return wanted

"""Tenants and keys for tests, made straight in the table: no function runs, no password is hashed."""

from datetime import UTC, datetime

from pentarch.identity import store
from pentarch.identity.credentials import Credential
from pentarch.identity.model import Kind, Principal, Status, Tenant, Tier
from pentarch.platform.tables import Transaction

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def make_tenant(name: str, *, requests_per_hour: int = 100_000, monthly_budget_nano_usd: int | None = None) -> str:
    """A tenant, and an admin's API key of it."""
    tenant = Tenant(name, Tier.ENTERPRISE, requests_per_hour, monthly_budget_nano_usd, Status.ACTIVE)
    transaction = Transaction()
    transaction.put(store.from_tenant(tenant))
    transaction.commit()
    return make_key(name, "admin")


def make_key(tenant: str, *roles: str, scopes: tuple[str, ...] = (), expires_at: datetime | None = None) -> str:
    """An API key, as its owner presents it."""
    key = Credential.new("pk", tenant)
    principal = Principal(
        tenant=tenant,
        kind=Kind.KEY,
        name=key.record,
        label="test",
        roles=roles,
        scopes=scopes,
        status=Status.ACTIVE,
        secret_hash=key.hash,
        created_at=LONG_AGO,
        created_by="system:test",
        expires_at=expires_at,
    )
    transaction = Transaction()
    transaction.put(store.from_principal(principal))
    transaction.commit()
    return str(key)

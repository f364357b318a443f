"""The identity table: one partition per tenant, one item per tenant, principal and session."""

from collections.abc import Iterator
from datetime import UTC, datetime

from pynamodb.attributes import JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from pentarch.identity.model import Kind, Principal, Session, Status, Tenant, Tier
from pentarch.platform.tables import TableName, TenantTable

TENANT_KEY = "tenant"
BOOTSTRAP_KEY = "bootstrap"
"""Of the record of what a tenant's bootstrap gave out."""
PUBLIC_KEYS = ("@pentarch", "public-keys")
"""Where the public halves of the signing keys lie: JSON of PEM texts by key id. A tenant's id cannot start with @."""
STOPPED = ("@operations", "stopped-services")
"""Where the services lie that an operator has stopped: by name, when and by whom."""


class IdentityItem(TenantTable):
    class Meta:
        table_name = TableName("IDENTITY_TABLE")

    status = UnicodeAttribute(null=True)
    label = UnicodeAttribute(null=True)
    roles = ListAttribute[str](null=True)
    scopes = ListAttribute[str](null=True)
    secret_hash = UnicodeAttribute(null=True)
    username = UnicodeAttribute(null=True)
    created_at = NumberAttribute(null=True)
    created_by = UnicodeAttribute(null=True)
    rotated_at = NumberAttribute(null=True)
    pseudonym = UnicodeAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    tier = UnicodeAttribute(null=True)
    requests_per_hour = NumberAttribute(null=True)
    monthly_budget_nano_usd = NumberAttribute(null=True)
    concurrent_executions = NumberAttribute(null=True)
    session_version = NumberAttribute(null=True)
    owner = UnicodeAttribute(null=True)
    total = NumberAttribute(null=True)
    issued = ListAttribute[str](null=True)
    public_keys = JSONAttribute(null=True)
    retire_at = JSONAttribute(null=True)
    stopped = JSONAttribute(null=True)
    revision = NumberAttribute(null=True)
    ttl = NumberAttribute(null=True)


def principal_key(kind: Kind, name: str) -> str:
    return f"{kind}#{name}"


def session_key(session_id: str) -> str:
    return f"session#{session_id}"


def pseudonym_key(pseudonym: str) -> str:
    """Where it is said which user a pseudonym stands for."""
    return f"pseudonym#{pseudonym}"


def directory_place(username: str) -> tuple[str, str]:
    """Where the directory says which tenant a user name belongs to: known before the tenant is."""
    return f"@username#{username}", "tenant"


def principals(tenant: str, kind: Kind) -> Iterator[Principal]:
    for item in IdentityItem.query(tenant, IdentityItem.key.startswith(f"{kind}#")):
        yield to_principal(item)


def to_tenant(item: IdentityItem) -> Tenant:
    return Tenant(
        id=item.tenant,
        tier=Tier(item.tier),
        requests_per_hour=int(item.requests_per_hour or 0),
        monthly_budget_nano_usd=None if item.monthly_budget_nano_usd is None else int(item.monthly_budget_nano_usd),
        status=Status(item.status),
        concurrent_executions=None if item.concurrent_executions is None else int(item.concurrent_executions),
    )


def from_tenant(tenant: Tenant) -> IdentityItem:
    return IdentityItem(
        tenant.id,
        TENANT_KEY,
        status=tenant.status,
        tier=tenant.tier,
        requests_per_hour=tenant.requests_per_hour,
        monthly_budget_nano_usd=tenant.monthly_budget_nano_usd,
        concurrent_executions=tenant.concurrent_executions,
    )


def to_principal(item: IdentityItem) -> Principal:
    kind, _, name = item.key.partition("#")
    return Principal(
        tenant=item.tenant,
        kind=Kind(kind),
        name=name,
        label=item.label or "",
        roles=tuple(item.roles or ()),
        scopes=tuple(item.scopes or ()),
        status=Status(item.status),
        secret_hash=item.secret_hash or "",
        created_at=_instant(item.created_at or 0),
        created_by=item.created_by or "",
        expires_at=None if item.expires_at is None else _instant(item.expires_at),
        session_version=int(item.session_version or 0),
        rotated_at=None if item.rotated_at is None else _instant(item.rotated_at),
        pseudonym=item.pseudonym,
    )


def from_principal(principal: Principal) -> IdentityItem:
    return IdentityItem(
        principal.tenant,
        principal_key(principal.kind, principal.name),
        label=principal.label,
        roles=list(principal.roles),
        scopes=list(principal.scopes),
        status=principal.status,
        secret_hash=principal.secret_hash,
        created_at=principal.created_at.timestamp(),
        created_by=principal.created_by,
        expires_at=None if principal.expires_at is None else principal.expires_at.timestamp(),
        session_version=principal.session_version or None,
        rotated_at=None if principal.rotated_at is None else principal.rotated_at.timestamp(),
        pseudonym=principal.pseudonym,
    )


def to_session(item: IdentityItem) -> Session:
    return Session(
        tenant=item.tenant,
        id=item.key.removeprefix("session#"),
        username=item.username or "",
        refresh_hash=item.secret_hash or "",
        status=Status(item.status),
        expires_at=_instant(item.expires_at or 0),
        version=int(item.session_version or 0),
        subject=item.subject or f"{Kind.USER}:{item.username}",
    )


def from_session(session: Session) -> IdentityItem:
    return IdentityItem(
        session.tenant,
        session_key(session.id),
        username=session.username,
        secret_hash=session.refresh_hash,
        status=session.status,
        expires_at=session.expires_at.timestamp(),
        session_version=session.version or None,
        subject=session.subject or None,
        ttl=int(session.expires_at.timestamp()),
    )


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

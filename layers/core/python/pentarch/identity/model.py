"""Who may call: tenants, the credentials that belong to them, and the caller that a request turns out to be."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pentarch.identity.roles import permits


class Tier(StrEnum):
    """What a tenant has booked."""

    FREE = "free"
    BASIC = "basic"
    PRO = "pro"
    ENTERPRISE = "enterprise"


class Status(StrEnum):
    ACTIVE = "active"
    REVOKED = "revoked"


class Kind(StrEnum):
    """What kind of credential a subject is."""

    KEY = "key"
    USER = "user"
    CLIENT = "client"
    FEDERATED = "federated"


@dataclass(frozen=True, slots=True)
class Tenant:
    id: str
    tier: Tier
    requests_per_hour: int
    monthly_budget_nano_usd: int | None
    """None: no bound."""
    status: Status
    concurrent_executions: int | None = None
    """None: what the tier has."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A key, a user or a client, as it is stored."""

    tenant: str
    kind: Kind
    name: str
    """The key's or client's id, the user's name."""
    label: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    """A narrowing of what the roles allow; empty: all of it."""
    status: Status
    secret_hash: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    session_version: int = 0
    """Raised by whatever ends all of a user's sessions: a session of an earlier version is over."""
    rotated_at: datetime | None = None
    """When the secret was replaced last; None: it is the one that the principal was made with."""
    pseudonym: str | None = None
    """What a user is called everywhere but in the identity table, which can forget who it stands for."""

    @property
    def subject(self) -> str:
        return f"{self.kind}:{self.pseudonym or self.name}"

    def is_usable(self, at: datetime) -> bool:
        return self.status is Status.ACTIVE and (self.expires_at is None or at < self.expires_at)


@dataclass(frozen=True, slots=True)
class Session:
    """A login, and the family of refresh tokens that descends from it."""

    tenant: str
    id: str
    username: str
    refresh_hash: str
    """Of the one refresh token that is good now; every earlier one is spent."""
    status: Status
    expires_at: datetime
    version: int = 0
    """The user's `session_version` when it was opened."""
    subject: str = ""
    """Of the user."""


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom a part of the stack does something for, without their credential."""

    tenant: str
    subject: str
    kind: Kind
    roles: tuple[str, ...]
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Caller:
    """The outcome of authentication: everything that rules need to know about who asks."""

    tenant: str
    subject: str
    kind: Kind
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    tier: Tier
    requests_per_hour: int
    monthly_budget_nano_usd: int | None = None
    concurrent_executions: int | None = None
    """What was agreed; None: what the tier has (`pentarch.limits.model.concurrent_executions`)."""

    def may(self, scope: str) -> bool:
        return permits(self.roles, self.scopes, scope)

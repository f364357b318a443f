"""Versioned configurations: what is active, what waits for approval, what is being rolled out."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

JsonObject = Mapping[str, Any]

MAX_PERCENTAGE = 100
_BUCKETS = 10_000


class ConfigType(StrEnum):
    """The first four are the CAIO reference's; the others are what Pentarch itself obeys."""

    POLICY = "policy"
    CONSTRAINT = "constraint"
    SLO = "slo"
    TENANT = "tenant"
    ROUTING_WEIGHTS = "routing_weights"
    ROUTING_POLICY = "routing_policy"
    SENSITIVITY_POLICY = "sensitivity_policy"
    LIMITS = "limits"
    BUDGET = "budget"
    RETENTION = "retention"
    APPROVAL = "approval"
    SESSION_APPROVAL = "session_approval"


class State(StrEnum):
    """Where a configuration stands."""

    ACTIVE = "active"
    ROLLING_OUT = "rolling_out"
    PENDING_APPROVAL = "pending_approval"


class Origin(StrEnum):
    """What made a version."""

    CREATE = "create"
    UPDATE = "update"
    ROLLBACK = "rollback"
    IMPORT = "import"
    DELETE = "delete"
    """A deletion that waits for approval; it has the value that is to go."""


class Outcome(StrEnum):
    """What became of a version that was not simply activated."""

    APPROVED = "approved"
    REJECTED = "rejected"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True)
class Content:
    """What a version holds."""

    value: JsonObject
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    """A version that some of the callers see already."""

    version: int
    content: Content
    percentage: int
    by: str
    alarm: str | None = None
    """A CloudWatch alarm that ends the roll-out when it goes off."""
    id: str = ""
    """Of its record in the list of all roll-outs; empty: it began before there was one."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A version that waits for a second person."""

    version: int
    content: Content
    origin: Origin
    by: str
    percentage: int | None = None
    """Approved, it is rolled out to so many at first; None: to all."""
    alarm: str | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration as it is now."""

    tenant: str
    """The Pentarch tenant: from the credential, never from a request."""
    id: str
    label: str
    """What the reference calls `tenant_id`: a name that the caller gave, inside the tenant."""
    type: ConfigType
    name: str
    active: int
    """The version that is in force; 0: none was approved yet."""
    content: Content
    latest: int
    """The highest version number that was ever given."""
    revision: int
    """Raised by every change, so that one conditional write decides a race."""
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    rollout: Rollout | None = None
    pending: Pending | None = None
    brought_by: str | None = None
    """The roll-out that brought the active version; None: all callers saw it at once."""

    @property
    def state(self) -> State:
        if self.pending is not None:
            return State.PENDING_APPROVAL
        return State.ACTIVE if self.rollout is None else State.ROLLING_OUT

    @property
    def present(self) -> int:
        """The version that readers are shown, and that writers decide on."""
        return self.active or self.latest

    def content_for(self, bucket_key: str | None) -> Content | None:
        """What is in force for a caller; None before the first approval. Without a key, the version that all see."""
        rollout = self.rollout
        if rollout is not None and bucket_key is not None and _is_chosen(self.id, rollout, bucket_key):
            return rollout.content
        return self.content if self.active else None


@dataclass(frozen=True, slots=True)
class Version:
    """One version, which never changes; only what became of it is noted on it."""

    number: int
    content: Content
    origin: Origin
    created_at: datetime
    created_by: str
    source: int | None = None
    """The version that a rollback took its value from."""
    outcome: Outcome | None = None


def bucket_of(config_id: str, version: int, key: str) -> float:
    """Where a key falls, in [0, 100): always the same, and for each roll-out another."""
    digest = hashlib.sha256(f"{config_id}\n{version}\n{key}".encode()).digest()
    return int.from_bytes(digest[:8]) % _BUCKETS * MAX_PERCENTAGE / _BUCKETS


def _is_chosen(config_id: str, rollout: Rollout, key: str) -> bool:
    return bucket_of(config_id, rollout.version, key) < rollout.percentage

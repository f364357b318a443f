"""Webhooks and their deliveries: the words, the states and the bounds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

MAX_WEBHOOKS = 100
"""Of a tenant: each event is held against all of them."""
TIMEOUT_S = 15.0
"""Standard Webhooks: a receiver has 15 to 30 seconds."""
MAX_RESPONSE_BYTES = 64 * 1024
"""Read of an answer; its status is what counts."""
KEPT_RESPONSE = 1024
"""Characters of an answer that the delivery log shows."""
KEPT_ATTEMPTS = 30
"""The newest, of one delivery; redeliveries add to them."""
KEPT_DAYS = 30
"""A delivery is in the log for so long after its event."""


class Format(StrEnum):
    """How the body is laid out: as the reference documents whose path the webhook was made by."""

    METAQORE = "metaqore"
    """With a `signature` field."""
    AI_SEMBLE = "ai_semble"


class State(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"


class Outcome(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Given up, until somebody asks for it again."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret as it is stored, and until when it still signs; None: for as long as it stays."""

    sealed: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    tenant: str
    id: str
    url: str
    events: tuple[str, ...]
    """Names of events, or patterns: `job.*`, `*`."""
    format: Format
    secrets: tuple[Secret, ...]
    """The present one first."""
    created_at: datetime
    created_by: str
    updated_at: datetime
    revision: str
    """New with every change."""
    description: str = ""
    ordered: bool = False
    """One event is not sent before the one before it was taken or given up."""
    state: State = State.ACTIVE
    disabled_reason: str | None = None
    failing_since: datetime | None = None
    """Nothing was delivered since."""


@dataclass(frozen=True, slots=True)
class Attempt:
    at: datetime
    milliseconds: float
    status: int | None
    """None: there was no answer."""
    error: str | None
    """Why it does not count as delivered."""
    response: str
    """The beginning of the answer's body."""


@dataclass(frozen=True, slots=True)
class Delivery:
    tenant: str
    webhook_id: str
    id: str
    """The event's id; with it the receiver sees that two requests are one delivery (`webhook-id`)."""
    event: str
    happened_at: datetime
    data: Mapping[str, Any]
    outcome: Outcome
    tries: int
    """Since it was made, or asked for again."""
    due_at: datetime | None
    """When the next try is; None when it is not pending."""
    attempts: tuple[Attempt, ...] = ()
    redelivered: int = 0
    """How often it was asked for again."""
    wish: str | None = None
    """The event of the last time that it was."""


@dataclass(frozen=True, slots=True)
class Statistics:
    delivered: int = 0
    failed: int = 0
    """Deliveries that were given up."""
    attempts: int = 0
    failed_attempts: int = 0
    total_ms: float = 0.0
    """Of all attempts that were answered."""
    answered: int = 0
    last: Mapping[str, datetime] = field(default_factory=dict)
    """The time of the last `delivered` and of the last `failed` attempt."""

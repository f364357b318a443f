"""A registered service: what its contract says, and whether it is up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pentarch.routing.model import Candidate, Observed
from pentarch.services.averages import Averages

JsonObject = Mapping[str, Any]


class Status(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"


class Down(StrEnum):
    """Why a service is inactive; it is active when no reason is left."""

    PROBE = "probe"
    """Its health check failed several times in a row."""
    HEARTBEAT = "heartbeat"
    """It sent heartbeats, and no more."""
    OPERATOR = "operator"
    """Somebody took it out."""


@dataclass(frozen=True, slots=True)
class Service:
    tenant: str
    id: str
    name: str
    version: str
    base_url: str
    protocol: str
    contract: JsonObject
    registered_at: datetime
    registered_by: str
    updated_at: datetime
    revision: int = 1
    """Raised by every change, so that one conditional write decides a race, and a proof names what it saw."""
    contract_path: str | None = None
    down: tuple[Down, ...] = ()
    probe_id: str | None = None
    """Of its present health check; a check of another id is of a former life."""

    @property
    def status(self) -> Status:
        return Status.INACTIVE if self.down else Status.ACTIVE

    @property
    def capabilities(self) -> list[str]:
        found: list[str] = self.contract["capabilities"]
        return found

    @property
    def credential_ref(self) -> str | None:
        return self.contract.get("credential_ref")

    @property
    def health_path(self) -> str | None:
        return self.contract.get("health_path")

    def candidate(self, observed: Observed) -> Candidate:
        """The service as the router sees it."""
        contract = self.contract
        candidate: Candidate = {
            "service_id": self.id,
            "revision": self.revision,
            "base_url": self.base_url,
            "protocol": self.protocol,
            "active": not self.down,
            "capabilities": self.capabilities,
            "guarantees": contract.get("guarantees", {}),
            "cost_per_token": contract.get("cost_per_token"),
            "traits": contract.get("traits", {}),
            "data_policy": contract.get("data_policy", {}),
            "observed": observed,
        }
        if contract.get("needs_credential"):
            candidate["needs_credential"] = True
        if self.credential_ref is not None:
            candidate["credential_ref"] = self.credential_ref
        return candidate


@dataclass(frozen=True, slots=True)
class Health:
    """What is measured of a service, beside it: it changes with every probe, the service does not."""

    averages: Averages = field(default_factory=Averages)
    failures: int = 0
    """Failed probes since the last good one."""
    beat_at: datetime | None = None
    """The last heartbeat; None: it never sent one."""
    beat_every: timedelta | None = None
    beat_id: str | None = None
    """Of the watch over its heartbeats; None while nobody waits for one."""
    version: int = 1

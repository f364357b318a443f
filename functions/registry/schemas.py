"""Bodies of the registry's API, as the CAIO reference has them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator

from pentarch.platform.clock import iso
from pentarch.routing.model import Constraints, Policies
from pentarch.services.credentials import Credential
from pentarch.services.model import Service, Status

CAPABILITY = r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$"
CREDENTIAL_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
ServiceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")]
Capability = Annotated[str, StringConstraints(pattern=CAPABILITY)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"\S")]
Address = Annotated[str, StringConstraints(pattern=r"^(https?|wss?|grpcs?)://[^\s/@?#]+(/[^\s?#]*)?$", max_length=1024)]
"""Without a user name, which could come with a password, and without a query."""
Amount = Annotated[float, Field(ge=0, le=1e15, strict=True, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]
Traits = dict[
    Annotated[str, StringConstraints(min_length=1, max_length=64)], Annotated[str, StringConstraints(max_length=256)]
]
Names = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=256)]], Field(max_length=1000)]
MAX_REQUIRED = 8
Sensitivity = Literal["PUBLIC", "INTERNAL", "SENSITIVE", "CRITICAL"]


class Registration(BaseModel):
    service_id: ServiceId
    name: Label
    version: Annotated[str, StringConstraints(min_length=1, max_length=64)] = "1.0.0"
    base_url: Address
    protocol: Annotated[str, StringConstraints(min_length=1, max_length=32)] | None = None
    contract_path: Annotated[str, StringConstraints(min_length=1, max_length=1024)] | None = None
    contract: dict[str, Any] | None = None


class Change(BaseModel):
    """What is left out stays; a contract is replaced whole."""

    name: Label | None = None
    version: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    base_url: Address | None = None
    protocol: Annotated[str, StringConstraints(min_length=1, max_length=32)] | None = None
    contract_path: Annotated[str, StringConstraints(min_length=1, max_length=1024)] | None = None
    contract: dict[str, Any] | None = None
    status: Status | None = None


class CredentialValue(BaseModel):
    """A bearer token or key; one that needs another scheme has it before it, as `Basic dXNlcjpwYXNz`."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    value: Annotated[SecretStr, Field(min_length=8, max_length=4096)]

    @field_validator("value")
    @classmethod
    def _fits_a_header(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if not (text.isascii() and text.isprintable() and text == text.strip()):
            msg = "printable ASCII, with no space before or behind it"
            raise ValueError(msg)
        return value


class Heartbeat(BaseModel):
    interval_seconds: Annotated[int, Field(ge=10, le=3600)] = 60


class Observation(BaseModel):
    latency_ms: Annotated[float, Field(ge=0, le=86_400_000, strict=True)]
    success: bool


class Bounds(BaseModel):
    """A bound of another name is refused: it would be broken without a word."""

    model_config = ConfigDict(extra="forbid")

    max_latency_ms: Amount | None = None
    min_throughput_tokens_per_sec: Amount | None = None
    max_cost_per_token: Amount | None = None
    min_reliability: Share | None = None

    def asked(self) -> Constraints:
        found: Constraints = self.model_dump(exclude_none=True)  # type: ignore[assignment]
        return found


class Rules(BaseModel):
    model_config = ConfigDict(extra="forbid")

    require_encryption: bool | None = None
    allow_external_services: bool | None = None
    allowed_regions: Names | None = None
    required_certifications: Names | None = None
    min_reliability: Share | None = None
    max_retention_days: Annotated[int, Field(ge=0)] | None = None
    denied_services: Names | None = None

    def asked(self) -> Policies:
        found: Policies = self.model_dump(exclude_none=True)  # type: ignore[assignment]
        return found


class Discovery(BaseModel):
    capability: Capability
    constraints: Bounds = Field(default_factory=Bounds)
    traits: Traits = Field(default_factory=dict)
    limit: Annotated[int, Field(ge=1, le=100)] = 100
    cursor: str | None = None


class RoutedRequest(BaseModel):
    intent: Capability
    traits: Traits = Field(default_factory=dict)
    payload: Any = None
    required_capabilities: Annotated[list[Capability], Field(max_length=MAX_REQUIRED)] = Field(default_factory=list)
    sensitivity: Sensitivity | None = None


class Invocation(BaseModel):
    """The payload that was routed, once more: a trace holds its hash alone."""

    payload: Any = None


class RouteRequest(BaseModel):
    request: RoutedRequest
    constraints: Bounds = Field(default_factory=Bounds)
    policies: Rules = Field(default_factory=Rules)
    dry_run: bool = False


def registered(service: Service) -> dict[str, Any]:
    return {
        "service_id": service.id,
        "status": "registered",
        "contract_validated": True,
        "timestamp": iso(service.registered_at),
    }


def summary(service: Service) -> dict[str, Any]:
    """A service as discovery shows it."""
    contract = service.contract
    return {
        "service_id": service.id,
        "name": service.name,
        "version": service.version,
        "base_url": service.base_url,
        "capabilities": service.capabilities,
        "guarantees": contract.get("guarantees", {}),
        "cost_per_token": contract.get("cost_per_token"),
    }


def credential(one: Credential) -> dict[str, Any]:
    return {
        "name": one.name,
        "fingerprint": one.fingerprint,
        "revision": one.revision,
        "updated_at": iso(one.updated_at),
        "updated_by": one.updated_by,
    }


def row(service: Service) -> dict[str, Any]:
    return summary(service) | {"protocol": service.protocol, "status": service.status}


def detailed(service: Service, observed: Any, last_heartbeat_at: str | None) -> dict[str, Any]:  # noqa: ANN401 (JSON)
    contract = service.contract
    return row(service) | {
        "constraints": contract.get("constraints", {}),
        "traits": contract.get("traits", {}),
        "data_policy": contract.get("data_policy", {}),
        "health_path": service.health_path,
        "needs_credential": contract.get("needs_credential", False),
        "credential_ref": service.credential_ref,
        "model": contract.get("model"),
        "contract_path": service.contract_path,
        "inactive_because": [*service.down],
        "observed": observed,
        "last_heartbeat_at": last_heartbeat_at,
        "revision": service.revision,
        "registered_at": iso(service.registered_at),
        "updated_at": iso(service.updated_at),
    }

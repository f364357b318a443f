"""CAIO: services, discovery, routing with proof, configurations."""

from typing import Any

from pentarch_client.records import Record


class Service(Record):
    service_id: str
    name: str
    version: str
    base_url: str
    protocol: str
    capabilities: list[str]
    guarantees: Record
    status: str
    registered_at: str


class Proof(Record):
    master_equation_score: float
    contract_match: bool
    rule_satisfaction: bool
    security_verified: bool
    guarantee_composition: Record


class Discovery(Record):
    services: list[Service]
    proof: Record
    next_cursor: str | None


class Decision(Record):
    service_id: str
    service_url: str
    method: str
    headers: dict[str, str]


class Trace(Record):
    trace_id: str
    timestamp: str
    request: Record
    decision: Decision
    proof: Proof
    audit_trail: list[Record]


class Routing(Record):
    decision: Decision
    proof: Proof
    trace: Record


class Configuration(Record):
    config_id: str
    tenant_id: str
    config_type: str
    name: str
    value: dict[str, Any]
    version: int
    state: str

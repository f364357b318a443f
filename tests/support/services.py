"""Services for tests: registrations as bodies, and many at once without the API's limit of requests."""

from typing import Any

from pentarch.events.actor import Actor
from pentarch.platform import clock
from registry import registration
from registry.schemas import Registration
from support.lambdas import Caller


def registration_of(service_id: str, *capabilities: str, **changes: Any) -> dict[str, Any]:
    """A body for POST /api/services/register; what is no field of it goes into the contract."""
    body: dict[str, Any] = {
        "service_id": service_id,
        "name": f"Service {service_id}",
        "version": "1.0.0",
        "base_url": "http://localhost:8081",
        "protocol": "http",
    }
    contract: dict[str, Any] = {
        "capabilities": list(capabilities) or ["chat_completion"],
        "guarantees": {"latency_ms": 500, "throughput_tokens_per_sec": 50},
        "cost_per_token": 0.0001,
    }
    for name, value in changes.items():
        (body if name in Registration.model_fields else contract)[name] = value
    return {"contract": contract, **body}


def register(caller: Caller, service_id: str, *capabilities: str, **changes: Any) -> None:
    caller.post("/api/services/register", registration_of(service_id, *capabilities, **changes)).expect(201)


def register_many(tenant: str, count: int, *capabilities: str, **changes: Any) -> None:
    for number in range(count):
        body = registration_of(f"svc-{number:05}", *capabilities, **changes)
        registration.register(Actor(tenant, "key:test"), Registration(**body), clock.now())

"""Services that Pentarch brings itself, read-only: the models that its gateway can call.

They are the gateway's catalogue, so they are there from the start and change with the providers' secret. Their
capabilities begin with `llm.`, so that nobody is routed past the gateway by asking for a capability in general.
"""

from datetime import datetime
from functools import cache

from pentarch.llm import catalogue
from pentarch.llm.model import ModelSpec
from pentarch.platform import clock
from pentarch.platform.money import usd
from pentarch.routing.model import Candidate
from pentarch.services.model import Service

PREFIX = "model:"
"""No service of this beginning can be registered."""
_REGISTRAR = "pentarch"
_CAPABILITY = "llm."


def services(tenant: str) -> list[Service]:
    return [_service(tenant, backend.spec) for backend in catalogue.current().backends.values()]


def offering(tenant: str, capability: str) -> list[Candidate]:
    if not capability.startswith(_CAPABILITY):
        return []  # without reading the providers' secret
    return [one.candidate({}) for one in services(tenant) if capability in one.capabilities]


def get(tenant: str, service_id: str) -> Service | None:
    if not is_reserved(service_id):
        return None
    return next((one for one in services(tenant) if one.id == service_id), None)


def is_reserved(service_id: str) -> bool:
    return service_id.startswith(PREFIX)


def _service(tenant: str, spec: ModelSpec) -> Service:
    started = _started()
    data_policy = {"max_sensitivity": str(spec.max_sensitivity)} if spec.max_sensitivity else {}
    if spec.region:
        data_policy["region"] = spec.region
    return Service(
        tenant=tenant,
        id=PREFIX + spec.name.replace("/", "."),
        name=spec.name,
        version="1",
        base_url=spec.base_url,
        protocol=spec.base_url.partition(":")[0],
        contract={
            "capabilities": [_CAPABILITY + feature for feature in spec.features],
            "guarantees": {},
            "cost_per_token": usd(spec.output_nano_usd),
            "traits": {"provider": spec.provider},
            "data_policy": data_policy,
        },
        registered_at=started,
        registered_by=_REGISTRAR,
        updated_at=started,
    )


@cache
def _started() -> datetime:
    """When this process first looked: what it knows of their beginning."""
    return clock.now()

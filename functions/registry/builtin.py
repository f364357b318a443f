"""Services that Pentarch brings itself, read-only: the models that its gateway can call.

A seam: nothing is connected to it yet, so there are none.
"""

from pentarch.routing.model import Candidate

PREFIX = "model:"
"""No service of this beginning can be registered."""


def builtin_candidates(tenant: str) -> list[Candidate]:  # noqa: ARG001 (what a tenant may call will depend on it)
    return []


def offering(tenant: str, capability: str) -> list[Candidate]:
    return [one for one in builtin_candidates(tenant) if capability in one["capabilities"]]


def get(tenant: str, service_id: str) -> Candidate | None:
    return next((one for one in builtin_candidates(tenant) if one["service_id"] == service_id), None)


def is_reserved(service_id: str) -> bool:
    return service_id.startswith(PREFIX)

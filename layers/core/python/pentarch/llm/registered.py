"""A tenant's registered services as models of the gateway: those that offer `llm.*` and speak OpenAI's API.

Read once a minute for each tenant, as configurations are: one query, and what is measured of those that it finds. When
the table does not answer, what was read before stays; a call is made without them rather than not at all.
"""

import os
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from pentarch.llm.catalogue import Backend
from pentarch.llm.model import ModelSpec, Sensitivity
from pentarch.llm.providers.openai_compatible import OpenAICompatibleProvider
from pentarch.platform import clock, egress
from pentarch.platform.money import TOKENS_PER_PRICE, nano_per_token, usd
from pentarch.platform.observability import logger
from pentarch.routing import places
from pentarch.routing.model import Candidate
from pentarch.services import store
from pentarch.services.credentials import Reference
from pentarch.services.model import Service

CAPABILITY = "llm."
PROVIDER = "registered"
KEPT_FOR_S = 60
RETRY_AFTER_S = 5
MAX_READ = 200
"""Copies of services, one for each of their `llm.*` capabilities; the rest is not called."""
PREFERENCE = 10
"""That of the operator's providers: above the local model, and the score decides."""
DEFAULT_WINDOW = 8192
_TENANTS = 200

Backends = Mapping[str, Backend]


class _Known(NamedTuple):
    read_at: float
    """Unix time: a monotonic clock may stand still while Lambda keeps the process frozen."""
    good_for_s: float
    backends: Backends


@dataclass(slots=True)
class Registered:
    """One per process."""

    _known: OrderedDict[str, _Known] = field(default_factory=OrderedDict)

    def of(self, tenant: str) -> Backends:
        now = clock.now().timestamp()
        known = self._known.get(tenant)
        if known is None or not 0 <= now - known.read_at < known.good_for_s:
            known = self._known[tenant] = self._read(tenant, known, now)
            self._known.move_to_end(tenant)
            while len(self._known) > _TENANTS:
                _, dropped = self._known.popitem(last=False)
                _close(dropped.backends, {})
        return known.backends

    def close(self) -> None:
        for known in self._known.values():
            _close(known.backends, {})
        self._known.clear()

    @staticmethod
    def _read(tenant: str, known: _Known | None, now: float) -> _Known:
        former: Backends = {} if known is None else known.backends
        try:
            found = store.offering(tenant, CAPABILITY, clock.now(), limit=MAX_READ)
        except (BotoCoreError, ClientError, PynamoDBException):
            logger().warning("the registry could not be read; the former services stay", exc_info=True)
            return _Known(now, RETRY_AFTER_S, former)
        backends = {
            service.id: _backend(service, candidate, former.get(service.id))
            for service, candidate in found
            if service.protocol == places.OPENAI
        }
        _close(former, backends)
        return _Known(now, KEPT_FOR_S, backends)


def of(tenant: str) -> Backends:
    """The models that a tenant's services offer, by the services' ids."""
    return _of_the_process().of(tenant) if "SERVICES_TABLE" in os.environ else {}


def forget() -> None:
    """Read again at the next use, and let go of the connections."""
    _of_the_process().close()


@cache
def _of_the_process() -> Registered:
    return Registered()


class Provider(OpenAICompatibleProvider):
    """The way to one service, with what it was made of: a service that changes gets another."""

    def __init__(self, service: Service) -> None:
        self.made_of = (service.base_url, service.credential_ref)
        reference = service.credential_ref
        super().__init__(
            PROVIDER,
            places.versioned(service.base_url),
            credential=None if reference is None else Reference(service.tenant, reference),
            reach=egress.reach(),
        )


def _backend(service: Service, candidate: Candidate, former: Backend | None) -> Backend:
    spec = spec_of(service)
    provider = None if former is None else former.provider
    if not isinstance(provider, Provider) or provider.made_of != (service.base_url, service.credential_ref):
        provider = Provider(service)
    as_model: Candidate = {
        **candidate,
        "capabilities": list(spec.features),
        "cost_per_token": usd(spec.output_nano_usd) if _is_priced(service) else None,
        "capacity_tokens": spec.context_window,
        "preference": spec.preference,
    }
    named = service.contract.get("model", {}).get("name", service.id)
    return Backend(spec, provider, as_model, service.tenant, named)


def spec_of(service: Service) -> ModelSpec:
    """What a contract tells of the model behind it. A price that it does not tell counts as nothing in the usage."""
    contract = service.contract
    model, policy = contract.get("model", {}), contract.get("data_policy", {})
    window = int(model.get("context_window", DEFAULT_WINDOW))
    each = contract.get("cost_per_token", 0) * TOKENS_PER_PRICE
    clearance = policy.get("max_sensitivity")
    return ModelSpec(
        name=service.id,
        provider=PROVIDER,
        context_window=window,
        max_output_tokens=min(window, int(model.get("max_output_tokens", window))),
        input_nano_usd=nano_per_token(model.get("input_usd_per_million", each)),
        output_nano_usd=nano_per_token(model.get("output_usd_per_million", each)),
        features=tuple(one.removeprefix(CAPABILITY) for one in service.capabilities if one.startswith(CAPABILITY)),
        description=service.name,
        max_sensitivity=None if clearance is None else Sensitivity(clearance),
        region=policy.get("region"),
        base_url=service.base_url,
        preference=PREFERENCE,
    )


def _is_priced(service: Service) -> bool:
    return "cost_per_token" in service.contract or "output_usd_per_million" in service.contract.get("model", {})


def _close(former: Backends, kept: Backends) -> None:
    """Let go of the connections to services that are no more, or have changed."""
    in_use = {id(backend.provider) for backend in kept.values()}
    for backend in former.values():
        if isinstance(backend.provider, Provider) and id(backend.provider) not in in_use:
            backend.provider.close()

"""Which models can be called, and through whom: read from the providers' secret, the local model always among them.

The secret holds `{"providers": [...]}`; each provider has `name`, `kind` ("openai" or "bedrock"; what else there is
does other things than language), for "openai" a `base_url` and an `api_key`, optionally `models` (names, or objects
with prices, windows and `features`: chat, completion and tools unless it says others) and a `data_policy`
(`max_sensitivity`, `region`). What has no data policy may see PUBLIC prompts only.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pentarch.llm import extractive
from pentarch.llm.errors import UpstreamError
from pentarch.llm.model import TOOLS, ModelSpec, Provider, Sensitivity
from pentarch.platform import clients
from pentarch.platform.money import nano_per_token, usd
from pentarch.platform.observability import logger
from pentarch.routing.model import Candidate, DataPolicy

LIFETIME_S = 300
"""How long a process keeps what it read: a changed secret is felt everywhere within that time."""
ANALYSTS = frozenset({"comprehend", "rekognition"})
"""Kinds of providers that offer no language models; `pentarch.analysis` asks them."""
_LIST_TIMEOUT_S = 5
_DEFAULT_WINDOW = 8192
_PREFERENCE = {"openai": 10, "bedrock": 10}


class Backend(NamedTuple):
    """A model and the way to it."""

    spec: ModelSpec
    provider: Provider
    candidate: Candidate | None = None
    """As the router sees it, where that is more than the spec tells."""
    tenant: str = ""
    """Whose own it is; empty: every tenant's."""
    model: str = ""
    """What its provider calls it, where that is another name than the spec's."""

    @property
    def place(self) -> str:
        """Its name in a process that serves several tenants."""
        return f"{self.tenant}/{self.spec.name}" if self.tenant else self.spec.name

    @property
    def asked_as(self) -> str:
        return self.model or self.spec.name


@dataclass(frozen=True)
class Catalogue:
    backends: Mapping[str, Backend] = field(default_factory=dict)
    """By the model's name; when two providers offer one name, the first in the secret has it."""
    unavailable: Mapping[str, str] = field(default_factory=dict)
    """Providers that could not be asked for their models, and the kind of failure."""
    providers: Mapping[str, tuple[Mapping[str, Any], Provider]] = field(default_factory=dict)
    """The secret's entries by name, each with the way to it."""

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """The models as the router sees them."""
        return tuple(backend.candidate or _candidate(backend.spec) for backend in self.backends.values())

    def knows(self, model: str) -> bool:
        """Whether a caller may ask for a name: it is offered, or well-known and so replaceable by another model."""
        if model in self.backends or model in known_models():
            return True
        return any(backend.model == model for backend in self.backends.values())

    def tuned(self, provider: str, base_model: str, model: str) -> Backend | None:
        """A model that a provider made of one of its own; None if the provider is no longer there.

        It need not be listed: what its entry says of it counts first, else what is said of the model it was made of.
        """
        if provider not in self.providers:
            return None
        for name in (model, base_model):
            listed = self.backends.get(name)
            if listed is not None and listed.spec.provider == provider:
                return listed._replace(spec=replace(listed.spec, name=model))
        entry, way = self.providers[provider]
        return Backend(_spec(entry, {**known_models().get(base_model, {}), "name": model}), way)


def joined(known: Catalogue, own: Mapping[str, Backend], asked_for: str) -> Catalogue:
    """A catalogue with a tenant's own backends beside the operator's, whose names are taken.

    Several of its services may offer one model: whoever asks for that by its name is served by one of them.
    """
    if not own:
        return known
    backends = {name: backend for name, backend in own.items() if name not in known.backends} | dict(known.backends)
    if asked_for not in backends:
        most = max(backend.spec.preference for backend in backends.values())
        for name, backend in own.items():
            if backend.model == asked_for:
                backends[name] = _preferred(backend, most + 1)
    return Catalogue(backends, known.unavailable, known.providers)


def headed(known: Catalogue, first: Backend, asked_for: str) -> Catalogue:
    """A catalogue with one more backend. The model that was asked for is preferred to the others, after that one."""
    backends = dict(known.backends)
    wanted = backends.get(asked_for)
    if wanted is not None:
        most = max(backend.spec.preference for backend in backends.values())
        backends[asked_for] = _preferred(wanted, most + 1)
    return Catalogue({**backends, first.spec.name: first}, known.unavailable, known.providers)


def _preferred(backend: Backend, preference: int) -> Backend:
    judged: Candidate | None = None if backend.candidate is None else {**backend.candidate, "preference": preference}
    return backend._replace(spec=replace(backend.spec, preference=preference), candidate=judged)


def local() -> dict[str, Backend]:
    if not extractive.available():
        return {}
    return {extractive.SPEC.name: Backend(extractive.SPEC, extractive.ExtractiveProvider())}


def entry(name: str) -> dict[str, Any] | None:
    """A provider's entry as the secret holds it now, with its key: for those who do more with it than ask models."""
    return next((one for one in _entries(_secret()) if one.get("name") == name), None)


def entries_of(kind: str) -> list[dict[str, Any]]:
    """The entries of a kind, from memory, at most `LIFETIME_S` old: of services that are no language models."""
    now = time.monotonic()
    if _process.entries is None or now - _process.entries[0] > LIFETIME_S:
        _process.entries = now, _entries(_secret())
    return [one for one in _process.entries[1] if one.get("kind") == kind]


def _secret() -> str:
    secret = os.environ.get("PROVIDERS_SECRET")
    return clients.secretsmanager().get_secret_value(SecretId=secret)["SecretString"] if secret else "{}"


@dataclass(slots=True)
class _Process:
    """What this process holds on to: the catalogue for a while, the providers' connections while they serve."""

    loaded: tuple[float, Catalogue] | None = None
    entries: tuple[float, list[dict[str, Any]]] | None = None
    """Of the secret, for those who need no models."""
    providers: dict[str, Provider] = field(default_factory=dict)
    """By the entry of the secret that they were made of."""


_process = _Process()


def current() -> Catalogue:
    """The catalogue, read again when it is older than `LIFETIME_S`; the secret is one AWS call each time."""
    now = time.monotonic()
    if _process.loaded is None or now - _process.loaded[0] > LIFETIME_S:
        _process.loaded = now, read(_secret())
    return _process.loaded[1]


def forget() -> None:
    """Read the secret at the next use, and let go of the providers' connections."""
    _process.loaded = _process.entries = None
    _close(_process.providers)


def _close(providers: dict[str, Provider]) -> None:
    for provider in providers.values():
        close = getattr(provider, "close", None)
        if close is not None:
            close()
    providers.clear()


def read(text: str) -> Catalogue:
    """A catalogue from the secret's text. A broken entry takes itself out, not the others."""
    backends: dict[str, Backend] = {}
    unavailable: dict[str, str] = {}
    providers: dict[str, tuple[Mapping[str, Any], Provider]] = {}
    former, _process.providers = _process.providers, {}
    for entry in _entries(text):
        if entry.get("kind") in ANALYSTS:
            continue
        name = str(entry.get("name", "?"))
        place = json.dumps(entry, sort_keys=True)
        try:
            provider = former.pop(place, None) or _provider(entry)
            _process.providers[place] = provider
            providers.setdefault(name, (entry, provider))
            for spec in _specs(entry, provider):
                backends.setdefault(spec.name, Backend(spec, provider))
        except (UpstreamError, KeyError, ValueError, TypeError) as error:
            unavailable[name] = type(error).__name__
            logger().warning("provider left out", provider=name, reason=type(error).__name__)
    _close(former)
    for name, backend in local().items():
        backends.setdefault(name, backend)
    return Catalogue(backends, unavailable, providers)


def _entries(text: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text or "{}").get("providers", [])
    except (ValueError, AttributeError):
        logger().error("the providers' secret is not a JSON object")
        return []
    return [entry for entry in found if isinstance(entry, dict)]


def _provider(entry: Mapping[str, Any]) -> Provider:
    match entry["kind"]:
        case "openai":
            from pentarch.llm.providers.openai_compatible import OpenAICompatibleProvider

            return OpenAICompatibleProvider(str(entry["name"]), str(entry["base_url"]), entry.get("api_key"))
        case "bedrock":
            from pentarch.llm.providers.bedrock import BedrockProvider

            return BedrockProvider(str(entry["name"]), clients.bedrock_runtime(read_timeout=60))
        case kind:
            msg = f"{kind!r} is no kind of provider"
            raise ValueError(msg)


def _specs(entry: Mapping[str, Any], provider: Provider) -> Iterator[ModelSpec]:
    offered = entry.get("models")
    if offered is None:
        lister = getattr(provider, "list_models", None)
        if lister is None:
            msg = "a provider of this kind needs a list of models"
            raise ValueError(msg)
        offered = lister(timeout=_LIST_TIMEOUT_S)
    for one in offered:
        given: Mapping[str, Any] = {"name": one} if isinstance(one, str) else one
        yield _spec(entry, {**known_models().get(str(given["name"]), {}), **given})


def _spec(entry: Mapping[str, Any], facts: Mapping[str, Any]) -> ModelSpec:
    policy = entry.get("data_policy") or {}
    clearance = policy.get("max_sensitivity")
    window = int(facts.get("context_window", _DEFAULT_WINDOW))
    return ModelSpec(
        name=str(facts["name"]),
        provider=str(entry["name"]),
        context_window=window,
        max_output_tokens=int(facts.get("max_output_tokens", window)),
        input_nano_usd=nano_per_token(facts.get("input_usd_per_million", 0)),
        output_nano_usd=nano_per_token(facts.get("output_usd_per_million", 0)),
        features=tuple(facts.get("features", ("chat", "completion", TOOLS))),
        description=str(facts.get("description", "")),
        max_sensitivity=None if clearance is None else Sensitivity(clearance),
        region=policy.get("region"),
        base_url=_address(entry),
        preference=int(entry.get("preference", _PREFERENCE[entry["kind"]])),
    )


def _address(entry: Mapping[str, Any]) -> str:
    region = os.environ.get("AWS_REGION", "us-east-1")
    return str(entry.get("base_url") or f"https://bedrock-runtime.{region}.amazonaws.com")


@cache
def known_models() -> Mapping[str, Mapping[str, Any]]:
    """Facts of models that callers ask for by name, whether or not a provider here offers them."""
    text = Path(__file__).with_name("known_models.json").read_text()
    models: dict[str, dict[str, Any]] = json.loads(text)["models"]
    return models


def _candidate(spec: ModelSpec) -> Candidate:
    data_policy: DataPolicy = {}
    if spec.max_sensitivity is not None:
        data_policy["max_sensitivity"] = spec.max_sensitivity
    if spec.region is not None:
        data_policy["region"] = spec.region
    return {
        "service_id": spec.name,
        "revision": 1,
        "base_url": spec.base_url,
        "protocol": spec.base_url.partition(":")[0],
        "active": True,
        "capabilities": list(spec.features),
        "guarantees": {},
        "cost_per_token": usd(spec.output_nano_usd),
        "traits": {},
        "data_policy": data_policy,
        "observed": {},
        "capacity_tokens": spec.context_window,
        "preference": spec.preference,
        "vouched": True,
    }

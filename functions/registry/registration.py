"""What callers do with services: register, change, take out, report on them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pentarch.events.actor import Actor
from pentarch.events.model import Event
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.ids import short_id
from pentarch.services import store
from pentarch.services.model import Down, Health, Service, Status
from registry import builtin, contracts, facts, writes
from registry.contracts import Contract
from registry.due import Due, Kind
from registry.errors import BuiltInServiceError, ChangedMeanwhileError, ServiceNotFoundError
from registry.schemas import Change, Observation, Registration

_ATTEMPTS = 5
"""Of a change that others overtake."""
MISSED_BEATS = 3
"""After so many heartbeats that did not come a service is inactive."""
_RESERVED = ("schema", "register")
"""Paths of the API."""


def register(actor: Actor, asked: Registration, at: datetime) -> Service:
    _refuse_built_in(asked.service_id)
    if asked.service_id in _RESERVED:
        msg = f"{asked.service_id} is no name for a service"
        raise InvalidInputError(msg, field="service_id")
    contract = _contract(actor.tenant, asked.contract, asked.contract_path)
    service = Service(
        tenant=actor.tenant,
        id=asked.service_id,
        name=asked.name,
        version=asked.version,
        base_url=asked.base_url,
        protocol=asked.protocol or contract.get("protocol") or asked.base_url.partition(":")[0],
        contract=contract,
        contract_path=asked.contract_path,
        registered_at=at,
        registered_by=actor.subject,
        updated_at=at,
    )
    service, first_check = _checked(service, None, at)
    event = facts.did(
        actor, facts.REGISTERED, service.id, at, capabilities=service.capabilities, version=service.version
    )
    writes.create(service, first_check, event)
    return service


def get(tenant: str, service_id: str) -> Service:
    service = builtin.get(tenant, service_id) or store.get(tenant, service_id)
    if service is None:
        raise ServiceNotFoundError(service_id)
    return service


def change(actor: Actor, service_id: str, asked: Change, at: datetime) -> Service:
    _refuse_built_in(service_id)
    given = asked.model_dump(exclude_none=True, exclude={"contract", "status"})
    contract: Contract | None = None
    if asked.contract is not None or asked.contract_path is not None:
        contract = _contract(actor.tenant, asked.contract, asked.contract_path)

    def changed(before: Service) -> Service:
        down = set(before.down)
        if asked.status is Status.INACTIVE:
            down.add(Down.OPERATOR)
        elif asked.status is Status.ACTIVE:
            down.clear()
        return replace(before, **given, contract=contract or before.contract, down=tuple(sorted(down)))

    def tell(_: Service, after: Service) -> Event:
        named = sorted(asked.model_dump(exclude_none=True))
        return facts.did(
            actor, facts.UPDATED, service_id, at, changed=named, revision=after.revision, status=after.status
        )

    return _replace(actor.tenant, service_id, changed, tell, at)


def remove(actor: Actor, service_id: str, at: datetime) -> None:
    _refuse_built_in(service_id)
    for _ in range(_ATTEMPTS):
        service = get(actor.tenant, service_id)
        try:
            writes.remove(service, facts.did(actor, facts.DEREGISTERED, service_id, at, revision=service.revision))
        except writes.MovedError:
            continue
        return
    raise ChangedMeanwhileError


def mark(actor: Actor, service_id: str, reason: Down, *, is_down: bool, at: datetime) -> Service:
    """Note or lift a reason to be inactive; an event tells when that changes what the service is."""

    def changed(before: Service) -> Service:
        down = {*before.down, reason} if is_down else set(before.down) - {reason}
        return replace(before, down=tuple(sorted(down)))

    def tell(before: Service, after: Service) -> Event:
        kind = {Status.INACTIVE: facts.WENT_INACTIVE, Status.ACTIVE: facts.CAME_BACK}[after.status]
        kind = facts.UPDATED if before.status is after.status else kind
        return facts.did(actor, kind, service_id, at, reason=reason, revision=after.revision)

    return _replace(actor.tenant, service_id, changed, tell, at)


def beat(actor: Actor, service_id: str, every: timedelta, at: datetime) -> Service:
    """A service says that it lives; from its first heartbeat on, one is waited for."""
    service = get(actor.tenant, service_id)
    watch: list[Due] = []

    def beaten(before: Health) -> Health:
        watch.clear()
        if before.beat_id is None:
            identifier = short_id("beat")
            watch.append(Due(identifier, at + MISSED_BEATS * every, service.tenant, service.id, Kind.HEARTBEAT))
        return replace(before, beat_at=at, beat_every=every, beat_id=watch[0].id if watch else before.beat_id)

    measure(service.tenant, service.id, beaten, watch)
    if Down.HEARTBEAT in service.down:
        service = mark(actor, service_id, Down.HEARTBEAT, is_down=False, at=at)
    return service


def observe(tenant: str, service_id: str, seen: Observation, at: datetime) -> Health:
    """What a client saw that was sent to a service."""
    return measure(
        tenant,
        service_id,
        lambda before: replace(
            before, averages=before.averages.observing(at, success=seen.success, latency_ms=seen.latency_ms)
        ),
    )


def measure(
    tenant: str, service_id: str, changed: Callable[[Health], Health], watch: list[Due] | None = None
) -> Health:
    """Change what is measured of a service, whoever else does so at the same time."""
    for _ in range(_ATTEMPTS):
        before = store.health(tenant, service_id)
        if before is None:
            raise ServiceNotFoundError(service_id)
        after = replace(changed(before), version=before.version + 1)
        try:
            writes.set_health(tenant, service_id, before, after, watch[0] if watch else None)
        except writes.MovedError:
            continue
        return after
    raise ChangedMeanwhileError


def _replace(
    tenant: str,
    service_id: str,
    changed: Callable[[Service], Service],
    tell: Callable[[Service, Service], Event],
    at: datetime,
) -> Service:
    for _ in range(_ATTEMPTS):
        before = get(tenant, service_id)
        after = changed(before)
        if after == before:
            return before
        after, first_check = _checked(replace(after, revision=before.revision + 1, updated_at=at), before, at)
        try:
            writes.replace(before, after, first_check, tell(before, after))
        except writes.MovedError:
            continue
        return after
    raise ChangedMeanwhileError


def _checked(after: Service, before: Service | None, at: datetime) -> tuple[Service, Due | None]:
    """Begin health checks where there were none, and end them where there is nothing to ask any more."""
    if after.health_path is None:
        return replace(after, probe_id=None, down=tuple(one for one in after.down if one is not Down.PROBE)), None
    if before is not None and before.probe_id is not None:
        return after, None
    service = replace(after, probe_id=short_id("probe"))
    return service, Due(str(service.probe_id), at, service.tenant, service.id, Kind.PROBE)


def _contract(tenant: str, inline: dict[str, Any] | None, path: str | None) -> Contract:
    """The contract that is given; an address beside it is only a note of where it came from."""
    if inline is not None:
        return contracts.check(inline)
    if path is None:
        msg = "a contract is needed, or a contract_path"
        raise InvalidInputError(msg, field="contract")
    return contracts.check(contracts.fetch(path, tenant))


def _refuse_built_in(service_id: str) -> None:
    if builtin.is_reserved(service_id):
        raise BuiltInServiceError(service_id)

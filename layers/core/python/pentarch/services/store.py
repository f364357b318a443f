"""Reading the registry, and the form in which the table holds it."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pentarch.platform import clients
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.tables import Table, batch_get
from pentarch.routing.model import Candidate
from pentarch.services.averages import Averages
from pentarch.services.model import Down, Health, Service, Status
from pentarch.services.table import (
    EVERY,
    SERVICE,
    CredentialItem,
    HealthItem,
    ServiceItem,
    TotalsItem,
    counter_of,
    credential_key,
    health_key,
    service_key,
    shelf_prefix,
    shelves_beginning,
    totals_key,
)

_BATCH = 100
"""DynamoDB's bound for one BatchGetItem."""


@dataclass(frozen=True, slots=True)
class Page:
    services: tuple[Service, ...]
    next_cursor: str | None


def get(tenant: str, service_id: str) -> Service | None:
    [item] = batch_get([(ServiceItem, tenant, service_key(service_id))], consistent=True)
    return to_service(item) if item else None


def health(tenant: str, service_id: str) -> Health | None:
    return health_of(tenant, [service_id])[service_id]


def health_of(tenant: str, service_ids: Iterable[str]) -> dict[str, Health | None]:
    """What is measured of services, a hundred in one call."""
    places: dict[str, tuple[type[Table], str, str]] = {
        one: (HealthItem, tenant, health_key(one)) for one in service_ids
    }
    found = _read([*places.values()])
    return {one: _to_health(item) if (item := found[place]) else None for one, place in places.items()}


def offering(tenant: str, beginning: str, at: datetime, *, limit: int) -> list[tuple[Service, Candidate]]:
    """Who offers any capability of a beginning: `limit` copies are read in one query, the first by capability.

    Not a consistent read: for readers that remember what they read.
    """
    rows = ServiceItem.query(
        tenant, ServiceItem.key.startswith(shelves_beginning(beginning)), limit=limit, page_size=limit
    )
    services = list({row.body["id"]: to_service(row) for row in rows}.values())
    return list(zip(services, with_measures(tenant, services, at), strict=True))


def candidates(tenant: str, capability: str, at: datetime) -> list[Candidate]:
    """All that offer a capability, the inactive too: one query for each megabyte of contracts, and what is measured."""
    rows = ServiceItem.query(tenant, ServiceItem.key.startswith(shelf_prefix(capability)), consistent_read=True)
    return with_measures(tenant, [to_service(row) for row in rows], at)


def with_measures(tenant: str, services: Sequence[Service], at: datetime) -> list[Candidate]:
    """Services as the router sees them: with what is measured of them, and whether their credentials are stored."""
    health: dict[str, tuple[type[Table], str, str]] = {
        one.id: (HealthItem, tenant, health_key(one.id)) for one in services
    }
    stored: dict[str, tuple[type[Table], str, str]] = {
        name: (CredentialItem, tenant, credential_key(name))
        for name in dict.fromkeys(one.credential_ref for one in services)
        if name is not None
    }
    found = _read([*health.values(), *stored.values()])
    told: list[Candidate] = []
    for one in services:
        item = found[health[one.id]]
        candidate = one.candidate(_to_health(item).averages.observed(at) if item else {})
        if one.credential_ref is not None and found[stored[one.credential_ref]] is None:
            candidate["credential_missing"] = True
        told.append(candidate)
    return told


def _read(keys: Sequence[tuple[type[Table], str, str]]) -> dict[tuple[type[Table], str, str], Any]:
    """Items by their keys, a hundred in one call."""
    found: dict[tuple[type[Table], str, str], Any] = {}
    for start in range(0, len(keys), _BATCH):
        chunk = keys[start : start + _BATCH]
        found |= zip(chunk, batch_get(chunk, consistent=True), strict=True)
    return found


def page(tenant: str, *, capability: str | None, status: Status | None, limit: int, cursor: str | None) -> Page:
    """One query for `limit` services: all by id, or those of a capability or a status."""
    prefix = SERVICE if capability is None and status is None else shelf_prefix(capability or EVERY, status)
    start = None if cursor is None else {"tenant": {"S": tenant}, "key": {"S": prefix + _opened(cursor)}}
    rows = list(
        ServiceItem.query(
            tenant,
            ServiceItem.key.startswith(prefix),
            consistent_read=True,
            limit=limit + 1,
            page_size=limit + 1,
            last_evaluated_key=start,
        )
    )
    shown = rows[:limit]
    more = _sealed(str(shown[-1].key).removeprefix(prefix)) if len(rows) > limit else None
    return Page(tuple(to_service(row) for row in shown), more)


def total(tenant: str, *, capability: str | None, status: Status | None) -> int:
    """How many services `page` would find in all: one read of a counter."""
    statuses = tuple(Status) if status is None else (status,)
    answer = clients.dynamodb().get_item(
        TableName=TotalsItem.Meta.table_name,
        Key={"tenant": {"S": tenant}, "key": {"S": totals_key(capability or EVERY)}},
        ConsistentRead=True,
    )
    counters = answer.get("Item", {})
    names = [counter_of(capability or EVERY, one) for one in statuses]
    return sum(int(counters[name]["N"]) for name in names if name in counters)


def to_service(item: ServiceItem) -> Service:
    body: Mapping[str, Any] = item.body
    return Service(
        tenant=item.tenant,
        id=body["id"],
        name=body["name"],
        version=body["version"],
        base_url=body["base_url"],
        protocol=body["protocol"],
        contract=body["contract"],
        registered_at=from_epoch_ms(body["registered_at"]),
        registered_by=body["registered_by"],
        updated_at=from_epoch_ms(body["updated_at"]),
        revision=int(item.revision),
        contract_path=body.get("contract_path"),
        down=tuple(Down(reason) for reason in body.get("down", ())),
        probe_id=body.get("probe_id"),
    )


def from_service(service: Service, key: str) -> ServiceItem:
    body = {
        "id": service.id,
        "name": service.name,
        "version": service.version,
        "base_url": service.base_url,
        "protocol": service.protocol,
        "contract": service.contract,
        "registered_at": epoch_ms(service.registered_at),
        "registered_by": service.registered_by,
        "updated_at": epoch_ms(service.updated_at),
        "contract_path": service.contract_path,
        "down": [*service.down],
        "probe_id": service.probe_id,
    }
    return ServiceItem(service.tenant, key, body={k: v for k, v in body.items() if v}, revision=service.revision)


def from_health(tenant: str, service_id: str, found: Health) -> HealthItem:
    averages = found.averages
    return HealthItem(
        tenant,
        health_key(service_id),
        averages={
            "weight": averages.weight,
            "successes": averages.successes,
            "timed": averages.timed,
            "milliseconds": averages.milliseconds,
            "at": None if averages.at is None else epoch_ms(averages.at),
        },
        failures=found.failures,
        beat_at=None if found.beat_at is None else epoch_ms(found.beat_at),
        beat_every_s=None if found.beat_every is None else found.beat_every.total_seconds(),
        beat_id=found.beat_id,
        version=found.version,
    )


def _to_health(item: HealthItem) -> Health:
    averages: Mapping[str, Any] = item.averages
    at = averages["at"]
    return Health(
        averages=Averages(**{**averages, "at": None if at is None else from_epoch_ms(at)}),
        failures=int(item.failures),
        beat_at=None if item.beat_at is None else from_epoch_ms(int(item.beat_at)),
        beat_every=None if item.beat_every_s is None else timedelta(seconds=float(item.beat_every_s)),
        beat_id=item.beat_id,
        version=int(item.version),
    )


def _sealed(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _opened(cursor: str) -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError as error:
        msg = "cursor is the next_cursor of an earlier page"
        raise InvalidInputError(msg, field="cursor") from error

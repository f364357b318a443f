"""What the registry writes: a service, its copies, its counters and the event, in one transaction each."""

from collections import Counter
from collections.abc import Iterator

from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.tables import Transaction
from pentarch.services import store
from pentarch.services.model import Health, Service
from pentarch.services.table import (
    EVERY,
    HealthItem,
    ServiceItem,
    TotalsItem,
    counter_of,
    health_key,
    service_key,
    shelf_key,
    totals_key,
)
from registry import due
from registry.due import Due
from registry.errors import ServiceExistsError


class MovedError(Exception):
    """The item is no longer as it was read."""


def create(service: Service, first_check: Due | None, event: Event) -> None:
    """Raises ServiceExistsError if the tenant has a service of this id."""
    transaction = Transaction()
    item = store.from_service(service, service_key(service.id))
    taken = ServiceExistsError(service.id)
    transaction.put(item, condition=ServiceItem.key.does_not_exist(), otherwise=taken)
    _add_copies(transaction, None, service)
    transaction.put(store.from_health(service.tenant, service.id, Health()))
    if first_check is not None:
        due.add(transaction, first_check)
    events.record(transaction, event)
    transaction.commit()


def replace(before: Service, after: Service, first_check: Due | None, event: Event) -> None:
    """Raises MovedError if the service is no longer as it was before."""
    transaction = Transaction()
    item = store.from_service(after, service_key(after.id))
    transaction.put(item, condition=ServiceItem.revision == before.revision, otherwise=MovedError())
    _add_copies(transaction, before, after)
    if first_check is not None:
        due.add(transaction, first_check)
    events.record(transaction, event)
    transaction.commit()


def remove(service: Service, event: Event) -> None:
    """Raises MovedError if the service is no longer as it was read."""
    transaction = Transaction()
    item = ServiceItem(service.tenant, service_key(service.id))
    transaction.delete(item, condition=ServiceItem.revision == service.revision, otherwise=MovedError())
    _add_copies(transaction, service, None)
    transaction.delete(HealthItem(service.tenant, health_key(service.id)))
    events.record(transaction, event)
    transaction.commit()


def set_health(tenant: str, service_id: str, before: Health, after: Health, watch: Due | None = None) -> None:
    """Raises MovedError if it is no longer as it was before; a new watch over heartbeats is put on the due list."""
    transaction = Transaction()
    transaction.put(
        store.from_health(tenant, service_id, after),
        condition=HealthItem.version == before.version,
        otherwise=MovedError(),
    )
    if watch is not None:
        due.add(transaction, watch)
    transaction.commit()


def _add_copies(transaction: Transaction, before: Service | None, after: Service | None) -> None:
    """Bring the copies and the counters from what a service was to what it is; None: there is none."""
    kept = set(_shelves(after))
    if before is not None:
        for key in _shelves(before):
            if key not in kept:
                transaction.delete(ServiceItem(before.tenant, key))
    if after is not None:
        for key in _shelves(after):
            transaction.put(store.from_service(after, key))
    changes = Counter(_counted(after))
    changes.subtract(Counter(_counted(before)))
    by_item: dict[tuple[str, str], list[Action]] = {}
    for (tenant, item, counter), amount in changes.items():
        if amount:
            by_item.setdefault((tenant, item), []).append(Path([counter]).add(amount))
    for place, actions in by_item.items():
        transaction.update(TotalsItem(*place), actions)


def _shelves(service: Service | None) -> Iterator[str]:
    if service is not None:
        for capability in (EVERY, *service.capabilities):
            yield shelf_key(capability, service.status, service.id)


def _counted(service: Service | None) -> Iterator[tuple[str, str, str]]:
    if service is not None:
        for capability in (EVERY, *service.capabilities):
            yield service.tenant, totals_key(capability), counter_of(capability, service.status)

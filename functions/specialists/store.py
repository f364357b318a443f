"""Specialists and their versions in the table: each change with its lists, its totals and its event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.llm.specialists import Mode
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import Transaction, batch_get
from specialists import listing
from specialists.errors import MovedError
from specialists.lifecycle import STATUS_TRANSITIONS, Environment, Status
from specialists.model import Served, Specialist, TrainingType, Version
from specialists.table import MAX_VERSION_DIGITS, SpecialistItem, VersionItem, skill_shelf, specialist_key, version_key

Also = Callable[[Transaction], None]


@dataclass(frozen=True, slots=True)
class Page:
    specialists: tuple[Specialist, ...]
    total: int


def create(specialist: Specialist, event: Event) -> None:
    transaction = Transaction()
    absent = SpecialistItem.key.does_not_exist()
    transaction.put(_to_item(specialist), condition=absent, otherwise=MovedError())
    listing.shelve(
        transaction, specialist.tenant, _shelves(specialist), specialist.id, before=None, after=specialist.status
    )
    events.record(transaction, event)
    transaction.commit()


def replace_with(before: Specialist, after: Specialist, event: Event, *, also: Also | None = None) -> None:
    """Write a specialist over what it was read as; MovedError if it is no longer that."""
    if after.status is not before.status and after.status not in STATUS_TRANSITIONS[before.status]:
        msg = f"a specialist that is {before.status} cannot become {after.status}"
        raise MovedError(msg)
    transaction = Transaction()
    item = _to_item(replace(after, revision=before.revision + 1))
    transaction.put(item, condition=SpecialistItem.revision == before.revision, otherwise=MovedError())
    if after.status is not before.status:
        listing.shelve(transaction, after.tenant, _shelves(after), after.id, before=before.status, after=after.status)
    if also is not None:
        also(transaction)
    events.record(transaction, event)
    transaction.commit()


def get(tenant: str, specialist_id: str) -> Specialist | None:
    [found] = batch_get([place(tenant, specialist_id)], consistent=True)
    return to_specialist(found) if found else None


def place(tenant: str, specialist_id: str) -> tuple[type[SpecialistItem], str, str]:
    return SpecialistItem, tenant, specialist_key(specialist_id)


def page(tenant: str, status: Status | None, skill: str | None, *, limit: int, offset: int) -> Page:
    found = listing.page(tenant, skill_shelf(skill), status, limit=limit, offset=offset)
    items = batch_get([place(tenant, one) for one in found.ids], consistent=True) if found.ids else []
    return Page(tuple(to_specialist(item) for item in items if item), found.total)


def put_version(transaction: Transaction, version: Version) -> None:
    item = VersionItem(
        version.tenant,
        version_key(version.specialist_id, version.number),
        training_id=version.training_id,
        type=version.type,
        model_hash=version.model_hash,
        dataset_hash=version.dataset_hash,
        metrics=dict(version.metrics),
        latency_ms=version.latency_ms,
        created_at=epoch_ms(version.created_at),
        tuned=None if version.tuned is None else dict(version.tuned),
    )
    transaction.put(item, condition=VersionItem.key.does_not_exist(), otherwise=MovedError())


def version(tenant: str, specialist_id: str, number: int) -> Version | None:
    [found] = versions(tenant, specialist_id, [number])
    return found


def versions(tenant: str, specialist_id: str, numbers: Sequence[int]) -> list[Version | None]:
    found = batch_get(
        [(VersionItem, tenant, version_key(specialist_id, number)) for number in numbers], consistent=True
    )
    return [_to_version(item) if item else None for item in found]


def newest_versions(tenant: str, specialist_id: str, *, before: int | None, limit: int) -> list[Version]:
    """Below a number, the newest first."""
    last = version_key(specialist_id, 10**MAX_VERSION_DIGITS - 1 if before is None else before - 1)
    between = VersionItem.key.between(version_key(specialist_id, 0), last)
    found = VersionItem.query(tenant, between, scan_index_forward=False, consistent_read=True, limit=limit)
    return [_to_version(item) for item in found]


def to_specialist(item: SpecialistItem) -> Specialist:
    return Specialist(
        tenant=item.tenant,
        id=item.key.partition("#")[2],
        name=item.name,
        description=item.description,
        skills=tuple(item.skills),
        status=Status(item.status),
        created_at=from_epoch_ms(int(item.created_at)),
        created_by=item.created_by,
        training_config=item.training_config,
        validation_criteria=item.validation_criteria,
        revision=int(item.revision),
        latest_version=int(item.latest_version),
        last_trained=_instant(item.last_trained),
        accuracy=None if item.accuracy is None else float(item.accuracy),
        serving={Environment(name): Served(**served) for name, served in item.serving.items()},
        deploying={Environment(name): str(one) for name, one in (item.deploying or {}).items()},
        mode=Mode(item.mode or Mode.BRIEF),
    )


def _to_item(one: Specialist) -> SpecialistItem:
    return SpecialistItem(
        one.tenant,
        specialist_key(one.id),
        name=one.name,
        description=one.description,
        skills=list(one.skills),
        status=one.status,
        created_at=epoch_ms(one.created_at),
        created_by=one.created_by,
        training_config=dict(one.training_config),
        validation_criteria=dict(one.validation_criteria),
        revision=one.revision,
        latest_version=one.latest_version,
        last_trained=None if one.last_trained is None else epoch_ms(one.last_trained),
        accuracy=one.accuracy,
        serving={str(name): served.told() for name, served in one.serving.items()},
        deploying={str(name): found for name, found in one.deploying.items()} or None,
        mode=one.mode,
    )


def _to_version(item: VersionItem) -> Version:
    _, specialist_id, number = item.key.split("#")
    return Version(
        tenant=item.tenant,
        specialist_id=specialist_id,
        number=int(number),
        training_id=item.training_id,
        type=TrainingType(item.type),
        model_hash=item.model_hash,
        dataset_hash=item.dataset_hash,
        metrics=item.metrics,
        latency_ms=None if item.latency_ms is None else float(item.latency_ms),
        created_at=from_epoch_ms(int(item.created_at)),
        tuned=item.tuned,
    )


def _shelves(specialist: Specialist) -> list[str]:
    return [skill_shelf(None), *(skill_shelf(skill) for skill in specialist.skills)]


def _instant(ms: float | None) -> datetime | None:
    return None if ms is None else from_epoch_ms(int(ms))

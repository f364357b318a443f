"""Writing configurations: a change, its version, its places in the lists, the totals and the event at once."""

from collections import Counter
from collections.abc import Iterator, Sequence

from configurations.changes import Change
from configurations.errors import ChangedMeanwhileError, NameTakenError, TooManyError
from pentarch.configuration.model import Configuration, Version
from pentarch.configuration.store import from_configuration, from_version, to_version
from pentarch.configuration.table import (
    CHANGE,
    TOTALS,
    ConfigItem,
    NameItem,
    PlaceItem,
    TotalsItem,
    VersionItem,
    alarm_partition,
    change_of_key,
    counter_of,
    name_key,
    totals_key,
    version_key,
)
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.tables import Transaction, batch_get
from pentarch.rollouts import store as records
from pentarch.rollouts.model import TenantRollout

MAX_CONFIGURATIONS = 1_000
"""Of a tenant: what obeys them reads all of them, once a minute, in every process."""


def write(changes: Sequence[Change], event: Event, rollouts: Sequence[TenantRollout] = ()) -> None:
    """All or nothing. ChangedMeanwhileError when one of them is not as it was seen; NameTakenError; TooManyError."""
    transaction = transaction_of(changes, event)
    for one in rollouts:
        records.put(transaction, one, otherwise=ChangedMeanwhileError())
    transaction.commit()


def transaction_of(changes: Sequence[Change], event: Event) -> Transaction:
    transaction = Transaction()
    for change in changes:
        _add_change(transaction, change, event.id)
    _add_totals(transaction, event.tenant, changes)
    transaction.put(PlaceItem(event.tenant, f"{CHANGE}{event.id}"))
    events.record(transaction, event)
    return transaction


def version(tenant: str, config_id: str, number: int) -> Version | None:
    [item] = batch_get([(VersionItem, tenant, version_key(config_id, number))], consistent=True)
    return to_version(item) if item else None


def versions_of(tenant: str, places: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Version]:
    """Versions by configuration and number; those that are not there are left out."""
    wanted = list(dict.fromkeys(places))
    found: dict[tuple[str, int], Version] = {}
    for start in range(0, len(wanted), 100):
        some = wanted[start : start + 100]
        items = batch_get([(VersionItem, tenant, version_key(config_id, number)) for config_id, number in some])
        found |= {place: to_version(item) for place, item in zip(some, items, strict=True) if item}
    return found


def latest_number(tenant: str, config_id: str) -> int:
    """The highest version that an id ever had, in this life or an earlier one; 0 for an unknown id."""
    found = VersionItem.query(
        tenant,
        VersionItem.key.startswith(f"version#{config_id}#"),
        scan_index_forward=False,
        consistent_read=True,
        limit=1,
    )
    return next((to_version(item).number for item in found), 0)


def ids_named(tenant: str, keys: Sequence[str]) -> list[str | None]:
    """Which configurations have names (see `name_key`), None for each that is free."""
    found: list[NameItem | None] = []
    for start in range(0, len(keys), 100):
        found.extend(batch_get([(NameItem, tenant, key) for key in keys[start : start + 100]], consistent=True))
    return [item.config_id if item else None for item in found]


def watched_by(alarm: str) -> Iterator[tuple[str, str]]:
    """The roll-outs that an alarm ends, of all tenants, as (tenant, config_id)."""
    for place in PlaceItem.query(alarm_partition(alarm), consistent_read=True):
        tenant, _, config_id = str(place.key).partition("#")
        yield tenant, config_id


def _add_change(transaction: Transaction, change: Change, event_id: str) -> None:
    one, before, after = change.subject, change.before, change.after
    unchanged = ConfigItem.key.does_not_exist() if before is None else ConfigItem.revision == before.revision
    meanwhile = ChangedMeanwhileError()
    if after is None:
        transaction.delete(from_configuration(one), condition=unchanged, otherwise=meanwhile)
    else:
        transaction.put(from_configuration(after), condition=unchanged, otherwise=meanwhile)
    name = NameItem(one.tenant, name_key(one.label, one.type, one.name), config_id=one.id)
    if before is None:
        transaction.put(name, condition=NameItem.key.does_not_exist(), otherwise=NameTakenError(one.name))
    elif after is None:
        transaction.delete(name)
    if change.version is not None:
        kept = from_version(one.tenant, one.id, change.version)
        transaction.put(kept, condition=VersionItem.key.does_not_exist(), otherwise=meanwhile)
    if change.outcome is not None:
        noted = VersionItem(one.tenant, version_key(one.id, change.number))
        transaction.update(noted, [VersionItem.outcome.set(change.outcome)])
    _add_alarm(transaction, before, after)
    transaction.put(PlaceItem(one.tenant, change_of_key(one.id, event_id)))


def _add_alarm(transaction: Transaction, before: Configuration | None, after: Configuration | None) -> None:
    """Keep the alarm's list of the roll-outs that it ends in step with them."""
    former, present = _watched(before), _watched(after)
    if former == present:
        return
    if former is not None:
        transaction.delete(PlaceItem(*former))
    if present is not None:
        transaction.put(PlaceItem(*present))


def _watched(one: Configuration | None) -> tuple[str, str] | None:
    """Where the alarm's list has the roll-out that it ends."""
    if one is None or one.rollout is None or one.rollout.alarm is None:
        return None
    return alarm_partition(one.rollout.alarm), f"{one.tenant}#{one.id}"


def _add_totals(transaction: Transaction, tenant: str, changes: Sequence[Change]) -> None:
    added: Counter[tuple[str, str]] = Counter()
    """How many more there are, by the key of the totals and the name of the counter."""
    for change in changes:
        one = change.subject
        for key in (TOTALS, totals_key(one.label)):
            for counter in (counter_of(None), counter_of(one.type)):
                added[key, counter] += (change.before is None) - (change.after is None)
    added[TOTALS, "changes"] += 1
    for key in dict.fromkeys(key for key, _ in added):
        actions = [getattr(TotalsItem, name).add(count) for (at, name), count in added.items() if at == key and count]
        if not actions:
            continue
        more = added[TOTALS, counter_of(None)] if key == TOTALS else 0
        room = TotalsItem.all.does_not_exist() | (TotalsItem.all <= MAX_CONFIGURATIONS - more)
        full = TooManyError(f"a tenant has at most {MAX_CONFIGURATIONS} configurations")
        transaction.update(
            TotalsItem(tenant, key), actions, condition=room if more > 0 else None, otherwise=full if more > 0 else None
        )

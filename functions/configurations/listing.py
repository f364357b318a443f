"""Pages of configurations, of versions and of changes, each by one query for the page."""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from configurations import differences
from pentarch.configuration import store
from pentarch.configuration.model import ConfigType, Configuration, Version
from pentarch.configuration.table import (
    CHANGE,
    CONFIG,
    TOTALS,
    ConfigItem,
    NameItem,
    PlaceItem,
    TotalsItem,
    VersionItem,
    change_of_key,
    config_key,
    counter_of,
    totals_key,
)
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.tables import batch_get

T = TypeVar("T")
_MAX_REPLY_BYTES = 4 * 1024 * 1024
"""Lambda answers with 6 MB at most, and an import's event tells of many changes."""
_AT_ONCE = 20
"""Changes whose versions are read together: a page of large ones is full after a few."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    rows: tuple[T, ...]
    next_cursor: str | None
    total: int | None = None


def configurations(
    tenant: str, label: str | None, config_type: ConfigType | None, *, limit: int, cursor: str | None
) -> Page[Configuration]:
    """By type and newest first; of a label by type and name."""
    total = _total(tenant, label, config_type)
    if label is None:
        prefix = CONFIG if config_type is None else config_key(f"{config_type}-")
        found = _query(ConfigItem, tenant, prefix, limit, cursor, forward=False)
        shown = tuple(store.to_configuration(item) for item in found[:limit])
        return Page(shown, _next(found, limit, prefix), total)
    prefix = f"name#{label}#" if config_type is None else f"name#{label}#{config_type}#"
    names = _query(NameItem, tenant, prefix, limit, cursor, forward=True)
    ids = [str(item.config_id) for item in names[:limit]]
    there = tuple(one for one in store.get_many(tenant, ids) if one is not None)
    return Page(there, _next(names, limit, prefix), total)


def versions(tenant: str, config_id: str, *, limit: int, cursor: str | None) -> Page[Version]:
    """Newest first."""
    prefix = f"version#{config_id}#"
    found = _query(VersionItem, tenant, prefix, limit, cursor, forward=False)
    return Page(tuple(store.to_version(item) for item in found[:limit]), _next(found, limit, prefix))


def all_versions(one: Configuration) -> Iterator[Version]:
    """Newest first."""
    prefix = VersionItem.key.startswith(f"version#{one.id}#")
    for item in VersionItem.query(one.tenant, prefix, scan_index_forward=False):
        yield store.to_version(item)


def changes(tenant: str, config_id: str | None, *, limit: int, cursor: str | None) -> Page[Event]:
    """The events of changes, newest first: of one configuration, be it deleted, or of all."""
    prefix = CHANGE if config_id is None else change_of_key(config_id, "")
    places = _query(PlaceItem, tenant, prefix, limit, cursor, forward=False)
    total = _totals(tenant, TOTALS, "changes") if config_id is None else None
    if not places:
        return Page((), None, total)
    told = events.get_many(tenant, [str(place.key).rpartition("#")[2] for place in places[:limit]])
    shown: list[Event | None] = []
    for start in range(0, len(told), _AT_ONCE):
        shown += differences.shown(tenant, told[start : start + _AT_ONCE])
        fitting = _fitting(shown)
        if fitting < len(shown):
            break
    return Page(tuple(event for event in shown[:fitting] if event is not None), _next(places, fitting, prefix), total)


def _fitting(told: Sequence[Event | None]) -> int:
    """How many events fit into a reply, one at least."""
    size = 0
    for count, event in enumerate(told):
        size += len(json.dumps(event.data)) if event is not None else 0
        if size > _MAX_REPLY_BYTES and count:
            return count
    return len(told)


def _query(model: Any, tenant: str, prefix: str, limit: int, cursor: str | None, *, forward: bool) -> list[Any]:  # noqa: ANN401 (an item's class)
    """One item more than the page, which tells whether there is a next one."""
    return list(
        model.query(
            tenant,
            model.key.startswith(prefix),
            scan_index_forward=forward,
            consistent_read=True,
            limit=limit + 1,
            last_evaluated_key=_after(tenant, prefix, cursor),
        )
    )


def _next(found: list[Any], limit: int, prefix: str) -> str | None:
    if len(found) <= limit:
        return None
    rest = str(found[limit - 1].key).removeprefix(prefix)
    return base64.urlsafe_b64encode(rest.encode()).decode().rstrip("=")


def _after(tenant: str, prefix: str, cursor: str | None) -> dict[str, dict[str, str]] | None:
    """A cursor holds the rest of a key only, so it cannot lead out of the list that it was given for."""
    if cursor is None:
        return None
    try:
        rest = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        msg = "cursor is the next_cursor of an earlier page"
        raise InvalidInputError(msg, field="cursor") from error
    return {"tenant": {"S": tenant}, "key": {"S": f"{prefix}{rest}"}}


def _total(tenant: str, label: str | None, config_type: ConfigType | None) -> int:
    return _totals(tenant, TOTALS if label is None else totals_key(label), counter_of(config_type))


def _totals(tenant: str, key: str, counter: str) -> int:
    [item] = batch_get([(TotalsItem, tenant, key)], consistent=True)
    return int(getattr(item, counter)) if item else 0


def everything(tenant: str, label: str | None) -> Iterable[Configuration]:
    """All configurations, or those of a label, for an export."""
    for one in store.all_of(tenant):
        if label in (None, one.label):
            yield one

"""Taking all configurations out, and putting a snapshot in: as a whole or not at all, and twice as good as once."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from configurations import approval, changes, facts, judge, listing, store
from configurations.changes import Author, Change, Identity, Wish
from configurations.errors import (
    ChangedMeanwhileError,
    ImportTooLargeError,
    InvalidConfigurationError,
    NameTakenError,
    StateError,
)
from configurations.ids import is_config_id, new_config_id
from configurations.schemas import Imported, version_of
from configurations.service import after, check_writes
from pentarch.configuration import store as reading
from pentarch.configuration.model import Configuration, Content, Origin
from pentarch.configuration.table import name_key
from pentarch.identity.model import Caller
from pentarch.platform.errors import UnavailableError
from pentarch.platform.tables import MAX_TRANSACTION_ITEMS

WRITES_PER_CREATION = 4
"""The configuration, its version, its name, its place among the changes."""
WRITES_PER_UPDATE = 3
WRITES_PER_IMPORT = 3
"""The event, its place, the totals; and the totals of each label that gets a new configuration."""
MAX_EVENT_BYTES = 256 * 1024
"""One event tells of the whole import, and an item holds 400 KB."""
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import does, or would do."""

    changes: tuple[Change, ...]
    unchanged: tuple[str, ...]

    @property
    def created(self) -> list[str]:
        return [change.subject.id for change in self.changes if change.before is None]

    @property
    def updated(self) -> list[str]:
        return [change.subject.id for change in self.changes if change.before is not None]


def take(tenant: str, label: str | None) -> list[Configuration]:
    """What is in force, by type and age."""
    return [one for one in listing.everything(tenant, label) if one.active]


def histories(taken: Sequence[Configuration]) -> list[list[dict[str, Any]]]:
    """All versions of each, newest first: one query a configuration."""
    return [[version_of(version, one) for version in listing.all_versions(one)] for one in taken]


def digest(rows: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 of what an import would read of the rows, so the same content has the same hash at any time."""
    names = ("config_id", "tenant_id", "config_type", "name", "description", "value")
    read = sorted(json.dumps({name: row.get(name) for name in names}, sort_keys=True) for row in rows)
    return f"sha256:{hashlib.sha256(json.dumps(read).encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Importer:
    caller: Caller
    correlation_id: str = ""

    def run(self, entries: Sequence[Imported], at: datetime, *, dry_run: bool) -> Plan:
        """Everything in one transaction. What it finds as the snapshot has it, it leaves alone."""
        check_writes(self.caller)
        self._check(entries)
        for _ in range(_ATTEMPTS):
            plan, author = self._plan(entries, at)
            if dry_run or not plan.changes:
                return plan
            event = facts.event_of_import(self.caller.tenant, plan.changes, author, self.correlation_id)
            if len(json.dumps(event.data)) > MAX_EVENT_BYTES:
                msg = f"the changes are larger than {MAX_EVENT_BYTES} bytes together; import them in parts"
                raise ImportTooLargeError(msg, limit=MAX_EVENT_BYTES)
            try:
                store.write(plan.changes, event)
            except (ChangedMeanwhileError, NameTakenError):
                continue  # planned anew on what is there now
            return plan
        msg = "the configurations change too fast; try again"
        raise UnavailableError(msg, retry_after=1)

    def _label(self, entry: Imported) -> str:
        return self.caller.tenant if entry.tenant_id is None else entry.tenant_id

    def _name_key(self, entry: Imported) -> str:
        return name_key(self._label(entry), entry.config_type, entry.name)

    def _check(self, entries: Sequence[Imported]) -> None:
        errors: dict[str, list[str]] = {}
        seen: set[str] = set()
        for index, entry in enumerate(entries):
            place = f"configurations.{index}"
            for field, messages in judge.faults(entry.config_type, entry.value).items():
                errors[f"{place}.{field}"] = messages
            if self._name_key(entry) in seen:
                errors[f"{place}.name"] = ["is the name of an earlier entry of this tenant_id and config_type"]
            seen.add(self._name_key(entry))
        if errors:
            raise InvalidConfigurationError(errors)

    def _plan(self, entries: Sequence[Imported], at: datetime) -> tuple[Plan, Author]:
        found = self._present(entries)
        new = [entry for entry, one in zip(entries, found, strict=True) if one is None]
        different = [(entry, one) for entry, one in zip(entries, found, strict=True) if one and not _same(entry, one)]
        unchanged = tuple(one.id for entry, one in zip(entries, found, strict=True) if one and _same(entry, one))
        self._check_fits(new, len(different))
        self._check_needs_no_approval([*new, *(entry for entry, _ in different)])
        author = Author(self.caller.subject, max([at, *(after(one, at) for _, one in different)]))
        updates = [
            changes.update(one, Wish(_content(entry), Origin.IMPORT), author, needs_approval=False)
            for entry, one in different
        ]
        return Plan((*self._creations(new, author), *updates), unchanged), author

    def _present(self, entries: Sequence[Imported]) -> list[Configuration | None]:
        """What has the names of the entries now."""
        tenant = self.caller.tenant
        ids = store.ids_named(tenant, [self._name_key(entry) for entry in entries])
        known = [config_id for config_id in ids if config_id is not None]
        by_id = {one.id: one for one in reading.get_many(tenant, known) if one is not None}
        return [None if config_id is None else by_id.get(config_id) for config_id in ids]

    def _creations(self, new: Sequence[Imported], author: Author) -> list[Change]:
        """What was deleted comes back under its id, with the next version; an id in use elsewhere is not taken."""
        tenant = self.caller.tenant
        named = [(entry.config_id or "", entry.config_type) for entry in new]
        wanted = list(dict.fromkeys(config_id for config_id, kind in named if is_config_id(config_id, kind)))
        found = reading.get_many(tenant, wanted)
        free = {config_id for config_id, one in zip(wanted, found, strict=True) if one is None}
        made: list[Change] = []
        for entry in new:
            config_id, number = new_config_id(entry.config_type, author.at), 1
            if entry.config_id in free and is_config_id(entry.config_id, entry.config_type):
                config_id = entry.config_id
                number = store.latest_number(tenant, config_id) + 1
                free.discard(config_id)
            identity = Identity(tenant, config_id, self._label(entry), entry.config_type, entry.name)
            content = _content(entry)
            made.append(
                changes.create(identity, content, author, needs_approval=False, number=number, origin=Origin.IMPORT)
            )
        return made

    def _check_fits(self, new: Sequence[Imported], updates: int) -> None:
        needed = len(new) * WRITES_PER_CREATION + updates * WRITES_PER_UPDATE
        needed += WRITES_PER_IMPORT + len({self._label(entry) for entry in new})
        if needed > MAX_TRANSACTION_ITEMS:
            msg = (
                f"an import is one transaction of at most {MAX_TRANSACTION_ITEMS} writes, and this one needs {needed} "
                f"({WRITES_PER_CREATION} for each of {len(new)} new configurations, {WRITES_PER_UPDATE} for each of "
                f"{updates} changed ones); import it in parts, for example by tenant_id"
            )
            raise ImportTooLargeError(
                msg, limit=MAX_TRANSACTION_ITEMS, needed=needed, created=len(new), updated=updates
            )

    def _check_needs_no_approval(self, changing: Sequence[Imported]) -> None:
        tenant = self.caller.tenant
        demanded = approval.demands(tenant) if changing else ()
        for entry in changing:
            if approval.is_needed(demanded, tenant, self._label(entry), entry.config_type):
                msg = f"changes of the type {entry.config_type} need approval, so {entry.name!r} cannot be imported"
                raise StateError(msg, details={"config_type": entry.config_type, "name": entry.name})


def _content(entry: Imported) -> Content:
    return Content(entry.value, entry.description)


def _same(entry: Imported, one: Configuration) -> bool:
    """Whether it is in force, as JSON has it: to Python, `true` and 1 are equal."""
    values = (json.dumps(value, sort_keys=True) for value in (one.content.value, entry.value))
    return one.active > 0 and len(set(values)) == 1 and entry.description in (None, one.content.description)

"""Configurations that name a person.

A version never changes, but for this: once it is no longer in force, a name in it is masked, and its number, author and
time stay. A rule that is in force is not changed behind its owner's back, who may have denied a service that is called
so: the answer names it, and after it was updated the version before is masked like the others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compliance.subjects.aggregates.aggregate import Aggregate, Record
from compliance.subjects.model import Counts, Person, Request
from pentarch.configuration.table import CONFIG, ConfigItem, VersionItem
from pentarch.platform.tables import batch_get

MAX_TOLD = 20
_VERSION = "version#"


@dataclass(frozen=True, slots=True)
class _Named:
    """A version that names the person."""

    item: VersionItem
    config_id: str
    number: int
    in_force: bool


def _versions(tenant: str, person: Person) -> Iterator[_Named]:
    known: dict[str, frozenset[int]] = {}
    for item in VersionItem.query(tenant, VersionItem.key.startswith(_VERSION), consistent_read=True):
        if not person.name.are_among(item.content):
            continue
        _, config_id, number = item.key.split("#")
        if config_id not in known:
            known = {config_id: _in_force(tenant, config_id)}  # a configuration's versions come one after another
        yield _Named(item, config_id, int(number), int(number) in known[config_id])


def _in_force(tenant: str, config_id: str) -> frozenset[int]:
    """The versions that callers see, or will once somebody has approved of them."""
    [item] = batch_get([(ConfigItem, tenant, f"{CONFIG}{config_id}")], consistent=True)
    if item is None:
        return frozenset()
    others = [part["version"] for part in (item.rollout, item.pending) if part]
    return frozenset(int(number) for number in (item.active, *others))


def _called(tenant: str, person: Person) -> Iterator[ConfigItem]:
    """Configurations whose name or label holds the name."""
    for item in ConfigItem.query(tenant, ConfigItem.key.startswith(CONFIG)):
        if person.name.are_among([item.name, item.label]):
            yield item


def _find(tenant: str, person: Person) -> Counts:
    named = [one.in_force for one in _versions(tenant, person)]
    called = sum(1 for _ in _called(tenant, person))
    return {"versions": len(named), "in_force": sum(named), "called_so": called}


def _records(tenant: str, person: Person) -> Iterator[Record]:
    for one in _versions(tenant, person):
        yield {
            "record": "version of a configuration",
            "config_id": one.config_id,
            "version": one.number,
            "in_force": one.in_force,
            "content": one.item.content,
        }


def _erase(request: Request, person: Person) -> None:
    for one in _versions(request.tenant, person):
        if not one.in_force:
            masked: dict[str, Any] = person.name.masked_in(one.item.content)
            one.item.update(actions=[VersionItem.content.set(masked)], condition=VersionItem.key.exists())


def _kept(request: Request, person: Person) -> str | None:
    found = request.found["configurations"]
    grounds = []
    if found["in_force"]:
        left = [f"{one.config_id} version {one.number}" for one in _versions(request.tenant, person) if one.in_force]
        told = ", ".join(left[:MAX_TOLD]) + (f" and {len(left) - MAX_TOLD} more" if len(left) > MAX_TOLD else "")
        if left:
            grounds.append(f"rules that are in force are their owners' to change, update them and ask again: {told}")
    if found["called_so"]:
        grounds.append("configurations are found by their names: make those anew that are called so")
    return "; ".join(grounds) or None


CONFIGURATIONS = Aggregate("configurations", ("ConfigurationsTable",), _find, _records, _erase, _kept)

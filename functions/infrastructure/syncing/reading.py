"""What runs, as far as a desired state names it."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from infrastructure import functions, releases, services
from infrastructure.ecs import services as ecs
from infrastructure.functions import Version
from infrastructure.inventory.model import Inventory, Kind, Resource
from infrastructure.scaling import acting
from infrastructure.scaling.asking import targets_of
from infrastructure.syncing.containers import Tasks
from infrastructure.syncing.document import Document
from infrastructure.syncing.errors import DocumentError
from infrastructure.syncing.planning import Present

_THREADS = 8


def present(wanted: Document, inventory: Inventory | None) -> Present:
    """DocumentError names services and resources that there are none of. The inventory is for what scales."""
    faults = {f"services.{name}": ["there is no such service"] for name in wanted.services.keys() - services.SLICES}
    targets: dict[str, Sequence[Resource]] = {}
    for name, one in wanted.services.items():
        scales = one.replicas is not None or one.reserved_concurrency is not None
        if inventory is not None and scales and name in services.SLICES:
            targets[name] = targets_of(name, inventory)
    for key in wanted.resources:
        found = _named(key, inventory)
        if len(found) != 1:
            told = "several have this name: give the id of one" if found else "nothing of this name can be scaled"
            faults[f"resources.{key}"] = [told]
        targets[key] = found
    if faults:
        raise DocumentError(dict(sorted(faults.items())))
    versions = {one.version for one in wanted.services.values() if one.version is not None}
    manifests = {one: releases.manifest(one) for one in sorted(versions)}
    return Present(_versions(wanted.services), targets, manifests, _tasks(wanted, targets))


def needs_inventory(wanted: Document) -> bool:
    """Reading it asks a dozen control planes, so only what scales pays for it."""
    scaled = [one for one in wanted.services.values() if (one.replicas, one.reserved_concurrency) != (None, None)]
    return bool(scaled or wanted.resources)


def _versions(wanted: Mapping[str, object]) -> dict[str, dict[str, Version]]:
    if not wanted:
        return {}
    stack = functions.of_stack(os.environ["STACK_NAME"])
    names = [(service, name) for service in wanted for name in services.functions_of(service, stack)]
    with ThreadPoolExecutor(_THREADS) as threads:
        running = list(threads.map(lambda pair: functions.running(stack[pair[1]]), names))
    found: dict[str, dict[str, Version]] = {service: {} for service in wanted}
    for (service, name), version in zip(names, running, strict=True):
        found[service][name] = version
    return found


def _tasks(wanted: Document, targets: Mapping[str, Sequence[Resource]]) -> dict[str, Tasks]:
    found: dict[str, Tasks] = {}
    for key, one in wanted.resources.items():
        [target] = targets[key]
        if one.is_rolled_out and target.kind is Kind.CONTAINERS:
            service = ecs.described(target.place)
            found[key] = Tasks(service, ecs.definition(service.definition))
    return found


def _named(key: str, inventory: Inventory | None) -> list[Resource]:
    """By its id; by its name only what is no function, since those are scaled by their service."""
    scalable = [one for one in (inventory.resources if inventory else ()) if one.kind in acting.SCALABLE]
    by_id = [one for one in scalable if one.id == key]
    return by_id or [one for one in scalable if one.name == key and one.kind is not Kind.FUNCTION]

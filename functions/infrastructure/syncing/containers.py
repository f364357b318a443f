"""What differs between a desired state of an ECS service and what its tasks run: pure rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infrastructure import limits
from infrastructure.ecs import definitions, requirements
from infrastructure.ecs.model import Definition, Service
from infrastructure.model import Change
from infrastructure.syncing import document
from infrastructure.syncing.model import Difference, Planned, RollOut, fingerprint


@dataclass(frozen=True, slots=True)
class Tasks:
    service: Service
    definition: Definition


def planned(path: str, wanted: document.Resource, present: Tasks) -> Planned | None:
    """The roll-out that brings it; None where nothing differs. InvalidInputError names the field that cannot be had."""
    service, running = present.service, present.definition
    name = definitions.container_of(running, service, wanted.container)
    container = definitions.container(running, name)
    memory_mb, cpu_units = limits.task_size(wanted.resource_limits.memory, wanted.resource_limits.cpu)
    given = {key: value for key, value in wanted.environment_variables.items() if value is not None}
    change = Change(
        environment=given,
        removed=tuple(sorted(wanted.environment_variables.keys() - given.keys())),
        memory_mb=memory_mb,
        cpu_units=cpu_units,
        container=wanted.container,
    )
    version = wanted.version or definitions.version_of(container["image"])
    differences = (
        *_version(path, version, container),
        *_variables(path, wanted, container),
        *_limits(path, change, running, container),
    )
    if not differences:
        return None
    requirements.check_suited(service, wanted.strategy)
    made = definitions.following(running, name, version, change)
    definitions.check_size(made, on_fargate=service.on_fargate)
    return Planned(RollOut(service.name, version, wanted.strategy, change, place=service.arn), differences)


def _version(path: str, version: str, container: Mapping[str, Any]) -> Iterator[Difference]:
    present = definitions.version_of(container["image"])
    if present != version:
        yield Difference(f"{path}.version", present, version)


def _variables(path: str, wanted: document.Resource, container: Mapping[str, Any]) -> Iterator[Difference]:
    """Values may be secrets, so what is told of them is enough to see that they differ."""
    present = {one["name"]: one["value"] for one in container.get("environment", ())}
    for name, value in sorted(wanted.environment_variables.items()):
        if present.get(name) != value:
            told = fingerprint(present.get(name)), fingerprint(value)
            yield Difference(f"{path}.environment_variables.{name}", *told)


def _limits(path: str, change: Change, running: Definition, container: Mapping[str, Any]) -> Iterator[Difference]:
    for name, wanted in (("cpu", change.cpu_units), ("memory", change.memory_mb)):
        present = int(running.get(name) or container.get(name) or 0)
        if wanted is not None and present != wanted:
            yield Difference(f"{path}.resource_limits.{name}", present, wanted)

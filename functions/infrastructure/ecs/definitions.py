"""The task definition that is to run next, made of the one that runs: pure rules."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from infrastructure.ecs.model import Definition, Service
from infrastructure.model import Change
from pentarch.platform.errors import InvalidInputError

VERSION = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_.-]{0,127}|sha256:[0-9a-f]{64}")
"""A tag or a digest, as registries have them (Open Container Initiative, distribution specification)."""
CARRIED = (
    "family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions", "volumes",
    "placementConstraints", "requiresCompatibilities", "cpu", "memory", "pidMode", "ipcMode", "proxyConfiguration",
    "inferenceAccelerators", "ephemeralStorage", "runtimePlatform", "enableFaultInjection",
)  # fmt: skip
"""What a task definition is registered with, of what it is described with."""
SMALLEST_CONTAINER_MB = 6
"""Docker starts no container with less (ECS, RegisterTaskDefinition)."""
_GB = 1024
FARGATE_MB: Mapping[int, Iterable[int]] = {
    256: (512, 1 * _GB, 2 * _GB),
    512: range(1 * _GB, 4 * _GB + 1, _GB),
    1024: range(2 * _GB, 8 * _GB + 1, _GB),
    2048: range(4 * _GB, 16 * _GB + 1, _GB),
    4096: range(8 * _GB, 30 * _GB + 1, _GB),
    8192: range(16 * _GB, 60 * _GB + 1, 4 * _GB),
    16384: range(32 * _GB, 120 * _GB + 1, 8 * _GB),
}
"""Memory by CPU units that Fargate takes (ECS developer guide, "Task CPU and memory")."""


def version_of(image: str) -> str:
    """An image's digest or tag; one without is the latest."""
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return digest or tag or "latest"


def at_version(image: str, version: str) -> str:
    """The same image of another version. Its repository never changes."""
    name = image.partition("@")[0]
    path, slash, last = name.rpartition("/")
    separator = "@" if version.startswith("sha256:") else ":"
    return f"{path}{slash}{last.partition(':')[0]}{separator}{version}"


def container_of(definition: Definition, service: Service, asked: str | None) -> str:
    """The container whose image is the service's version; the others stand beside it.

    The only one, or the only one that gets traffic, or that is called as the service, or that is essential.
    """
    containers = definition["containerDefinitions"]
    names = [one["name"] for one in containers]
    if asked is not None:
        if asked not in names:
            msg = f"a task of {service.name} has no container {asked!r}"
            raise InvalidInputError(msg, field="config.container", details={"containers": names})
        return asked
    chosen = [
        names,
        sorted({one["containerName"] for one in service.balancers if one.get("containerName") in names}),
        [name for name in names if name == service.name],
        [one["name"] for one in containers if one.get("essential", True)],
    ]
    for candidates in chosen:
        if len(candidates) == 1:
            return str(candidates[0])
    msg = f"a task of {service.name} has several containers: name the one that has the version"
    raise InvalidInputError(msg, field="config.container", details={"containers": names})


def container(definition: Definition, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(one for one in definition["containerDefinitions"] if one["name"] == name)
    return found


def following(definition: Definition, name: str, version: str, change: Change) -> dict[str, Any]:
    """What to register; InvalidInputError when it cannot be had."""
    if not VERSION.fullmatch(version):
        msg = f"{version!r} is no tag and no digest of an image"
        raise InvalidInputError(msg, field="version")
    made = {field: definition[field] for field in CARRIED if definition.get(field) not in (None, [], {})}
    made["containerDefinitions"] = [
        _changed(one, version, change) if one["name"] == name else one for one in definition["containerDefinitions"]
    ]
    _resize(made, name, change)
    return made


def _changed(container: Mapping[str, Any], version: str, change: Change) -> dict[str, Any]:
    secrets = {one["name"] for one in container.get("secrets", ())} & change.environment.keys()
    if secrets:
        name = min(secrets)
        msg = f"{name} is a secret of the task definition"
        raise InvalidInputError(msg, field=f"config.environment_variables.{name}")
    present = {one["name"]: one["value"] for one in container.get("environment", ())}
    kept = {name: value for name, value in present.items() if name not in change.removed} | change.environment
    environment = [{"name": name, "value": value} for name, value in sorted(kept.items())]
    return {**container, "image": at_version(container["image"], version), "environment": environment}


def _resize(made: dict[str, Any], name: str, change: Change) -> None:
    """A task's size where the definition gives one, and the container's share of it grows and shrinks with it."""
    container = next(one for one in made["containerDefinitions"] if one["name"] == name)
    for key, wanted in (("cpu", change.cpu_units), ("memory", change.memory_mb)):
        if wanted is None:
            continue
        if key in made:
            if container.get(key):
                container[key] += wanted - int(made[key])
            made[key] = str(wanted)
        else:
            container[key] = wanted
    if container.get("memory"):
        if container["memory"] < SMALLEST_CONTAINER_MB:
            msg = f"nothing would be left for the container {name}"
            raise InvalidInputError(msg, field="config.resource_limits.memory")
        if container.get("memoryReservation", 0) > container["memory"]:
            container["memoryReservation"] = container["memory"]
    if container.get("cpu", 0) < 0:
        msg = f"nothing would be left for the container {name}"
        raise InvalidInputError(msg, field="config.resource_limits.cpu")


def check_size(made: Mapping[str, Any], *, on_fargate: bool) -> None:
    """InvalidInputError for a pair that Fargate does not take."""
    if not on_fargate and "FARGATE" not in made.get("requiresCompatibilities", ()):
        return
    cpu, memory = int(made.get("cpu", 0)), int(made.get("memory", 0))
    if memory in FARGATE_MB.get(cpu, ()):
        return
    if cpu in FARGATE_MB:
        sizes = list(FARGATE_MB[cpu])
        told = f"with {cpu} CPU units it takes {sizes[0]} to {sizes[-1]} MiB, in steps of {sizes[-1] - sizes[-2]}"
    else:
        told = f"it takes {', '.join(map(str, FARGATE_MB))} CPU units"
    msg = f"Fargate takes no task with {cpu} CPU units and {memory} MiB: {told}"
    raise InvalidInputError(msg, field="config.resource_limits")

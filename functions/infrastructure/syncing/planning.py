"""What differs between a desired state and the one that is there, and the operations that change it: pure rules."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infrastructure import limits, making, services
from infrastructure.functions import Version
from infrastructure.inventory.model import Resource
from infrastructure.model import Change
from infrastructure.releases import Manifest
from infrastructure.scaling import acting
from infrastructure.scaling.model import Mode
from infrastructure.syncing import containers, document
from infrastructure.syncing.containers import Tasks
from infrastructure.syncing.document import Document
from infrastructure.syncing.errors import DocumentError
from infrastructure.syncing.model import FINGERPRINT, Difference, Planned, RollOut, Scale, fingerprint
from pentarch.platform.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Present:
    """What runs, as far as the document names it."""

    versions: Mapping[str, Mapping[str, Version]]
    """Of each service its functions' versions that get the traffic, by their logical ids."""
    targets: Mapping[str, Sequence[Resource]]
    """What is scaled for each service or key of `resources` that wants it."""
    releases: Mapping[str, Manifest | None]
    """Of each version that is wanted its release, if there is one."""
    tasks: Mapping[str, Tasks] = field(default_factory=dict)
    """Of the keys of `resources` that are ECS services and are to be rolled out."""


BoundsCheck = Callable[[Iterable[Resource], int], None]


def plan(wanted: Document, present: Present, check_bounds: BoundsCheck) -> list[Planned]:
    """Roll-outs and scalings in the order of an update, each service's roll-out before its scaling.

    DocumentError with all paths of what cannot be had.
    """
    planner, planned = _Planner(present, check_bounds), list[Planned]()
    for name in [name for name in services.SLICES if name in wanted.services]:
        planned += planner.service(name, wanted.services[name])
    for key, resource in wanted.resources.items():
        planned += planner.resource(key, resource)
    if planner.faults:
        raise DocumentError(planner.faults)
    return planned


@dataclass(frozen=True, slots=True)
class _Planner:
    present: Present
    check_bounds: BoundsCheck
    faults: dict[str, list[str]] = field(default_factory=dict)

    def service(self, name: str, wanted: document.Service) -> Iterator[Planned]:
        path = f"services.{name}"
        yield from self.rolled_out(name, path, wanted)
        targets = self.present.targets.get(name, ())
        if wanted.replicas is not None:
            yield from self.scaled(Scale(name, wanted.replicas, Mode.PROVISIONED), f"{path}.replicas", targets)
        if wanted.reserved_concurrency is not None:
            scale = Scale(name, wanted.reserved_concurrency, Mode.RESERVED)
            yield from self.scaled(scale, f"{path}.reserved_concurrency", targets)

    def rolled_out(self, name: str, path: str, wanted: document.Service) -> Iterator[Planned]:
        running = self.present.versions.get(name, {})
        if not running:
            self._fault(path, "the stack has no function of it")
            return
        try:
            memory_mb = limits.memory_mb(wanted.resource_limits.memory, wanted.resource_limits.cpu)
        except InvalidInputError as error:
            self._fault(f"{path}.resource_limits", error.message)
            return
        for variable in making.refused_variables(wanted.environment_variables, running.values()):
            self._fault(f"{path}.environment_variables.{variable}", "the template decides about it")
        manifest = self.present.releases.get(wanted.version) if wanted.version else None
        differences = [
            *_version(path, wanted, running, manifest),
            *_variables(path, wanted, running.values()),
            *_memory(path, memory_mb, running.values()),
        ]
        if not differences:
            return
        is_new = any(one.path in (f"{path}.version", f"{path}.code") for one in differences)
        given = {key: value for key, value in wanted.environment_variables.items() if value is not None}
        change = Change(
            release=wanted.version if is_new and manifest is not None else None,
            environment=given,
            memory_mb=memory_mb,
            removed=tuple(sorted(wanted.environment_variables.keys() - given.keys())),
        )
        if change.release is None and not change.is_configuration:
            told = f"there is no release {wanted.version}, and no configuration is given with it"
            self._fault(f"{path}.version", told)
        version = wanted.version or max(making.name_of(one) for one in running.values())
        yield Planned(RollOut(name, version, wanted.strategy, change), tuple(differences))

    def resource(self, key: str, wanted: document.Resource) -> Iterator[Planned]:
        path, [target] = f"resources.{key}", self.present.targets[key]
        if key in self.present.tasks:
            try:
                roll_out = containers.planned(path, wanted, self.present.tasks[key])
            except InvalidInputError as error:
                self._fault(f"{path}.{str(error.details['field']).removeprefix('config.')}", error.message)
                return
            yield from [roll_out] if roll_out else []
        elif wanted.is_rolled_out:
            self._fault(path, "it has replicas alone: only ECS services are rolled out")
        if wanted.replicas is not None:
            scale = Scale(target.id, wanted.replicas, Mode.PROVISIONED)
            yield from self.scaled(scale, f"{path}.replicas", [target])

    def scaled(self, wanted: Scale, path: str, targets: Sequence[Resource]) -> Iterator[Planned]:
        try:
            self.check_bounds(targets, wanted.replicas)
        except InvalidInputError as error:
            self._fault(path, error.message)
            return
        present = list(dict.fromkeys(acting.present(one, wanted.mode) for one in targets))
        if present != [wanted.replicas]:
            yield Planned(wanted, (Difference(path, _one_or_all(present), wanted.replicas),))

    def _fault(self, path: str, message: str) -> None:
        self.faults.setdefault(path, []).append(message)


def _version(
    path: str, wanted: document.Service, running: Mapping[str, Version], manifest: Manifest | None
) -> Iterator[Difference]:
    if wanted.version is None:
        return
    names = sorted({making.name_of(one) for one in running.values()})
    if names != [wanted.version]:
        yield Difference(f"{path}.version", _one_or_all(names), wanted.version)
        return
    if manifest is None:
        return
    changed = sorted(
        name
        for name, one in running.items()
        if name in manifest.functions and manifest.functions[name].sha256 != one.sha256
    )
    if changed:
        yield Difference(f"{path}.code", {name: _short(running[name].sha256) for name in changed},
                         {name: _short(manifest.functions[name].sha256) for name in changed})  # fmt: skip


def _variables(path: str, wanted: document.Service, running: Iterable[Version]) -> Iterator[Difference]:
    """Values may be secrets, so what is told of them is enough to see that they differ."""
    versions = list(running)
    for name, value in sorted(wanted.environment_variables.items()):
        present: list[str | None]
        if value is None:
            present = [one.environment[name] for one in versions if name in making.given(one)]
        else:
            present = [one.environment.get(name) for one in versions]
        if any(one != value for one in present):
            told = list(dict.fromkeys(fingerprint(one) for one in present))
            yield Difference(f"{path}.environment_variables.{name}", _one_or_all(told), fingerprint(value))


def _memory(path: str, wanted_mb: int | None, running: Iterable[Version]) -> Iterator[Difference]:
    present = sorted({one.memory_mb for one in running})
    if wanted_mb is not None and present != [wanted_mb]:
        yield Difference(f"{path}.resource_limits", _one_or_all([f"{mb}Mi" for mb in present]), f"{wanted_mb}Mi")


def _one_or_all(found: Sequence[Any]) -> Any:  # noqa: ANN401 (what is told in JSON)
    """What functions of a service agree on, or each thing that one of them has."""
    return found[0] if len(found) == 1 else list(found)


def _short(sha256: str) -> str:
    return f"sha256:{sha256[:FINGERPRINT]}"

"""What runs: one row for each function, service, deployment, machine or group of machines of the stack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, uuid5


class Kind(StrEnum):
    """A resource's type. Lambda runs each environment of a function in a micro-VM of its own."""

    DEPLOYMENT = "kubernetes_deployment"
    CONTAINERS = "docker_service"
    INSTANCE = "vm_instance"
    SCALING_GROUP = "vm_scaling_group"
    FUNCTION = "vm_lambda_function"


class Family(StrEnum):
    """What `type` in a query may name: the reference's three, and Lambda's functions alone."""

    KUBERNETES = "kubernetes"
    DOCKER = "docker"
    VM = "vm"
    LAMBDA = "lambda"

    def has(self, kind: Kind) -> bool:
        return kind is Kind.FUNCTION if self is Family.LAMBDA else kind.startswith(self)


class State(StrEnum):
    RUNNING = "running"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Usage:
    """Shares from 0 to 1; None: nobody measured it."""

    cpu: float | None = None
    memory: float | None = None


UNKNOWN = Usage()


@dataclass(frozen=True, slots=True)
class Resource:
    place: str
    """Its ARN, or what of the like there is: where in the world it is."""
    name: str
    kind: Kind
    state: State
    replicas: int
    """What runs now: for a function the environments that are kept ready, 0 if all are made on demand."""
    updated_at: datetime
    usage: Usage = UNKNOWN
    service: str | None = None
    """The service of the stack that it is part of."""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(uuid5(NAMESPACE_URL, self.place))


@dataclass(frozen=True, slots=True)
class Gap:
    """A source that could not be asked, so that the list is known to lack its part."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Inventory:
    resources: tuple[Resource, ...]
    gaps: tuple[Gap, ...] = ()

    def chosen(self, family: Family | None, state: State | None) -> tuple[Resource, ...]:
        return tuple(
            one
            for one in self.resources
            if (family is None or family.has(one.kind)) and (state is None or one.state is state)
        )


def share(value: float | None) -> float | None:
    """From 0 to 1, as the reference shows usage."""
    return None if value is None else round(min(1.0, max(0.0, value)), 4)

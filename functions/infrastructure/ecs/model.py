"""An ECS service as a roll-out sees it: what runs, how it is deployed, and what a deployment of it has come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Definition = Mapping[str, Any]
"""A task definition as ECS describes it."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Of the tasks of one task definition, as the service itself tells."""

    id: str
    status: str
    """PRIMARY, ACTIVE or INACTIVE."""
    definition: str
    desired: int
    running: int
    state: str | None = None
    """IN_PROGRESS, COMPLETED or FAILED, of rolling updates."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    arn: str
    name: str
    cluster: str
    definition: str
    """The ARN of the task definition that it shall run."""
    desired: int
    controller: str
    scheduling: str
    configuration: Mapping[str, Any]
    """Its `deploymentConfiguration`."""
    balancers: tuple[Mapping[str, Any], ...]
    connects: bool
    """By Service Connect."""
    on_fargate: bool
    deployments: tuple[Deployment, ...]

    @property
    def is_busy(self) -> bool:
        """Whether tasks are being replaced."""
        live = [one for one in self.deployments if one.status != "INACTIVE" and one.state != "FAILED"]
        return len(live) > 1 or any(one.state == "IN_PROGRESS" for one in live)

    def deployment_of(self, definition: str) -> Deployment | None:
        """The newest of a task definition."""
        return next((one for one in self.deployments if one.definition == definition), None)


@dataclass(frozen=True, slots=True)
class TrafficShift:
    """A deployment that moves traffic between two sets of tasks, which ECS calls a service deployment."""

    arn: str
    status: str
    reason: str
    stage: str
    weight: float
    """Percent of the traffic that the new tasks get."""
    hook: str | None
    """The pause that it waits in, until somebody lets it go on."""
    target_groups: tuple[str, ...] = ()

    @property
    def is_under_way(self) -> bool:
        return self.status in {"PENDING", "IN_PROGRESS"}

    @property
    def is_returning(self) -> bool:
        return self.status in {"STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"}

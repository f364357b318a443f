"""What requests hold and replies show."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from infrastructure import rollout
from infrastructure.delegates import TakenBack
from infrastructure.listing import AnyRollout
from infrastructure.model import Rollout, Status, Strategy, Wanted
from infrastructure.releases import VERSION_FORM
from pentarch.platform.clock import iso
from pentarch.rollouts.model import Kind

MAX_ENVIRONMENT_BYTES = 2048
"""Lambda gives 4 KB to all variables of a function, the template's included."""

IMAGE_VERSION_FORM = r"[0-9A-Za-z_][0-9A-Za-z._+-]{0,127}|sha256:[0-9a-f]{64}"
"""A release's name, or an image's tag or digest: the service that it is of takes one of them."""

DeployedVersion = Annotated[str, StringConstraints(pattern=f"^({IMAGE_VERSION_FORM})$")]
VersionName = Annotated[str, StringConstraints(pattern=f"^{VERSION_FORM}$")]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
Quantity = Annotated[str, StringConstraints(max_length=32)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Update(_Body):
    target_version: VersionName


class Restart(_Body):
    graceful: StrictBool = True


class ResourceLimits(_Body):
    cpu: Quantity | None = None
    memory: Quantity | None = None


class Config(_Body):
    environment_variables: dict[Variable, Annotated[str, StringConstraints(max_length=1024)]] = Field(
        default_factory=dict, max_length=50
    )
    resource_limits: ResourceLimits = ResourceLimits()
    container: Annotated[str, StringConstraints(max_length=255)] | None = None
    """Of an ECS service with several: the one that has the version."""

    def wanted(self) -> Wanted:
        asked = self.resource_limits
        return Wanted(self.environment_variables, memory=asked.memory, cpu=asked.cpu, container=self.container)


class Deploy(_Body):
    service: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    version: DeployedVersion
    config: Config = Config()
    strategy: Strategy = Strategy.ROLLING_UPDATE


class RollBack(_Body):
    target_version: DeployedVersion | None = None


def progress_of(one: Rollout) -> float:
    if one.status is Status.COMPLETED:
        return 1.0
    return rollout.progress(rollout.weights_of(one), len(one.batches), one.position)


def deployed(one: Rollout) -> dict[str, Any]:
    return {
        "deployment_id": one.id,
        "service": one.service,
        "version": one.version,
        "strategy": one.strategy,
        "status": one.standing,
        "rollback_available": True,  # the version that runs now stays there
    }


def shown(one: AnyRollout) -> dict[str, Any]:
    """Every roll-out in one shape, whatever it is of."""
    if isinstance(one, Rollout):
        kind, service, resource, environment, progress = Kind.SERVICE, one.service, one.service, None, progress_of(one)
    else:
        kind, service, resource, environment, progress = one.kind, None, one.resource, one.environment, one.progress
    return {
        "deployment_id": one.id,
        "kind": kind,
        "action": one.action,
        "service": service,
        "resource": resource,
        "environment": environment,
        "version": one.version,
        "previous_version": one.previous_version,
        "strategy": one.strategy,
        "status": one.standing,
        "progress": round(progress, 4),
        "start_time": iso(one.created_at),
        "completion_time": _time(one.completed_at),
        "requested_by": one.actor,
        "rollback_of": one.undoes,
        "reason": one.failure,
        "events": [{"timestamp": iso(note.at), "message": note.message, "level": note.level} for note in one.notes],
    }


def listed(one: AnyRollout) -> dict[str, Any]:
    return {name: value for name, value in shown(one).items() if name != "events"}


def rolled_back(one: Rollout, deployment_id: str) -> dict[str, Any]:
    return {
        "rollback_id": one.id,
        "deployment_id": deployment_id,
        "target_version": one.version if one.undoes else one.previous_version,
        "status": Status.ROLLING_BACK,
    }


def taken_back(one: TakenBack, deployment_id: str) -> dict[str, Any]:
    return {
        "rollback_id": one.rollback_id,
        "deployment_id": deployment_id,
        "target_version": one.target_version,
        "status": one.status,
    }


def updated(one: Rollout | None, target: str) -> dict[str, Any]:
    told: dict[str, Any] = {"error": None, "requires_restart": False}  # the roll-out gives fresh environments
    if one is None:
        return told | {"status": "up_to_date", "progress": 100, "message": f"Version {target} is running"}
    last = one.notes[-1].message if one.notes else f"The update to {target} is about to begin"
    status = "rolling_back" if one.standing is Status.ROLLING_BACK else "updating"
    progress = round(progress_of(one) * 100)
    return told | {"status": status, "progress": progress, "message": last, "deployment_id": one.id}


def _time(at: datetime | None) -> str | None:
    return None if at is None else iso(at)

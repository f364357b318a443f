"""What an operator asks for: an update, a restart, a deployment, the way back. Each begins one roll-out."""

import json
import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from infrastructure import facts, limits, operators, releases, services, store
from infrastructure.ecs import naming
from infrastructure.ecs import target as ecs
from infrastructure.errors import (
    NothingToDeployError,
    ReleaseNotFoundError,
    RolloutActiveError,
    StateError,
)
from infrastructure.inventory.model import Resource
from infrastructure.model import Action, Change, Level, Note, Rollout, Status, Strategy, Wanted
from pentarch import __version__
from pentarch.identity.model import Caller
from pentarch.platform import clients
from pentarch.platform.clock import epoch_ms
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.ids import uuid7
from pentarch.rollouts.model import moved

_NO_CHANGE = Change()
_TO_BEGIN = timedelta(seconds=15)
_TO_MOVE = timedelta(minutes=20)
"""A step's time-out with its retries: a roll-out that stood still for longer has lost its execution."""


@dataclass(frozen=True, slots=True)
class Rollouts:
    """The roll-outs of the stack, for one who asks about them."""

    caller: Caller
    correlation_id: str = ""

    def update(self, target: str, at: datetime) -> Rollout | None:
        """The roll-out that brings a release, new or under way; None when it runs already."""
        operators.check(self.caller, operators.ADMIN)
        if target == running_version():
            return None
        under_way = store.active(services.STACK_LOCK)
        if under_way is not None and (under_way.action, under_way.version) == (Action.UPDATE, target):
            return revived(under_way, at)
        if releases.manifest(target) is None:
            raise ReleaseNotFoundError(target)
        return start(
            self._new(
                Action.UPDATE,
                at,
                service=services.STACK,
                version=target,
                strategy=Strategy.ROLLING_UPDATE,
                change=Change(release=target),
            )
        )

    def restart(self, at: datetime, *, graceful: bool) -> Rollout:
        operators.check(self.caller, operators.ADMIN)
        under_way = store.active(services.STACK_LOCK)
        if under_way is not None and under_way.action is Action.RESTART:
            return revived(under_way, at)
        strategy = Strategy.ROLLING_UPDATE if graceful else Strategy.BLUE_GREEN
        one = self._new(Action.RESTART, at, service=services.STACK, version=running_version(), strategy=strategy)
        return start(replace(one, bake_s=0, graceful=graceful))  # nothing new would show itself

    def deploy(self, service: str, version: str, strategy: Strategy, wanted: Wanted, at: datetime) -> Rollout:
        """The roll-out of a service of the stack, or of an ECS service by its name or its id in the inventory."""
        operators.check(self.caller, operators.WRITE)
        if service not in services.SLICES:
            return self._deploy_containers(naming.named(service), version, strategy, wanted, at)
        if not releases.is_name(version):
            msg = f"{version!r} is no name of a release"
            raise InvalidInputError(msg, field="version")
        released = releases.manifest(version) is not None
        change = Change(environment=wanted.environment, memory_mb=limits.memory_mb(wanted.memory, wanted.cpu))
        if not released and not change.is_configuration:
            raise NothingToDeployError(version)
        change = replace(change, release=version if released else None)
        return start(self._new(Action.DEPLOY, at, service=service, version=version, strategy=strategy, change=change))

    def _deploy_containers(
        self, service: Resource, version: str, strategy: Strategy, wanted: Wanted, at: datetime
    ) -> Rollout:
        """What cannot be done is refused before anything begins."""
        memory_mb, cpu_units = limits.task_size(wanted.memory, wanted.cpu)
        change = Change(environment=wanted.environment, memory_mb=memory_mb, cpu_units=cpu_units,
                        container=wanted.container)  # fmt: skip
        one = self._new(Action.DEPLOY, at, service=service.name, version=version, strategy=strategy, change=change)
        one = replace(one, place=service.place)
        if store.active(service.place) is None:  # else the lock tells of it, and the service is busy by that
            ecs.planned(one)
        return start(one)

    def roll_back(self, deployment: Rollout, target: str | None, at: datetime) -> Rollout:
        """The roll-out that leads back: another one, or the same while it is under way."""
        operators.check(self.caller, operators.WRITE)
        if not deployment.has_ended:
            return self._stop(deployment, target, at)
        if deployment.status is not Status.COMPLETED or deployment.action is Action.RESTART:
            msg = f"the {deployment.action} is {deployment.status}: there is nothing to roll back"
            raise StateError(msg, details={"status": deployment.status})
        wanted = deployment.previous_version if target is None else target
        versions = self._versions(deployment, target)
        one = self._new(
            Action.ROLLBACK,
            at,
            service=deployment.service,
            version=wanted or "",
            strategy=_way_back(deployment),
            undoes=deployment.id,
        )
        one = replace(one, place=deployment.place)
        parts = {name: replace(part, old="", new=versions[name]) for name, part in deployment.parts.items()}
        note = Note(at, f"Rolling back to {wanted}", Level.WARNING)
        deployment = moved(deployment, at, note, status=Status.ROLLING_BACK, completed_at=deployment.completed_at)
        one = replace(one, parts=parts, batches=(tuple(parts),))
        if one.place:
            ecs.planned(one)  # what cannot be done is refused before anything begins
        return start(one, deployment)

    def _versions(self, deployment: Rollout, target: str | None) -> dict[str, str]:
        """What each function shall run: what it ran before, or what a named version is made of."""
        if target is None or target == deployment.previous_version:
            return {name: part.old for name, part in deployment.parts.items()}
        brought = store.that_brought(deployment.covers[0], target)
        if brought is None:
            raise ReleaseNotFoundError(target)
        versions = {name: part.new for name, part in brought.parts.items() if part.new is not None}
        if not deployment.parts.keys() <= versions.keys():
            msg = f"version {target} did not deploy all of {deployment.service}"
            raise StateError(msg)
        return versions

    def _stop(self, deployment: Rollout, target: str | None, at: datetime) -> Rollout:
        if target is not None and target != deployment.previous_version:
            msg = "the deployment is under way: it can go back to what it found, and to nothing else"
            raise StateError(msg, details={"previous_version": deployment.previous_version})
        if deployment.stop or deployment.failure is not None:
            return deployment
        stopped = moved(deployment, at, Note(at, "Somebody asked for it to go back", Level.WARNING), stop=True)
        return store.save(stopped, facts.taken_back(stopped, self.caller.subject, at))

    def _new(
        self,
        action: Action,
        at: datetime,
        *,
        service: str,
        version: str,
        strategy: Strategy,
        change: Change = _NO_CHANGE,
        undoes: str | None = None,
    ) -> Rollout:
        return Rollout(
            id=uuid7(epoch_ms(at)),
            action=action,
            service=service,
            version=version,
            strategy=strategy,
            tenant=self.caller.tenant,
            actor=self.caller.subject,
            created_at=at,
            updated_at=at,
            change=change,
            bake_s=int(os.environ["ROLLOUT_BAKE_SECONDS"]),
            correlation_id=self.correlation_id,
            undoes=undoes,
        )


def _way_back(deployment: Rollout) -> Strategy:
    """All at once, since the version is known; an ECS service without a load balancer has only one way."""
    is_rolling = deployment.place and deployment.strategy is Strategy.ROLLING_UPDATE
    return Strategy.ROLLING_UPDATE if is_rolling else Strategy.BLUE_GREEN


def start(one: Rollout, deployment: Rollout | None = None) -> Rollout:
    """Take the locks, write the record and begin; RolloutActiveError when another has a service of it."""
    try:
        one = store.begin(one, facts.started(one), deployment)
    except RolloutActiveError as error:
        in_the_way = store.active(error.service)
        if in_the_way is not None:
            revived(in_the_way, one.created_at)
        raise
    _execute(one)
    return one


def revived(one: Rollout, at: datetime) -> Rollout:
    """Start again what lost its execution: between the record and the start a process may end.

    The execution's name holds the record's revision, so that many who notice start one; and two that run beside
    each other do no harm, since each step is written down once.
    """
    patience = _TO_BEGIN if one.status is Status.QUEUED else _TO_MOVE + timedelta(seconds=one.bake_s)
    if not one.has_ended and at - one.updated_at > patience:
        _execute(one)
    return one


def running_version() -> str:
    """Of this very function: an update changes it last."""
    return os.environ.get("VERSION") or __version__


def _execute(one: Rollout) -> None:
    machine = clients.stepfunctions()
    try:
        machine.start_execution(
            stateMachineArn=os.environ["ROLLOUT_STATE_MACHINE"],
            name=f"{one.id}-{one.revision}",
            input=json.dumps({"rollout": one.id}),
        )
    except machine.exceptions.ExecutionAlreadyExists:
        return

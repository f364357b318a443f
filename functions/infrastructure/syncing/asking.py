"""Bringing the stack to a desired state, as an operator asks for it, and carrying it step by step to its end.

Each step is a roll-out or a scaling operation like any other, with the step's own id, so that it is begun once, however
often this is called, and by whom.
"""

import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from infrastructure import asking, operators
from infrastructure import store as rollouts
from infrastructure.errors import ChangedMeanwhileError, RolloutActiveError
from infrastructure.inventory import reading as inventories
from infrastructure.model import Action, Rollout, Status
from infrastructure.scaling import acting
from infrastructure.scaling import asking as scaling
from infrastructure.scaling import store as operations
from infrastructure.scaling.errors import CoolingDownError, NothingToScaleError, OutOfBoundsError
from infrastructure.scaling.model import Operation
from infrastructure.scaling.model import Progress as ScalingProgress
from infrastructure.syncing import document, facts, planning, reading, sources, store
from infrastructure.syncing.errors import SyncNotFoundError
from infrastructure.syncing.model import Planned, Progress, RollOut, Scale, Source, Step, StepProgress, Sync
from infrastructure.syncing.sources import Bucket, Repository
from pentarch.identity.model import Caller
from pentarch.platform.clock import epoch_ms
from pentarch.platform.ids import uuid7
from pentarch.platform.observability import logger

PATIENCE = timedelta(hours=1)
"""How long a step waits for another's roll-out or for a cool-down."""


class Plan(NamedTuple):
    source: Source
    steps: list[Planned]


@dataclass(frozen=True, slots=True)
class Syncs:
    caller: Caller
    correlation_id: str = ""

    def plan(self, place: Bucket | Repository, at: datetime) -> Plan:
        """What differs, and what would be done about it."""
        operators.check(self.caller, operators.WRITE)
        found = sources.fetch(place, self.caller, self.correlation_id)
        wanted = document.read(found.content)
        inventory = inventories.current(at, fresh=True) if reading.needs_inventory(wanted) else None
        steps = planning.plan(wanted, reading.present(wanted, inventory), scaling.check_bounds)
        return Plan(found.source, steps)

    def begin(self, plan: Plan, at: datetime) -> Sync:
        """Carry a plan out; RolloutActiveError, SyncActiveError when somebody changes what it is about."""
        operators.check(self.caller, operators.WRITE)
        for one in plan.steps:
            if isinstance(one.wanted, RollOut) and rollouts.active(one.wanted.place or one.wanted.service) is not None:
                raise RolloutActiveError(one.wanted.service)
        sync = Sync(
            id=uuid7(epoch_ms(at)),
            source=plan.source,
            steps=tuple(Step(uuid7(epoch_ms(at)), one) for one in plan.steps),
            tenant=self.caller.tenant,
            actor=self.caller.subject,
            created_at=at,
            updated_at=at,
            correlation_id=self.correlation_id,
        )
        store.begin(sync, facts.started(sync))
        return settle(sync, at)

    def get(self, sync_id: str, at: datetime) -> Sync:
        operators.check(self.caller, operators.READ)
        found = store.get(sync_id)
        if found is None:
            raise SyncNotFoundError
        return found if found.has_ended else settle(found, at)


def follow(at: datetime) -> int:
    """Carry on with the one that is under way; how many there were."""
    name = store.active()
    found = store.get(name) if name is not None else None
    if found is None or found.has_ended:
        return 0
    settle(found, at)
    return 1


def settle(sync: Sync, at: datetime) -> Sync:
    """Begin and follow steps, one after the other, until one has to be waited for. Anybody may do this, twice."""
    steps, is_held = list(sync.steps), False
    for number, step in enumerate(steps):
        if step.has_ended:
            continue
        steps[number] = _carried(sync, step, at)
        if steps[number].progress is StepProgress.FAILED:
            told = f"step {number + 1} failed: {steps[number].reason}"
            steps[number + 1 :] = [replace(one, progress=StepProgress.SKIPPED) for one in steps[number + 1 :]]
            return _write(replace(sync, steps=tuple(steps), progress=Progress.FAILED, reason=told), at)
        if steps[number].progress is not StepProgress.COMPLETED:
            is_held = True
            break
    if is_held:
        return sync if tuple(steps) == sync.steps else _write(replace(sync, steps=tuple(steps)), at)
    return _write(replace(sync, steps=tuple(steps), progress=Progress.COMPLETED), at)


def _carried(sync: Sync, step: Step, at: datetime) -> Step:
    try:
        wanted = step.planned.wanted
        found = (
            _rolled_out(sync, step.id, wanted, at)
            if isinstance(wanted, RollOut)
            else _scaled(sync, step.id, wanted, at)
        )
    except (RolloutActiveError, CoolingDownError) as error:
        # Somebody else changes it at the moment, whom a synchronisation neither overtakes nor overwrites.
        is_over = at - sync.updated_at > PATIENCE
        return replace(step, progress=StepProgress.FAILED if is_over else StepProgress.WAITING, reason=error.message)
    except (NothingToScaleError, OutOfBoundsError) as error:
        return replace(step, progress=StepProgress.FAILED, reason=error.message)
    return replace(step, progress=found.progress, reason=found.reason)


class _Found(NamedTuple):
    progress: StepProgress
    reason: str | None


def _rolled_out(sync: Sync, ident: str, wanted: RollOut, at: datetime) -> _Found:
    one = rollouts.get(ident)
    if one is None:
        one = Rollout(
            id=ident,
            action=Action.DEPLOY,
            service=wanted.service,
            version=wanted.version,
            strategy=wanted.strategy,
            tenant=sync.tenant,
            actor=sync.actor,
            created_at=at,
            updated_at=at,
            place=wanted.place,
            change=wanted.change,
            bake_s=int(os.environ["ROLLOUT_BAKE_SECONDS"]),
            correlation_id=sync.correlation_id,
        )
        try:
            asking.start(one)
        except ChangedMeanwhileError:  # somebody else began it
            one = rollouts.get(ident) or one
    else:
        asking.revived(one, at)
    if not one.has_ended:
        return _Found(StepProgress.RUNNING, None)
    if one.status is Status.COMPLETED:
        return _Found(StepProgress.COMPLETED, None)
    return _Found(StepProgress.FAILED, one.failure or f"the roll-out is {one.status}")


def _scaled(sync: Sync, ident: str, wanted: Scale, at: datetime) -> _Found:
    one = operations.get(ident)
    if one is None or not one.has_ended:
        inventory = inventories.current(at, fresh=True)
        if one is None:
            targets = scaling.targets_of(wanted.service, inventory)
            scaling.check_bounds(targets, wanted.replicas)
            one = Operation(
                id=ident,
                service=wanted.service,
                targets=tuple(target.id for target in targets),
                wanted=wanted.replicas,
                before=max(acting.present(target, wanted.mode) or 0 for target in targets),
                mode=wanted.mode,
                tenant=sync.tenant,
                actor=sync.actor,
                created_at=at,
                deadline=at + scaling.PATIENCE,
                updated_at=at,
                correlation_id=sync.correlation_id,
            )
            try:
                one = scaling.start(one, inventory, at)
            except ChangedMeanwhileError:  # somebody else began it
                one = operations.get(ident) or one
        else:
            one = scaling.settle(one, inventory, at)
    match one.progress:
        case ScalingProgress.COMPLETED:
            return _Found(StepProgress.COMPLETED, None)
        case ScalingProgress.FAILED:
            return _Found(StepProgress.FAILED, one.reason)
        case _:
            return _Found(StepProgress.RUNNING, None)


def _write(sync: Sync, at: datetime) -> Sync:
    written = replace(sync, revision=sync.revision + 1, updated_at=at)
    try:
        store.save(written, facts.ended(written, at) if written.has_ended else None)
    except ChangedMeanwhileError:
        return store.get(sync.id) or sync
    if written.has_ended:
        logger().info("synchronisation ended", sync=sync.id, progress=written.progress, reason=written.reason)
    return written

"""The steps of a roll-out, as the state machine asks for them, each of which may come twice.

The record says which step is due, so a task that comes late or again finds that its step is done and does nothing.
What a step does to Lambda it may do again without harm; it is written down afterwards, on the condition that nobody
else wrote meanwhile.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from infrastructure import facts, functions, health, making, probes, rollout, services, store
from infrastructure.errors import ChangedMeanwhileError, RolloutFailedError
from infrastructure.model import Kind, Level, Note, Part, Rollout, Status
from infrastructure.rollout import Act, Step
from pentarch.platform import clock
from pentarch.platform.observability import logger

MAX_NOTES = 300
"""A record stays far below the 400 KB that DynamoDB takes."""
PLAN = "plan"
BAKE = "bake"


def take(rollout_id: str, asked: str) -> dict[str, Any]:
    """Do a step if it is due, and say which is due then and how long to wait before it."""
    one = store.get(rollout_id)
    if one is None:
        msg = f"there is no roll-out {rollout_id}"
        raise LookupError(msg)
    if one.has_ended:
        return _next(rollout.DONE, one)
    try:
        one = _do(one, asked)
        if _is_over(one):
            one = _complete(one)
    except ChangedMeanwhileError:
        one = store.get(rollout_id) or one
    return _next(_due(one), one)


def _do(one: Rollout, asked: str) -> Rollout:
    if asked == Act.BACK:
        return _back(one)
    if one.status is Status.QUEUED:
        return _attempt(one, _plan) if asked == PLAN else one
    due = _due(one)
    acts = {Act.PREPARE: _prepare, Act.SHIFT: _shift, Act.CHECK: _check}
    if asked != due.act or due.act not in acts:
        return one
    return _attempt(one, lambda now: acts[due.act](now, due))


def _due(one: Rollout) -> Step:
    if one.has_ended:
        return rollout.DONE
    failed = one.stop or one.failure is not None
    return rollout.due(one.strategy, len(one.batches), one.position, failed=failed)


def _next(due: Step, one: Rollout) -> dict[str, Any]:
    if one.status is Status.QUEUED and due.act is not Act.BACK:
        return {"next": PLAN, "seconds": 0}
    if due.act is Act.CHECK:
        return {"next": BAKE, "seconds": one.bake_s}
    return {"next": due.act, "seconds": 0}


def _attempt(one: Rollout, act: Callable[[Rollout], Rollout]) -> Rollout:
    """Do a step; what is wrong with the new version is written down, and the way is back from then on."""
    try:
        return act(one)
    except RolloutFailedError as error:
        return _saved(replace(one, failure=error.message), _note(error.message, Level.ERROR))


# ------------------------------------------------------------------------------------------------------- the steps


def _plan(one: Rollout) -> Rollout:
    stack = functions.of_stack(os.environ["STACK_NAME"])
    batches = one.batches or _batches(one, stack)
    names = [name for batch in batches for name in batch]
    if not names:
        msg = f"the stack has no function of {one.service}"
        raise RolloutFailedError(msg)
    missing = sorted(set(names) - stack.keys())
    if missing:
        msg = f"the stack has no {', '.join(missing)} any more"
        raise RolloutFailedError(msg)
    manifest = making.manifest_of(one)
    if one.kind is Kind.UPDATE and manifest is not None and manifest.functions.keys() != set(names):
        msg = f"release {one.version} has other functions than the stack: that takes a deployment of its template"
        raise RolloutFailedError(msg)
    running = {name: functions.running(stack[name]) for name in names}
    refused = making.refused_variables(one.change.environment, running.values())
    if refused:
        msg = f"{', '.join(refused)} cannot be given by a deployment: the template decides about it"
        raise RolloutFailedError(msg)
    for name in names:
        brought = _made(one, name)
        if brought is not None:
            functions.version(stack[name], brought)  # it may have been removed since
    parts = {name: Part(stack[name], running[name].number, _made(one, name)) for name in names}
    planned = replace(
        one,
        status=Status.DEPLOYING,
        batches=tuple(batches),
        parts=parts,
        previous_version=making.name_of(running[names[-1]]),
        alarms_before=health.alarms(),
    )
    told = f"{one.kind.capitalize()} of {one.service} to {one.version} by {one.strategy}: {', '.join(names)}"
    notes = [_note(told)]
    if one.change.memory_mb is not None:
        notes.append(_note(f"Each function gets {one.change.memory_mb} MB; Lambda gives CPU by memory"))
    return _saved(planned, *notes)


def _batches(one: Rollout, stack: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """An update takes service by service, anything else function by function, where the strategy takes turns at all."""
    groups = [services.functions_of(service, stack) for service in services.covered(one.service)]
    if one.kind is not Kind.UPDATE:
        groups = [(name,) for group in groups for name in group]
    return rollout.batches(one.strategy, groups)


def _made(one: Rollout, name: str) -> str | None:
    """A roll-back brings versions that are there already."""
    return one.parts[name].new if name in one.parts else None


def _prepare(one: Rollout, step: Step) -> Rollout:
    """Make the batch's new versions and see that they start; no traffic reaches them yet."""
    manifest = making.manifest_of(one)
    parts, layers, unprobed = dict(one.parts), dict(one.layers), []
    for name in one.batches[step.batch]:
        part = parts[name]
        if part.new is None:
            base = functions.version(part.physical, part.old)
            layers |= making.layers_of(replace(one, layers=layers), base, manifest)
            wanted = making.next_version(name, base, one, manifest, layers)
            if wanted.sha256 != base.sha256:
                functions.keep_code(part.physical, part.old)
            made = functions.publish(part.physical, wanted, label=f"{one.kind} {one.version}")
            parts[name] = part = replace(part, new=made)
            one = replace(one, parts=dict(parts), layers=dict(layers))
        if not _probe(one, name, part):
            unprobed.append(name)
    told = ", ".join(f"{name} {parts[name].new}" for name in one.batches[step.batch])
    notes = [_note(f"New versions start: {told}")]
    notes += [_note(f"{name} is not probed: {probes.UNPROBED[name]}", Level.WARNING) for name in unprobed]
    return _saved(replace(one, parts=parts, layers=layers, position=one.position + 1), *notes)


def _shift(one: Rollout, step: Step) -> Rollout:
    for name in one.batches[step.batch]:
        part = one.parts[name]
        functions.shift(part.physical, old=part.old, new=_new(part), weight=step.weight)
    told = f"{step.weight} % of the traffic goes to the new version of {', '.join(one.batches[step.batch])}"
    return _saved(replace(one, position=one.position + 1), _note(told))


def _check(one: Rollout, step: Step) -> Rollout:
    off = sorted(set(health.alarms()) - set(one.alarms_before))
    if off:
        msg = f"alarms went off: {', '.join(off)}"
        raise RolloutFailedError(msg)
    for name in one.batches[step.batch]:
        part = one.parts[name]
        _probe(one, name, part)
        rate = health.error_rate(part.physical, _new(part), one.created_at, clock.now())
        if rate > health.MAX_ERROR_RATE:
            msg = f"{name} {part.new} fails for {rate:.0%} of its invocations"
            raise RolloutFailedError(msg)
    told = f"The new version is healthy with {step.weight} %: {', '.join(one.batches[step.batch])}"
    return _saved(replace(one, position=one.position + 1), _note(told))


def _probe(one: Rollout, name: str, part: Part) -> bool:
    """RolloutFailedError when the new version does not start or answer; False where it is not asked."""
    event = probes.event_for(name)
    if event is None:
        return False
    wrong = probes.fault(name, functions.invoke(part.physical, _new(part), event))
    if wrong is not None:
        msg = f"{name} {part.new} of {one.service} {one.version} is broken: {wrong}"
        raise RolloutFailedError(msg)
    return True


def _new(part: Part) -> str:
    if part.new is None:
        msg = f"{part.physical} has no new version yet"
        raise RuntimeError(msg)
    return part.new


# -------------------------------------------------------------------------------------------------------- the ends


def _is_over(one: Rollout) -> bool:
    return one.status is Status.DEPLOYING and _due(one).act is Act.DONE


def _complete(one: Rollout) -> Rollout:
    for part in one.parts.values() if one.kind is Kind.ROLLBACK else ():
        functions.restore(part.physical, _new(part))
    now = clock.now()
    ended = _noted(replace(one, status=Status.COMPLETED, completed_at=now), _note("Completed"))
    return _ended(ended, Status.ROLLED_BACK, now)


def _back(one: Rollout) -> Rollout:
    """Send all traffic to the versions that had it, whatever happened in between, and bring the workbench back too."""
    if one.failure is None and not one.stop:
        one = replace(one, failure="a step failed; the logs of InfrastructureStepFunction say how")
    if one.status is not Status.ROLLING_BACK:
        told = "Going back" if one.failure is None else f"Going back: {one.failure}"
        one = _saved(replace(one, status=Status.ROLLING_BACK), _note(told, Level.WARNING))
    returned = []
    for name, part in one.parts.items():
        if part.old and part.new and functions.give_back(part.physical, old=part.old, new=part.new):
            returned.append(f"{name} {part.old}")
        if part.old and one.kind is not Kind.ROLLBACK:
            functions.restore(part.physical, part.old)
    now = clock.now()
    status = Status.ROLLED_BACK if any(part.old for part in one.parts.values()) else Status.FAILED
    told = f"All traffic goes to {', '.join(returned)} again" if returned else "No traffic had reached a new version"
    ended = _noted(replace(one, status=status, completed_at=now), _note(told, Level.WARNING))
    return _ended(ended, Status.COMPLETED, now)


def _ended(one: Rollout, of_deployment: Status, at: datetime) -> Rollout:
    """Write the end; `of_deployment` is what the deployment is then that a roll-back was of."""
    deployment = store.get(one.undoes) if one.undoes else None
    if deployment is not None:
        told = f"Roll-back to {one.version}: {one.status}"
        deployment = _noted(replace(deployment, status=of_deployment, completed_at=at), _note(told))
        deployment = replace(deployment, updated_at=at, revision=deployment.revision + 1)
    one = replace(one, updated_at=at, revision=one.revision + 1)
    remember = services.covered(one.service) if one.status is Status.COMPLETED and one.kind is not Kind.RESTART else ()
    one = store.end(one, facts.ended(one, at), deployment, remember=remember)
    logger().info("roll-out ended", rollout=one.id, service=one.service, status=one.status, reason=one.failure)
    return one


def _saved(one: Rollout, *notes: Note) -> Rollout:
    one = _noted(replace(one, updated_at=clock.now(), revision=one.revision + 1), *notes)
    return store.save(one)


def _noted(one: Rollout, *notes: Note) -> Rollout:
    return replace(one, notes=(*one.notes, *notes)[-MAX_NOTES:])


def _note(message: str, level: Level = Level.INFO) -> Note:
    return Note(clock.now(), message, level)

"""Roll-outs of the stack's own functions: versions behind an alias, whose weights move the traffic at once."""

import os
from collections.abc import Iterable
from dataclasses import replace

from infrastructure import functions, health, making, probes, rollout, services
from infrastructure.errors import RolloutFailedError
from infrastructure.model import Action, Level, Part, Rollout, note
from infrastructure.target import Progress
from pentarch.platform import clock


def planned(one: Rollout) -> Progress:
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
    if one.action is Action.UPDATE and manifest is not None and manifest.functions.keys() != set(names):
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
    notes = []
    if one.change.memory_mb is not None:
        notes.append(note(f"Each function gets {one.change.memory_mb} MB; Lambda gives CPU by memory"))
    found = replace(one, batches=tuple(batches), parts=parts, previous_version=making.name_of(running[names[-1]]))
    return Progress(found, tuple(notes))


def _batches(one: Rollout, stack: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """An update takes service by service, anything else function by function, where the strategy takes turns at all."""
    groups = [services.functions_of(service, stack) for service in services.covered(one.service)]
    if one.action is not Action.UPDATE:
        groups = [(name,) for group in groups for name in group]
    return rollout.batches(one.strategy, groups)


def _made(one: Rollout, name: str) -> str | None:
    """A roll-back brings versions that are there already."""
    return one.parts[name].new if name in one.parts else None


def prepared(one: Rollout, names: tuple[str, ...]) -> Progress:
    """Make the batch's new versions and see that they start."""
    manifest = making.manifest_of(one)
    parts, layers, unprobed = dict(one.parts), dict(one.layers), []
    for name in names:
        part = parts[name]
        if part.new is None:
            base = functions.version(part.physical, part.old)
            layers |= making.layers_of(replace(one, layers=layers), base, manifest)
            wanted = making.next_version(name, base, one, manifest, layers)
            if wanted.sha256 != base.sha256:
                functions.keep_code(part.physical, part.old)
            made = functions.publish(part.physical, wanted, label=f"{one.action} {one.version}")
            parts[name] = part = replace(part, new=made)
        if not _probe(one, name, part):
            unprobed.append(name)
    told = ", ".join(f"{name} {parts[name].new}" for name in names)
    notes = [note(f"New versions start: {told}")]
    notes += [note(f"{name} is not probed: {probes.UNPROBED[name]}", Level.WARNING) for name in unprobed]
    return Progress(replace(one, parts=parts, layers=layers), tuple(notes))


def shifted(one: Rollout, names: tuple[str, ...], weight: int) -> Progress:
    for name in names:
        part = one.parts[name]
        functions.shift(part.physical, old=part.old, new=part.made, weight=weight)
    return Progress(one, (note(f"{weight} % of the traffic goes to the new version of {', '.join(names)}"),))


def check(one: Rollout, names: tuple[str, ...]) -> None:
    for name in names:
        part = one.parts[name]
        _probe(one, name, part)
        rate = health.error_rate(part.physical, part.made, one.created_at, clock.now())
        if rate > health.MAX_ERROR_RATE:
            msg = f"{name} {part.new} fails for {rate:.0%} of its invocations"
            raise RolloutFailedError(msg)


def finished(one: Rollout) -> Progress:
    """What invokes a function without its alias gets what it is brought back to, too."""
    for part in one.parts.values() if one.action is Action.ROLLBACK else ():
        functions.restore(part.physical, part.made)
    return Progress(one)


def returned(one: Rollout) -> Progress:
    """Whatever happened in between; the workbench is brought back too."""
    gone_back = []
    for name, part in one.parts.items():
        if part.old and part.new and functions.give_back(part.physical, old=part.old, new=part.new):
            gone_back.append(f"{name} {part.old}")
        if part.old and one.action is not Action.ROLLBACK:
            functions.restore(part.physical, part.old)
    told = f"All traffic goes to {', '.join(gone_back)} again" if gone_back else "No traffic had reached a new version"
    return Progress(one, (note(told, Level.WARNING),))


def alarms(_: Rollout) -> tuple[str, ...]:
    return health.alarms()


def _probe(one: Rollout, name: str, part: Part) -> bool:
    """RolloutFailedError when the new version does not start or answer; False where it is not asked."""
    event = probes.event_for(name)
    if event is None:
        return False
    wrong = probes.fault(name, functions.invoke(part.physical, part.made, event))
    if wrong is not None:
        msg = f"{name} {part.new} of {one.service} {one.version} is broken: {wrong}"
        raise RolloutFailedError(msg)
    return True

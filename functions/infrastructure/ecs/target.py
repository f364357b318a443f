"""Roll-outs of an ECS service: new task definitions, brought by ECS's own deployments.

A rolling update is a deployment of ECS, from its beginning to its end. Blue-green and canary are deployments that pause
before each shift of traffic and after the last one, so that here is decided whether they go on; and since a pause ends
by itself, on the way back, the service is not left between two versions if nobody decides any more.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from infrastructure import health as alarm_states
from infrastructure.ecs import configurations, definitions, health, requirements, services
from infrastructure.ecs.model import Service, TrafficShift
from infrastructure.errors import RolloutFailedError
from infrastructure.inventory.reading import TAG
from infrastructure.model import Action, Level, Note, Part, Rollout, Strategy, note
from infrastructure.target import Progress
from pentarch.platform import clock

ROLLOUT_TAG = "pentarch:rollout"
"""On the task definitions that a roll-out registered, so that it finds its own after a death."""
LEAST_STARTS_FAILED, SHARE_FAILED = 3, 0.5
"""Tasks that do not start, or not for long, after which the others are not waited for: as ECS's own circuit breaker."""
_RECENT = 5
"""The newest task definitions of a family, among which one that was registered a moment ago is."""
_CONFIGURATION, _ASKED = "configuration", "asked"


def planned(one: Rollout) -> Progress:
    service = services.described(one.place)
    requirements.check(service, one.strategy)
    running = services.definition(service.definition)
    part = Part(service.arn, service.definition, kept={_CONFIGURATION: dict(service.configuration)})
    if one.action is Action.ROLLBACK:
        brought = next(iter(one.parts.values())).new or ""
        if services.definition(brought)["status"] != "ACTIVE":
            msg = f"the task definition {_short(brought)} is gone"
            raise RolloutFailedError(msg)
        part = replace(part, new=brought)
    else:
        made = definitions.following(running, _container(one, running, service), one.version, one.change)
        definitions.check_size(made, on_fargate=service.on_fargate)
    image = definitions.container(running, _container(one, running, service))["image"]
    found = replace(
        one,
        batches=((service.name,),),
        parts={service.name: part},
        previous_version=definitions.version_of(image),
    )
    notes = [] if service.desired else [note(f"{service.name} has no tasks: nothing will show itself", Level.WARNING)]
    return Progress(found, tuple(notes))


def prepared(one: Rollout, _: tuple[str, ...]) -> Progress:
    """Register the task definition; where traffic is shifted, start its tasks too, beside the others."""
    service, part = services.described(one.place), _part(one)
    notes: tuple[Note, ...] = ()
    if part.new is None:
        made = _registered(one, service, part)
        one, part = _with(one, replace(part, new=made))
        notes = (note(f"Task definition {_short(made)} has the new version"),)
    if one.strategy is Strategy.ROLLING_UPDATE or part.new == part.old:
        return Progress(one, notes)
    progress = _shifted_to(one, service, 0)
    return Progress(progress.rollout, (*notes, *progress.notes), progress.is_there)


def shifted(one: Rollout, _: tuple[str, ...], weight: int) -> Progress:
    service, part = services.described(one.place), _part(one)
    is_rolled = one.strategy is Strategy.ROLLING_UPDATE or part.new == part.old
    progress = _rolled(one, service) if is_rolled else _shifted_to(one, service, weight)
    if not progress.is_there:
        return progress
    told = f"{weight} % of the traffic goes to the new version of {service.name}"
    if one.strategy is Strategy.ROLLING_UPDATE:
        told = f"All tasks of {service.name} run the new version"
    return Progress(progress.rollout, (note(told),))


def check(one: Rollout, _: tuple[str, ...]) -> None:
    service, part = services.described(one.place), _part(one)
    new, since = part.made, one.still_since
    if service.definition != new:
        taken_back = f"ECS took {service.name} back to {_short(part.old)} by itself"
        raise RolloutFailedError(taken_back if service.definition == part.old else _overtaken(service))
    failed = services.failures(service, new, since)
    if len(failed) > alarm_states.MAX_ERROR_RATE * service.desired:
        msg = f"{len(failed)} of {service.desired} tasks of the new version stopped: {failed[0]}"
        raise RolloutFailedError(msg)
    groups = tuple(str(balancer["targetGroupArn"]) for balancer in service.balancers if "targetGroupArn" in balancer)
    if one.strategy is not Strategy.ROLLING_UPDATE:
        shift = services.traffic_shift(service, new, one.created_at)
        if shift is not None:
            _check_shift(shift, service, new, since)
            groups = shift.target_groups or groups
    rate = health.error_rate(groups, since, clock.now())
    if rate > alarm_states.MAX_ERROR_RATE:
        msg = f"{service.name} answers {rate:.0%} of its requests with a status of 500 and more"
        raise RolloutFailedError(msg)


def finished(one: Rollout) -> Progress:
    """Let the last tasks of the old version go, and give the service its own way of deploying back."""
    service, part = services.described(one.place), _part(one)
    new, since = part.made, one.still_since
    if one.strategy is not Strategy.ROLLING_UPDATE and new != part.old:
        shift = services.traffic_shift(service, new, one.created_at)
        if shift is not None and shift.status != "SUCCESSFUL":
            _check_shift(shift, service, new, since)
            if shift.hook is not None:
                services.go_on(shift)
            return Progress(one, is_there=False)
    _give_configuration_back(service, part)
    return Progress(one)


def returned(one: Rollout) -> Progress:
    service, part = services.described(one.place), _part(one)
    new = part.new or _found(one, service, part)
    begun = _ASKED in part.kept or service.definition == new
    if service.definition not in (part.old, new):
        if configurations.pauses(service.configuration):  # else the next deployment would wait for leave, and go back
            _give_configuration_back(service, part)
        raise RolloutFailedError(_overtaken(service))
    one, part = _with(one, _marked(part)) if begun else (one, part)
    if begun and new is not None and one.strategy is not Strategy.ROLLING_UPDATE:
        shift = services.traffic_shift(service, new, one.created_at)
        if shift is not None and (shift.is_under_way or shift.is_returning):
            if shift.is_under_way:
                services.go_back(shift)
            return Progress(one, is_there=False)
    if service.definition != part.old:
        services.update(service, part.old, configurations.returning(_own(part)))
        return Progress(one, is_there=False)
    if begun and (service.is_busy or not _runs(service, part.old)):
        return Progress(one, is_there=False)
    _give_configuration_back(service, part)
    told = f"{service.name} runs {_short(part.old)} again" if begun else "No traffic had reached a new version"
    return Progress(one, (note(told, Level.WARNING),))


def alarms(one: Rollout) -> tuple[str, ...]:
    """The stack's, and those that the service's own deployments heed."""
    heeded = _own(_part(one)).get("alarms", {}) if one.parts else {}
    return alarm_states.alarms(heeded.get("alarmNames", ()))


# ------------------------------------------------------------------------------------------------- how it is deployed


def _rolled(one: Rollout, service: Service) -> Progress:
    """Have ECS replace the tasks, and see how far it is."""
    part = _part(one)
    new = part.made
    if service.definition not in (part.old, new):
        raise RolloutFailedError(_overtaken(service))
    deployment = service.deployment_of(new)
    failed = services.failures(service, new, one.still_since) if _ASKED in part.kept else []
    if service.definition != new:
        if _ASKED in part.kept:
            raise RolloutFailedError(_broken(service, deployment.reason if deployment else "", failed))
        services.update(service, new, configurations.rolling(_own(part)))
        return Progress(_with(one, _marked(part))[0], is_there=False)
    if deployment is None or deployment.state == "FAILED" or _are_too_many(failed, service):
        raise RolloutFailedError(_broken(service, deployment.reason if deployment else "", failed))
    is_there = not service.is_busy and _runs(service, new)
    return Progress(_with(one, _marked(part))[0], is_there=is_there)


def _shifted_to(one: Rollout, service: Service, weight: int) -> Progress:
    """Have ECS shift traffic up to the pause in which the new tasks get so much of it."""
    part = _part(one)
    new = part.made
    if service.definition not in (part.old, new):
        raise RolloutFailedError(_overtaken(service))
    shift = services.traffic_shift(service, new, one.created_at)
    if shift is None:
        if service.definition != new:
            services.update(service, new, configurations.shifting(_own(part), one.strategy, one.bake_s))
        return Progress(_with(one, _marked(part))[0], is_there=False)
    one, _ = _with(one, _marked(part))
    _check_shift(shift, service, new, one.still_since)
    if shift.status == "SUCCESSFUL":
        return Progress(one)
    if shift.hook is None:
        return Progress(one, is_there=False)
    if shift.weight >= weight:
        return Progress(one)
    services.go_on(shift)
    return Progress(one, is_there=False)


def _check_shift(shift: TrafficShift, service: Service, new: str, since: datetime) -> None:
    failed = services.failures(service, new, since)
    if not shift.is_under_way and shift.status != "SUCCESSFUL":
        raise RolloutFailedError(_broken(service, shift.reason, failed))
    if _are_too_many(failed, service):
        raise RolloutFailedError(_broken(service, "", failed))


def _give_configuration_back(service: Service, part: Part) -> None:
    if dict(service.configuration) != _own(part):
        services.update(service, service.definition, _own(part))


def _found(one: Rollout, service: Service, part: Part) -> str | None:
    """What the service runs if this roll-out brought it, and died before it could say so."""
    if service.definition == part.old or not _is_ours(one, service.definition):
        return None
    return service.definition


def _is_ours(one: Rollout, definition: str) -> bool:
    return {"key": ROLLOUT_TAG, "value": one.id} in services.tags_of(definition)


def _registered(one: Rollout, service: Service, part: Part) -> str:
    running = services.definition(part.old)
    wanted = definitions.following(running, _container(one, running, service), one.version, one.change)
    definitions.check_size(wanted, on_fargate=service.on_fargate)
    for arn in services.newest_of(wanted["family"], _RECENT):
        if _is_ours(one, arn):
            return arn
    tags = [tag for tag in services.tags_of(part.old) if not tag["key"].startswith(("aws:", "pentarch:"))]
    ours = [{"key": TAG, "value": os.environ["STACK_NAME"]}, {"key": ROLLOUT_TAG, "value": one.id}]
    return services.register(wanted, [*tags, *ours])


# ------------------------------------------------------------------------------------------------------- what is told


def _runs(service: Service, definition: str) -> bool:
    found = service.deployment_of(definition)
    return found is not None and found.running >= found.desired


def _are_too_many(failed: list[str], service: Service) -> bool:
    return len(failed) >= max(LEAST_STARTS_FAILED, SHARE_FAILED * service.desired)


def _broken(service: Service, reason: str, failed: list[str]) -> str:
    told = [one.rstrip(".") for one in (*failed[:1], reason) if one] or ["ECS does not say why"]
    return f"The new version of {service.name} does not start: {'; '.join(told)}"


def _overtaken(service: Service) -> str:
    return f"somebody deployed {_short(service.definition)} to {service.name} meanwhile, which is left alone"


def _container(one: Rollout, definition: Mapping[str, Any], service: Service) -> str:
    return definitions.container_of(definition, service, one.change.container)


def _part(one: Rollout) -> Part:
    return next(iter(one.parts.values()))


def _with(one: Rollout, part: Part) -> tuple[Rollout, Part]:
    return replace(one, parts=dict.fromkeys(one.parts, part)), part


def _marked(part: Part) -> Part:
    return replace(part, kept=part.kept | {_ASKED: True})


def _own(part: Part) -> dict[str, Any]:
    """The service's own way of deploying."""
    found: dict[str, Any] = part.kept[_CONFIGURATION]
    return found


def _short(arn: str) -> str:
    """As people write it: the family and the revision."""
    return arn.rpartition("/")[2]

"""The steps of a roll-out, as the state machine asks for them, each of which may come twice.

The record says which step is due, so a task that comes late or again finds that its step is done and does nothing.
What a step does to AWS it may do again without harm; it is written down afterwards, on the condition that nobody
else wrote meanwhile. What the target of a roll-out is, a `Target` knows.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from infrastructure import facts, rollout, stack, store
from infrastructure.ecs import target as ecs
from infrastructure.errors import ChangedMeanwhileError, RolloutFailedError
from infrastructure.model import Action, Level, Note, Rollout, Status, note
from infrastructure.rollout import Act, Step
from infrastructure.target import Progress, Target
from pentarch.platform import clock
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.observability import logger
from pentarch.rollouts.model import moved

"""A record stays far below the 400 KB that DynamoDB takes."""
PLAN = "plan"
LOOK_AGAIN_S = 15
"""After this long it is seen whether what takes its time is there."""
PATIENCE = timedelta(hours=1)
"""For how long it may take."""


def take(rollout_id: str, asked: str) -> dict[str, Any]:
    """Do a step if it is due, and say which is due then and how long to wait before it."""
    one = store.get(rollout_id)
    if one is None:
        msg = f"there is no roll-out {rollout_id}"
        raise LookupError(msg)
    if one.has_ended:
        return _next(rollout.DONE, one)
    looked_at = (_due(one), one.status)
    try:
        one = _do(one, asked)
        if _is_over(one):
            one = _attempt(one, _complete)
    except ChangedMeanwhileError:
        one = store.get(rollout_id) or one
    takes_its_time = asked == looked_at[0].act and looked_at == (_due(one), one.status)
    return _next(_due(one), one, is_awaited=takes_its_time)


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
    return rollout.due(rollout.weights_of(one), len(one.batches), one.position, failed=failed)


def _next(due: Step, one: Rollout, *, is_awaited: bool = False) -> dict[str, Any]:
    if one.status is Status.QUEUED and due.act is not Act.BACK:
        return {"next": PLAN, "seconds": 0}
    if due.act is Act.DONE and not one.has_ended:
        return {"next": Act.CHECK, "seconds": LOOK_AGAIN_S}  # any task sees to the end, once there is one
    if is_awaited:
        return {"next": due.act, "seconds": LOOK_AGAIN_S}
    return {"next": due.act, "seconds": one.bake_s if due.act is Act.CHECK else 0}


def _attempt(one: Rollout, act: Callable[[Rollout], Rollout]) -> Rollout:
    """Do a step; what is wrong with the new version is written down, and the way back is from then on."""
    try:
        return act(one)
    except (RolloutFailedError, InvalidInputError) as error:
        return _saved(one, note(error.message, Level.ERROR), failure=error.message)


def _target(one: Rollout) -> Target:
    return ecs if one.place else stack


# ------------------------------------------------------------------------------------------------------- the steps


def _plan(one: Rollout) -> Rollout:
    at, target = clock.now(), _target(one)
    found = target.planned(one)
    alarms, names = target.alarms(found.rollout), ", ".join(found.rollout.functions)
    told = f"{one.action.capitalize()} of {one.service} to {one.version} by {one.strategy}: {names}"
    return _saved(
        found.rollout,
        Note(at, told),
        *found.notes,  # these came after that
        status=Status.DEPLOYING,
        alarms_before=alarms,
        moved_at=clock.now(),
    )


def _prepare(one: Rollout, step: Step) -> Rollout:
    return _came_to(_target(one).prepared(one, one.batches[step.batch]))


def _shift(one: Rollout, step: Step) -> Rollout:
    return _came_to(_target(one).shifted(one, one.batches[step.batch], step.weight))


def _check(one: Rollout, step: Step) -> Rollout:
    target = _target(one)
    off = sorted(set(target.alarms(one)) - set(one.alarms_before))
    if off:
        msg = f"alarms went off: {', '.join(off)}"
        raise RolloutFailedError(msg)
    target.check(one, one.batches[step.batch])
    told = f"The new version is healthy with {step.weight} %: {', '.join(one.batches[step.batch])}"
    return _came_to(Progress(one, (note(told),)))


def _came_to(progress: Progress) -> Rollout:
    """Write down what a step did: the next one is due when it is there, the same one when it takes its time."""
    one = progress.rollout
    if progress.is_there:
        one = replace(one, position=one.position + 1, moved_at=clock.now())
    else:
        _check_patience(one)
    return _saved(one, *progress.notes)


def _check_patience(one: Rollout) -> None:
    if clock.now() - one.still_since > PATIENCE:
        msg = f"{one.service} did not settle within {PATIENCE}"
        raise RolloutFailedError(msg)


# -------------------------------------------------------------------------------------------------------- the ends


def _is_over(one: Rollout) -> bool:
    return one.status is Status.DEPLOYING and _due(one).act is Act.DONE


def _complete(one: Rollout) -> Rollout:
    progress = _target(one).finished(one)
    if not progress.is_there:
        _check_patience(progress.rollout)
        return _saved(progress.rollout, *progress.notes)
    ended = moved(progress.rollout, clock.now(), *progress.notes, note("Completed"), status=Status.COMPLETED)
    return _ended(ended, Status.ROLLED_BACK)


def _back(one: Rollout) -> Rollout:
    """Send all traffic to the versions that had it, whatever happened in between."""
    if one.failure is None and not one.stop:
        one = replace(one, failure="a step failed; the logs of InfrastructureStepFunction say how")
    now = clock.now()
    if one.status is not Status.ROLLING_BACK:
        told = "Going back" if one.failure is None else f"Going back: {one.failure}"
        one = _saved(one, note(told, Level.WARNING), status=Status.ROLLING_BACK, moved_at=now)
    if not any(part.old for part in one.parts.values()):
        return _given_up(one, "Nothing had been changed")
    try:
        progress = _target(one).returned(one)
        if not progress.is_there:
            _check_patience(progress.rollout)
            return _saved(progress.rollout, *progress.notes)
    except RolloutFailedError as error:
        return _given_up(one, f"There is no way back: {error.message}")
    return _ended(moved(progress.rollout, now, *progress.notes, status=Status.ROLLED_BACK), Status.COMPLETED)


def _given_up(one: Rollout, told: str) -> Rollout:
    return _ended(moved(one, clock.now(), note(told, Level.ERROR), status=Status.FAILED), Status.COMPLETED)


def _ended(one: Rollout, of_deployment: Status) -> Rollout:
    """Write the end; `of_deployment` is what the deployment is then that a roll-back was of."""
    deployment = store.get(one.undoes) if one.undoes else None
    if deployment is not None:
        told = f"Roll-back to {one.version}: {one.status}"
        deployment = moved(deployment, one.updated_at, note(told), status=of_deployment)
    remember = one.covers if one.status is Status.COMPLETED and one.action is not Action.RESTART else ()
    one = store.end(one, facts.ended(one, one.updated_at), deployment, remember=remember)
    logger().info("roll-out ended", rollout=one.id, service=one.service, status=one.status, reason=one.failure)
    return one


def _saved(one: Rollout, *notes: Note, **changes: Any) -> Rollout:  # noqa: ANN401 (whichever fields change)
    return store.save(moved(one, clock.now(), *notes, **changes))

"""The events of roll-outs: evidence of change management. Values of variables are secrets, so only names are told."""

from datetime import datetime

from infrastructure.model import Action, Rollout, Status
from pentarch.events.model import Event, happened

STARTED = "infrastructure.deployment_started"
ROLLBACK_STARTED = "infrastructure.deployment_rollback_started"
_ENDS = {
    Status.COMPLETED: "infrastructure.deployment_completed",
    Status.ROLLED_BACK: "infrastructure.deployment_rolled_back",
    Status.FAILED: "infrastructure.deployment_failed",
}
_ACTIONS = {
    Action.DEPLOY: "infrastructure_deploy",
    Action.UPDATE: "infrastructure_update",
    Action.RESTART: "infrastructure_restart",
    Action.ROLLBACK: "infrastructure_rollback",
}
TAGS = ("change_management", "availability")


def started(rollout: Rollout) -> Event:
    return _event(STARTED, rollout, rollout.created_at)


def taken_back(rollout: Rollout, actor: str, at: datetime) -> Event:
    """Somebody asked for a roll-out that is under way to go back."""
    return _event(ROLLBACK_STARTED, rollout, at, actor=actor)


def ended(rollout: Rollout, at: datetime) -> Event:
    return _event(_ENDS[rollout.status], rollout, at)


def _event(event_type: str, rollout: Rollout, at: datetime, actor: str | None = None) -> Event:
    data = {
        "deployment_id": rollout.undoes or rollout.id,
        "rollback_id": rollout.id if rollout.undoes else None,
        "kind": rollout.action,
        "service": rollout.service,
        "version": rollout.version,
        "previous_version": rollout.previous_version,
        "strategy": rollout.strategy,
        "status": rollout.status,
        "release": rollout.change.release,
        "environment_variables": sorted(rollout.change.environment) or None,
        "removed_variables": sorted(rollout.change.removed) or None,
        "memory_mb": rollout.change.memory_mb,
        "cpu_units": rollout.change.cpu_units,
        "container": rollout.change.container,
        "reason": rollout.failure,
        "ecs_service": rollout.place or None,
        "task_definitions" if rollout.place else "functions": (
            {name: [part.old, part.new] for name, part in rollout.parts.items()} or None
        ),
    }
    return happened(
        at,
        rollout.tenant,
        event_type,
        action=_ACTIONS[rollout.action],
        actor=actor or rollout.actor,
        resource=f"service:{rollout.service}",
        tags=TAGS,
        correlation_id=rollout.correlation_id,
        data={name: fact for name, fact in data.items() if fact is not None},
    )

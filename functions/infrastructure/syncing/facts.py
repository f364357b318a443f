"""The events of synchronisations: evidence of change management. Values may be secrets, so only paths are told."""

from datetime import datetime

from infrastructure.syncing.model import Progress, Sync
from pentarch.events.model import Event, happened

STARTED = "infrastructure.sync_started"
COMPLETED = "infrastructure.sync_completed"
FAILED = "infrastructure.sync_failed"
_ENDS = {Progress.COMPLETED: COMPLETED, Progress.FAILED: FAILED}


def started(sync: Sync) -> Event:
    return _event(STARTED, sync, sync.created_at)


def ended(sync: Sync, at: datetime) -> Event:
    return _event(_ENDS[sync.progress], sync, at)


def _event(event_type: str, sync: Sync, at: datetime) -> Event:
    return happened(
        at,
        sync.tenant,
        event_type,
        action="infrastructure_sync",
        actor=sync.actor,
        resource="service:pentarch",
        tags=("change_management", "availability"),
        correlation_id=sync.correlation_id,
        data={
            "sync_id": sync.id,
            "source": sync.source.place,
            "revision": sync.source.revision,
            "sha256": sync.source.sha256,
            "changes": [one.path for step in sync.steps for one in step.planned.differences],
            "operations": {step.id: step.progress for step in sync.steps},
            **({"reason": sync.reason} if sync.reason else {}),
        },
    )

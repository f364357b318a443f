"""The events of configurations: evidence of change management, each with the difference that it made."""

from collections.abc import Sequence
from typing import Any

from configurations import diff
from configurations.changes import (
    APPROVED,
    CREATED,
    DELETED,
    IMPORTED,
    PROPOSED,
    REJECTED,
    ROLLED_BACK,
    ROLLOUT_CHANGED,
    ROLLOUT_COMPLETED,
    ROLLOUT_ROLLED_BACK,
    ROLLOUT_STARTED,
    UPDATED,
    Author,
    Change,
)
from pentarch.configuration.model import Origin
from pentarch.events.model import Event, happened

TAGS = ("change_management",)
_ACTIONS = {
    CREATED: "configuration_create",
    UPDATED: "configuration_update",
    DELETED: "configuration_delete",
    ROLLED_BACK: "configuration_rollback",
    IMPORTED: "configuration_import",
    PROPOSED: "configuration_propose",
    APPROVED: "configuration_approve",
    REJECTED: "configuration_reject",
    ROLLOUT_STARTED: "configuration_rollout_start",
    ROLLOUT_CHANGED: "configuration_rollout_change",
    ROLLOUT_COMPLETED: "configuration_rollout_complete",
    ROLLOUT_ROLLED_BACK: "configuration_rollout_roll_back",
}
"""As auditors name them."""


def event_of(change: Change, author: Author, correlation_id: str, **more: Any) -> Event:  # noqa: ANN401 (JSON values)
    one, data = change.subject, told_of(change) | more
    return _event(change.type, one.tenant, author, resource=one.id, correlation_id=correlation_id, data=data)


def event_of_import(tenant: str, changes: Sequence[Change], author: Author, correlation_id: str) -> Event:
    """One event for one import: it happened as a whole."""
    data = {"configurations": [told_of(change) for change in changes]}
    return _event(IMPORTED, tenant, author, resource="configurations", correlation_id=correlation_id, data=data)


def told_of(change: Change) -> dict[str, Any]:
    one, before, after = change.subject, change.before, change.after
    old = before.content if before is not None and before.active else None
    new = after.content if after is not None and after.active else None
    origin = None
    if change.version is not None:
        origin = change.version.origin
        new = None if origin is Origin.DELETE else change.version.content
    elif change.type == APPROVED and after is not None and after.rollout is not None:
        new = after.rollout.content
    facts = {
        "config_id": one.id,
        "config_type": one.type,
        "tenant_id": one.label,
        "name": one.name,
        "version": change.number,
        "previous_version": (before.active or None) if before is not None else None,
        "origin": origin,
        "source_version": change.version.source if change.version is not None else None,
        "percentage": after.rollout.percentage if after is not None and after.rollout is not None else None,
    }
    return {name: fact for name, fact in facts.items() if fact is not None} | {"changes": diff.patch(old, new)}


def _event(event_type: str, tenant: str, author: Author, **fields: Any) -> Event:  # noqa: ANN401 (Event's fields)
    action = _ACTIONS[event_type]
    return happened(author.at, tenant, event_type, action=action, actor=author.subject, tags=TAGS, **fields)

"""The events of configurations: evidence of change management.

They tell between which versions something changed, and the hash of what came of it, but not the words: an event is
sealed for good, and a value may name a person. The difference is made from the versions when somebody asks for it.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

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
from pentarch.configuration.model import Content, Origin
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
    old, new = _sides(change)
    facts = {
        "config_id": one.id,
        "config_type": one.type,
        "tenant_id": one.label,
        "name": one.name,
        "version": change.number,
        "previous_version": (before.active or None) if before is not None else None,
        "origin": change.version.origin if change.version is not None else None,
        "source_version": change.version.source if change.version is not None else None,
        "percentage": after.rollout.percentage if after is not None and after.rollout is not None else None,
    }
    told = {name: fact for name, fact in facts.items() if fact is not None}
    digest = {} if new is None else {"content_sha256": diff.digest(new.content)}
    compared = {"from": old and old.number, "to": new and new.number}
    return told | digest | {"compared": compared}


def shown_of(change: Change) -> dict[str, Any]:
    """The same with the words, for whoever makes the change."""
    old, new = _sides(change)
    return told_of(change) | {"changes": diff.patch(old and old.content, new and new.content)}


class _Side(NamedTuple):
    number: int
    content: Content


def _sides(change: Change) -> tuple[_Side | None, _Side | None]:
    """What was in force before, and what is after the change or would be once it is approved."""
    before, after = change.before, change.after
    old = _Side(before.active, before.content) if before is not None and before.active else None
    if change.version is not None:
        is_end = change.version.origin is Origin.DELETE
        return old, None if is_end else _Side(change.version.number, change.version.content)
    if change.type == APPROVED and after is not None and after.rollout is not None:
        return old, _Side(after.rollout.version, after.rollout.content)
    return old, _Side(after.active, after.content) if after is not None and after.active else None


def _event(event_type: str, tenant: str, author: Author, **fields: Any) -> Event:  # noqa: ANN401 (Event's fields)
    action = _ACTIONS[event_type]
    return happened(author.at, tenant, event_type, action=action, actor=author.subject, tags=TAGS, **fields)

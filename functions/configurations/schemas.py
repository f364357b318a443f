"""Bodies of the configurations API."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from configurations.changes import Change
from configurations.listing import Page
from pentarch.configuration.model import ConfigType, Configuration, Content, Pending, Rollout, Version
from pentarch.events.model import Event
from pentarch.platform.clock import iso

MAX_IMPORTED = 1_000

Label = Annotated[str, StringConstraints(pattern=r"^[^#\x00-\x1f\x7f]+$", max_length=128)]
"""The reference's `tenant_id`: a name inside the caller's tenant, and never another tenant."""
Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=128)]
Description = Annotated[str, StringConstraints(max_length=1024)]
Alarm = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=255)]
Percentage = Annotated[int, Field(ge=0, le=100)]
VersionNumber = Annotated[int, Field(ge=1, le=99_999_999)]


class NewConfiguration(BaseModel):
    tenant_id: Label | None = None
    config_type: ConfigType
    name: Name
    value: dict[str, Any]
    description: Description | None = None


class RolloutWish(BaseModel):
    model_config = ConfigDict(extra="forbid")

    percentage: Annotated[int, Field(ge=1, le=100)]
    alarm: Alarm | None = None


class Update(BaseModel):
    """What names the configuration may be said again, and cannot be changed."""

    value: dict[str, Any]
    description: Description | None = None
    tenant_id: str | None = None
    config_type: str | None = None
    name: str | None = None
    expected_version: VersionNumber | None = None
    rollout: RolloutWish | None = None


class RolloutMove(BaseModel):
    percentage: Percentage
    version: VersionNumber | None = None
    """The version that is meant: refused when it is not the one that is being rolled out."""
    expected_version: VersionNumber | None = None


class Imported(NewConfiguration):
    config_id: str | None = None


class Snapshot(BaseModel):
    configurations: Annotated[list[Imported], Field(max_length=MAX_IMPORTED)]
    hash: str | None = None
    dry_run: bool = False


def shown(one: Configuration) -> dict[str, Any]:
    """Before the first approval, what waits for it is all there is to show."""
    pending, rollout = one.pending, one.rollout
    content = pending.content if pending is not None and not one.active else one.content
    body: dict[str, Any] = {
        "config_id": one.id,
        "tenant_id": one.label,
        "config_type": one.type,
        "name": one.name,
        "description": content.description,
        "value": content.value,
        "version": one.present,
        "state": one.state,
        "created_at": iso(one.created_at),
        "created_by": one.created_by,
        "updated_at": iso(one.updated_at),
        "updated_by": one.updated_by,
    }
    if rollout is not None:
        body["rollout"] = _step(rollout)
    if pending is not None:
        body["pending"] = _step(pending) | {"change": pending.origin}
    return body


def _step(step: Rollout | Pending) -> dict[str, Any]:
    return {
        "version": step.version,
        "value": step.content.value,
        "percentage": step.percentage,
        "alarm": step.alarm,
        "created_by": step.by,
    }


def deleted(change: Change) -> dict[str, Any]:
    return {"config_id": change.subject.id, "version": change.number, "state": "deleted"}


def rejected(change: Change) -> dict[str, Any]:
    return {"config_id": change.subject.id, "version": change.number, "state": "rejected"}


def version_of(version: Version, one: Configuration) -> dict[str, Any]:
    return {
        "config_id": one.id,
        "version": version.number,
        "value": version.content.value,
        "description": version.content.description,
        "state": _state_of(version, one),
        "change": version.origin,
        "source_version": version.source,
        "created_at": iso(version.created_at),
        "created_by": version.created_by,
    }


def _state_of(version: Version, one: Configuration) -> str:
    if version.number == one.active:
        return "active"
    if one.pending is not None and version.number == one.pending.version:
        return "pending_approval"
    if one.rollout is not None and version.number == one.rollout.version:
        return "rolling_out"
    outcome = version.outcome
    return "superseded" if outcome is None or outcome == "approved" else outcome.value


def audited(event: Event) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "timestamp": iso(event.at),
        "type": event.type,
        "action": event.action,
        "actor": event.actor,
        "correlation_id": event.correlation_id,
        **event.data,
    }


def listed(name: str, rows: Sequence[dict[str, Any]], page: Page[Any], limit: int) -> dict[str, Any]:
    body: dict[str, Any] = {name: rows}
    if page.total is not None:
        body["total"] = page.total
    return body | {"limit": limit, "next_cursor": page.next_cursor}


def content_of(body: NewConfiguration | Update) -> Content:
    return Content(body.value, body.description)


def exported(rows: Sequence[dict[str, Any]], digest: str, at: datetime) -> dict[str, Any]:
    return {"configurations": rows, "total": len(rows), "hash": digest, "exported_at": iso(at)}

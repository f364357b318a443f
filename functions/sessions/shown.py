"""Sessions as the reference shows them, and what goes beyond it."""

from datetime import datetime
from typing import Any

from pentarch.platform.clock import iso
from pentarch.workspace.model import Entry
from sessions.lifecycle import Status
from sessions.model import Artifact, Session
from sessions.skills.store import Skill


def created(one: Session) -> dict[str, Any]:
    return {"id": one.id, "skill": one.skill, "status": one.status, "created": iso(one.created_at)}


def row(one: Session, at: datetime) -> dict[str, Any]:
    return created(one) | {"status": one.status_at(at), "updated": iso(one.updated_at)}


def detailed(one: Session, at: datetime) -> dict[str, Any]:
    told = row(one, at) | {
        "agent": one.agent,
        "input": dict(one.input),
        "options": {"temperature": one.temperature, "verbose": one.verbose},
        "round": one.round,
        "instructions": list(one.instructions),
        "sources": [dict(source) for source in one.sources],
        "produced_by": one.produced_by,
        "reason": one.reason,
        "comment": one.comment,
        "approved_by": one.approved_by,
        "error": one.error,
    }
    if one.artifacts:
        told["output"] = {"artifacts": [_output(artifact) for artifact in one.artifacts]}
    return told | _approval(one, at)


def run(one: Session, at: datetime) -> dict[str, Any]:
    """How far a run is."""
    told: dict[str, Any] = {
        "session_id": one.id,
        "status": one.status_at(at),
        "agent": one.agent,
        "round": one.round,
        "progress": one.progress,
        "message": one.message,
        "artifacts": [{"path": artifact.path, "diff": artifact.counts} for artifact in one.artifacts],
    }
    if one.error is not None:
        told["error"] = one.error
    if one.reason is not None:
        told["reason"] = one.reason
    if one.verbose:
        told["log"] = [{"at": iso(line.at), "message": line.message} for line in one.log]
    return told | _approval(one, at)


def started(one: Session) -> dict[str, Any]:
    return {"session_id": one.id, "status": one.status, "agent": one.agent}


def pending(one: Session) -> dict[str, Any]:
    return {
        "session_id": one.id,
        "skill": one.skill,
        "created": iso(one.created_at),
        "requested_by": one.owner.subject,
        "digest": one.digest,
        "digest_required": one.rebased,
        "expires": iso(one.expires_at) if one.expires_at else None,
        "artifacts": [artifact(each) for each in one.artifacts],
    }


def artifact(one: Artifact) -> dict[str, Any]:
    return {
        "path": one.path,
        "size": one.size,
        "diff": one.counts,
        "sha256": one.sha256,
        "base_version": one.base_version,
    }


def file(one: Entry) -> dict[str, Any]:
    return {
        "path": one.path,
        "version": one.version,
        "size": one.size,
        "sha256": one.sha256 or None,
        "content_type": one.content_type or None,
        "modified": iso(one.modified),
        "author": one.author,
        "event_id": one.event_id,
        "deleted": one.deleted,
    }


def skill(one: Skill) -> dict[str, Any]:
    return one.definition.model_dump(mode="json", by_alias=True) | {
        "built_in": one.is_builtin,
        "revision": one.revision,
        "created": iso(one.created_at) if one.created_at else None,
        "updated": iso(one.updated_at) if one.updated_at else None,
        "author": one.author,
    }


def _output(one: Artifact) -> dict[str, Any]:
    return {"path": one.path, "type": "file", "size": one.size, "diff": one.counts, "sha256": one.sha256}


def _approval(one: Session, at: datetime) -> dict[str, Any]:
    if one.status_at(at) is not Status.PENDING_APPROVAL:
        return {}
    expires = iso(one.expires_at) if one.expires_at else None
    return {"approval": {"digest": one.digest, "digest_required": one.rebased, "expires": expires}}

"""The events of sessions. Of what people wrote they hold the names of files that a run proposes, and nothing else."""

from datetime import datetime
from typing import Any

from pentarch.events.model import Event, happened
from sessions.model import Session

CREATED = "session.created"
QUEUED = "session.queued"
STARTED = "session.started"
PROGRESS = "agent.progress"
COMPLETE = "session.complete"
APPROVED = "session.approved"
REBASED = "session.rebased"
REJECTED = "session.rejected"
REVISED = "session.revised"
EXPIRED = "session.expired"
DELETED = "session.deleted"
SKILL_CREATED = "skill.created"
SKILL_UPDATED = "skill.updated"
SKILL_DELETED = "skill.deleted"

_ACTIONS = {
    CREATED: "session_create",
    QUEUED: "session_run",
    STARTED: "session_start",
    PROGRESS: "agent_progress",
    COMPLETE: "session_complete",
    APPROVED: "session_approve",
    REBASED: "session_rebase",
    REJECTED: "session_reject",
    REVISED: "session_revise",
    EXPIRED: "session_expire",
    DELETED: "session_delete",
    SKILL_CREATED: "skill_create",
    SKILL_UPDATED: "skill_update",
    SKILL_DELETED: "skill_delete",
}
"""As auditors name them."""


def event_of(
    session: Session,
    event_type: str,
    at: datetime,
    *,
    actor: str | None = None,
    correlation_id: str | None = None,
    **data: Any,  # noqa: ANN401 (JSON)
) -> Event:
    """What happened to a session; the actor is its owner unless somebody else did it."""
    return happened(
        at,
        session.tenant,
        event_type,
        action=_ACTIONS[event_type],
        actor=actor or session.owner.subject,
        resource=session.id,
        agent=session.agent,
        tags=("data_processing",),
        correlation_id=session.correlation_id if correlation_id is None else correlation_id,
        data={"session_id": session.id, "skill": session.skill, "agent": session.agent, **data},
    )


def skill_event(tenant: str, event_type: str, name: str, at: datetime, *, actor: str, correlation_id: str) -> Event:
    return happened(
        at,
        tenant,
        event_type,
        action=_ACTIONS[event_type],
        actor=actor,
        resource=f"skill:{name}",
        tags=("data_processing", "change_management"),
        correlation_id=correlation_id,
        data={"skill": name},
    )

"""The events of agents' definitions: which fields changed, and no word of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pentarch.agents.model import Agent
from pentarch.events.model import Event, happened

CREATED = "agent.created"
UPDATED = "agent.updated"
DELETED = "agent.deleted"

_ACTIONS = {CREATED: "agent_create", UPDATED: "agent_update", DELETED: "agent_delete"}


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever does it."""

    tenant: str
    subject: str
    correlation_id: str = ""

    def did(self, event_type: str, agent: Agent, at: datetime, **data: Any) -> Event:  # noqa: ANN401 (JSON)
        return happened(
            at,
            self.tenant,
            event_type,
            action=_ACTIONS[event_type],
            actor=self.subject,
            resource=agent.id,
            agent=agent.id,
            tags=("change_management",),
            correlation_id=self.correlation_id,
            data={"agent_id": agent.id, "type": agent.type, "status": agent.status, "version": agent.version, **data},
        )

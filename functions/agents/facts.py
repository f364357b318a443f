"""The events of agents' definitions: which fields changed, and no word of them."""

from datetime import datetime
from typing import Any

from pentarch.agents.model import Agent
from pentarch.events.actor import Actor
from pentarch.events.model import Event

CREATED = "agent.created"
UPDATED = "agent.updated"
DELETED = "agent.deleted"

_ACTIONS = {CREATED: "agent_create", UPDATED: "agent_update", DELETED: "agent_delete"}


def did(actor: Actor, event_type: str, agent: Agent, at: datetime, **data: Any) -> Event:  # noqa: ANN401 (JSON)
    facts: dict[str, Any] = {"agent_id": agent.id, "type": agent.type, "status": agent.status, "version": agent.version}
    return actor.did(event_type, agent.id, at, action=_ACTIONS[event_type], agent=agent.id, **facts, **data)

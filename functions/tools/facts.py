"""The events of tools. None of them holds a parameter, a result, an address or a tool's description."""

from datetime import datetime
from typing import Any

from pentarch.events.actor import Actor
from pentarch.events.model import Event

STARTED = "tool.started"
EXECUTED = "tool.executed"
CREATED = "tool.created"
UPDATED = "tool.updated"
DELETED = "tool.deleted"
SERVER_CHECKED = "tool.server_checked"

_ACTIONS = {
    STARTED: "tool_start",
    EXECUTED: "tool_execute",
    CREATED: "tool_create",
    UPDATED: "tool_update",
    DELETED: "tool_delete",
    SERVER_CHECKED: "tool_server_check",
}
"""As auditors name them."""


def did(actor: Actor, event_type: str, tool_id: str, at: datetime, **data: Any) -> Event:  # noqa: ANN401 (JSON)
    action, tags = _ACTIONS[event_type], ("data_processing",)
    return actor.did(event_type, tool_id, at, action=action, tags=tags, tool_id=tool_id, **data)

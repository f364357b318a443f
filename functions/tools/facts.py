"""The events of tools. None of them holds a parameter, a result, an address or a tool's description."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pentarch.events.model import Event, happened

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


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever does it: a caller, or the one that an agent or a workflow works for."""

    tenant: str
    subject: str
    correlation_id: str = ""

    def did(self, event_type: str, tool_id: str, at: datetime, **data: Any) -> Event:  # noqa: ANN401 (JSON)
        return happened(
            at,
            self.tenant,
            event_type,
            action=_ACTIONS[event_type],
            actor=self.subject,
            resource=tool_id,
            tags=("data_processing",),
            correlation_id=self.correlation_id,
            data={"tool_id": tool_id, **data},
        )

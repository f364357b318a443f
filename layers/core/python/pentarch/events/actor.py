"""Whoever does something, and the events that this makes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pentarch.events.model import Event, happened

CHANGE = ("change_management",)


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller, or the one that a worker works for."""

    tenant: str
    subject: str
    correlation_id: str = ""

    def did(
        self,
        event_type: str,
        resource: str,
        at: datetime,
        *,
        action: str,
        tags: tuple[str, ...] = CHANGE,
        agent: str | None = None,
        sensitivity: str | None = None,
        **data: Any,  # noqa: ANN401 (JSON)
    ) -> Event:
        """What is None is left out of the data."""
        return happened(
            at,
            self.tenant,
            event_type,
            action=action,
            actor=self.subject,
            resource=resource,
            agent=agent,
            sensitivity=sensitivity,
            tags=tags,
            correlation_id=self.correlation_id,
            data={name: value for name, value in data.items() if value is not None},
        )

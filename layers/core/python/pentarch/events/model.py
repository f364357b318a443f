"""An event: one fact, written in the same transaction as the change that it tells of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.ids import uuid7, uuid7_ms

JsonObject = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, to what, by whom. Nothing here may hold personal data or the text of a prompt."""

    id: str
    """A UUID of version 7: it carries the time, and its text sorts by it."""
    tenant: str
    type: str
    """In the past tense, as webhooks name it: `job.completed`."""
    action: str
    """As auditors name it: `llm_generate`."""
    actor: str
    """The subject of the credential."""
    resource: str
    agent: str | None = None
    sensitivity: str | None = None
    tags: tuple[str, ...] = ()
    """The kinds of control that this event is evidence for."""
    correlation_id: str = ""
    data: JsonObject = field(default_factory=dict)
    """The facts of this type of event, as JSON values."""

    @property
    def at(self) -> datetime:
        return from_epoch_ms(uuid7_ms(self.id))

    def as_json(self) -> dict[str, Any]:
        """Every field, always: what is sealed, and what an exported trail shows."""
        return {
            "id": self.id,
            "tenant": self.tenant,
            "type": self.type,
            "action": self.action,
            "actor": self.actor,
            "resource": self.resource,
            "agent": self.agent,
            "sensitivity": self.sensitivity,
            "tags": list(self.tags),
            "correlation_id": self.correlation_id,
            "data": self.data,
        }

    @classmethod
    def from_json(cls, told: JsonObject) -> "Event":
        """What `as_json` tells."""
        return cls(**{**told, "tags": tuple(told["tags"])})


def happened(at: datetime, tenant: str, event_type: str, **fields: Any) -> Event:  # noqa: ANN401 (Event's fields)
    """An event of an instant, with a fresh id."""
    return Event(id=uuid7(epoch_ms(at)), tenant=tenant, type=event_type, **fields)

"""The events of the registry. None of them holds a payload, a contract, an address or a credential."""

from dataclasses import dataclass
from datetime import datetime

from pentarch.events.model import Event, happened

REGISTERED = "service.registered"
UPDATED = "service.updated"
DEREGISTERED = "service.deregistered"
WENT_INACTIVE = "service.went_inactive"
CAME_BACK = "service.came_back"
DECIDED = "route.decided"
REFUSED = "route.refused"
INVOKED = "route.invoked"
CREDENTIAL_STORED = "credential.stored"
CREDENTIAL_REPLACED = "credential.replaced"
CREDENTIAL_REMOVED = "credential.removed"

_ACTIONS = {
    REGISTERED: "service_register",
    UPDATED: "service_update",
    DEREGISTERED: "service_deregister",
    WENT_INACTIVE: "service_deactivate",
    CAME_BACK: "service_activate",
    DECIDED: "route_decide",
    REFUSED: "route_refuse",
    INVOKED: "route_invoke",
    CREDENTIAL_STORED: "credential_store",
    CREDENTIAL_REPLACED: "credential_replace",
    CREDENTIAL_REMOVED: "credential_remove",
}
"""As auditors name them."""
_TAGS = {DECIDED: ("access_control", "data_processing"), REFUSED: ("access_control", "data_processing")}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and in which request."""

    tenant: str
    subject: str
    correlation_id: str = ""

    def did(
        self, event_type: str, resource: str, at: datetime, *, sensitivity: str | None = None, **data: object
    ) -> Event:
        return happened(
            at,
            self.tenant,
            event_type,
            action=_ACTIONS[event_type],
            actor=self.subject,
            resource=resource,
            sensitivity=sensitivity,
            tags=_TAGS.get(event_type, ("change_management",)),
            correlation_id=self.correlation_id,
            data={name: value for name, value in data.items() if value is not None},
        )

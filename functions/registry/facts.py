"""The events of the registry. None of them holds a payload, a contract, an address or a credential."""

from datetime import datetime
from typing import Any

from pentarch.events.actor import CHANGE, Actor
from pentarch.events.model import Event

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


def did(actor: Actor, event_type: str, resource: str, at: datetime, **data: Any) -> Event:  # noqa: ANN401 (JSON)
    """A `sensitivity` among the data is that of the event."""
    tags = _TAGS.get(event_type, CHANGE)
    return actor.did(event_type, resource, at, action=_ACTIONS[event_type], tags=tags, **data)

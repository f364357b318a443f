"""The events of registered models."""

from datetime import datetime
from typing import Any

from pentarch.events.actor import Actor
from pentarch.events.model import Event
from pentarch.models.model import Registered, facts

REGISTERED = "model.registered"
LOAD_REQUESTED = "model.load_requested"
LOADED = "model.loaded"
LOAD_FAILED = "model.load_failed"
UNLOADED = "model.unloaded"
DELETED = "model.deleted"

_ACTIONS = {
    REGISTERED: "model_register",
    LOAD_REQUESTED: "model_load",
    LOADED: "model_load_complete",
    LOAD_FAILED: "model_load_fail",
    UNLOADED: "model_unload",
    DELETED: "model_delete",
}
"""As auditors name them."""


def did(actor: Actor, event_type: str, model: Registered, at: datetime, **more: Any) -> Event:  # noqa: ANN401 (JSON)
    return actor.did(event_type, model.id, at, action=_ACTIONS[event_type], **facts(model), **more)

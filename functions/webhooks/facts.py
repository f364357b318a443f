"""The events of webhooks. None of them holds an address, a secret or what a receiver answered."""

from datetime import datetime
from typing import Any

from pentarch.events.actor import Actor
from pentarch.events.model import Event
from webhooks.model import Delivery, Webhook

CREATED = "webhook.created"
UPDATED = "webhook.updated"
DELETED = "webhook.deleted"
ROTATED = "webhook.secret_rotated"
DISABLED = "webhook.disabled"
DELIVERY_FAILED = "webhook.delivery_failed"
REDELIVERY_REQUESTED = "webhook.redelivery_requested"

_ACTIONS = {
    CREATED: "webhook_create",
    UPDATED: "webhook_update",
    DELETED: "webhook_delete",
    ROTATED: "webhook_rotate_secret",
    DISABLED: "webhook_disable",
    DELIVERY_FAILED: "webhook_give_up",
    REDELIVERY_REQUESTED: "webhook_redeliver",
}
"""As auditors name them."""
DELIVERER = "webhooks"
"""Who acts when nobody asked: the deliverer itself."""


def did(actor: Actor, event_type: str, webhook_id: str, at: datetime, **data: Any) -> Event:  # noqa: ANN401 (JSON)
    return actor.did(event_type, webhook_id, at, action=_ACTIONS[event_type], webhook_id=webhook_id, **data)


def disabled(one: Webhook, reason: str, at: datetime) -> Event:
    return did(Actor(one.tenant, DELIVERER), DISABLED, one.id, at, reason=reason)


def given_up(one: Delivery, tries: int, status: int | None, at: datetime) -> Event:
    return did(
        Actor(one.tenant, DELIVERER),
        DELIVERY_FAILED,
        one.webhook_id,
        at,
        event_id=one.id,
        event=one.event,
        tries=tries,
        status_code=status,
    )

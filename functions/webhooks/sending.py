"""Letting a pending delivery go: to the queue at once, or where a webhook keeps an order, to its lane."""

from datetime import datetime

from pentarch.work import queue
from webhooks import delivering, lane
from webhooks.model import Delivery, Webhook


def begin(webhook: Webhook, one: Delivery, at: datetime) -> None:
    if webhook.ordered:
        lane.wake(webhook.tenant, webhook.id, max(at, one.happened_at + lane.SETTLE), at)
        return
    message = delivering.message(webhook.tenant, webhook.id, one.id)
    queue.send(f"{delivering.QUEUE}_QUEUE_URL", message, tenant=webhook.tenant)

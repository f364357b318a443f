"""Sending again: one delivery, or those of a span of time, the failed ones or all.

The wish is an event, and the event's message begins the work, so a wish that was taken is carried out. A span is walked
in pages, each page by a message; each delivery keeps the wish that it was last sent again for, so a page that is done
twice sends nothing twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pentarch.platform import clock
from pentarch.platform.clock import from_epoch_ms
from pentarch.work import queue
from webhooks import deliveries, sending, store
from webhooks.errors import NotDeliverableError
from webhooks.model import Delivery, Outcome, State, Webhook

PAGE = 25
QUEUE = "WEBHOOKS_QUEUE_URL"


@dataclass(frozen=True, slots=True)
class Span:
    """Events of [start, end)."""

    start: datetime
    end: datetime
    failed_only: bool

    def wants(self, one: Delivery) -> bool:
        return one.outcome is Outcome.FAILED or (one.outcome is Outcome.DELIVERED and not self.failed_only)


def go_on(body: Mapping[str, Any]) -> None:
    """Take a wish's message: it names one delivery, or a span and how far it was walked."""
    tenant, webhook_id, wish = (str(body[name]) for name in ("tenant", "webhook_id", "wish"))
    webhook = store.get(tenant, webhook_id)
    if webhook is None or webhook.state is State.DISABLED:
        return
    if "delivery_id" in body:
        one = deliveries.get(tenant, webhook_id, str(body["delivery_id"]))
        if one is not None and one.outcome is Outcome.PENDING:
            sending.begin(webhook, one, clock.now())
        return
    span = Span(from_epoch_ms(body["start_ms"]), from_epoch_ms(body["end_ms"]), bool(body["failed_only"]))
    page = deliveries.span(webhook, span.start, span.end, limit=PAGE, after=body.get("after"))
    for one in page.deliveries:
        _send_again(webhook, one, span, wish)
    if page.next_cursor is not None:
        queue.send(QUEUE, {**body, "after": page.next_cursor}, tenant=tenant)


def _send_again(webhook: Webhook, one: Delivery, span: Span, wish: str) -> None:
    now = clock.now()
    if one.wish != wish and span.wants(one):
        try:
            deliveries.restart(one, wish, now)
        except NotDeliverableError:
            return  # somebody else has just begun it
    elif one.outcome is not Outcome.PENDING or one.wish != wish:
        return
    sending.begin(webhook, one, now)

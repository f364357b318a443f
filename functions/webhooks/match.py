"""Takes events that webhooks may want, from the fan-out, and makes a delivery of each for each webhook that does."""

from pentarch.events.model import Event
from pentarch.platform import clock
from pentarch.work.messages import Run, consumer
from webhooks import deliveries, matching, sending, store
from webhooks.model import Delivery, Outcome, State, Webhook

QUEUE = "WEBHOOKS_EVENTS_QUEUE_URL"


def match(run: Run) -> None:
    event = Event.from_json(run.body["event"])
    at = clock.now()
    for one in store.of_tenant(event.tenant):
        if one.state is State.ACTIVE and one.created_at <= event.at and matching.hears(one.events, event.type):
            delivery = delivery_of(one, event)
            deliveries.add(delivery)
            # Sent again when the message comes twice: whoever took it before may have died in between.
            sending.begin(one, delivery, at)


def delivery_of(webhook: Webhook, event: Event) -> Delivery:
    return Delivery(
        tenant=webhook.tenant,
        webhook_id=webhook.id,
        id=event.id,
        event=event.type,
        happened_at=event.at,
        data=matching.told(event),
        outcome=Outcome.PENDING,
        tries=0,
        due_at=None,
    )


handler = consumer(QUEUE, match)

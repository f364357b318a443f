"""What callers do with webhooks: register, see, change, test, and have deliveries sent again."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from pentarch.events import store as events
from pentarch.events.actor import Actor
from pentarch.platform import egress
from pentarch.platform.clock import epoch_ms
from pentarch.platform.errors import InvalidInputError
from pentarch.platform.ids import short_id, uuid7
from webhooks import deliveries, delivering, facts, matching, store, vault
from webhooks.errors import DeliveryNotFoundError, NotDeliverableError, WebhookNotFoundError
from webhooks.model import KEPT_DAYS, Attempt, Delivery, Format, Outcome, Secret, State, Webhook
from webhooks.redelivering import Span
from webhooks.schemas import Change, Redelivery, Registration, Rotation

_MAX_SECRETS = 3
"""In force at once: somebody may rotate again before an overlap has ended."""


class WithSecret(NamedTuple):
    webhook: Webhook
    secret: str


def register(actor: Actor, asked: Registration, layout: Format, at: datetime) -> WithSecret:
    """The secret is the caller's, or a new one, and is told this once."""
    _check(asked.url)
    webhook_id = short_id("webhook")
    secret = asked.secret or vault.generate()
    one = Webhook(
        tenant=actor.tenant,
        id=webhook_id,
        url=asked.url,
        events=tuple(dict.fromkeys(asked.events)),
        format=layout,
        secrets=(Secret(vault.seal(actor.tenant, webhook_id, secret)),),
        created_at=at,
        created_by=actor.subject,
        updated_at=at,
        revision=uuid7(epoch_ms(at)),
        description=asked.description,
        ordered=asked.ordered,
    )
    store.add(one, facts.did(actor, facts.CREATED, one.id, at, events=list(one.events), ordered=one.ordered))
    return WithSecret(one, secret)


def get(tenant: str, webhook_id: str) -> Webhook:
    one = store.get(tenant, webhook_id)
    if one is None:
        raise WebhookNotFoundError
    return one


def change(actor: Actor, webhook_id: str, asked: Change, at: datetime) -> Webhook:
    """What is left out stays; one that is made active again has its failures forgotten."""
    before = get(actor.tenant, webhook_id)
    given = asked.model_dump(exclude_none=True)
    if asked.url is not None:
        _check(asked.url)
    after = _touched(before, at)
    if asked.status is not None:
        state = State(asked.status)
        reason = "switched off" if state is State.DISABLED else None
        after = replace(after, state=state, disabled_reason=reason, failing_since=None)
    after = replace(
        after,
        url=asked.url or before.url,
        events=before.events if asked.events is None else tuple(dict.fromkeys(asked.events)),
        description=before.description if asked.description is None else asked.description,
        ordered=before.ordered if asked.ordered is None else asked.ordered,
    )
    store.write(before, after, facts.did(actor, facts.UPDATED, before.id, at, changed=sorted(given)))
    return after


def remove(actor: Actor, webhook_id: str, at: datetime) -> None:
    one = get(actor.tenant, webhook_id)
    store.remove(one, facts.did(actor, facts.DELETED, one.id, at))


def rotate(actor: Actor, webhook_id: str, asked: Rotation, at: datetime) -> WithSecret:
    """The new secret signs from now on; the former ones sign beside it until the overlap ends."""
    before = get(actor.tenant, webhook_id)
    secret = asked.secret or vault.generate()
    until = at + timedelta(hours=asked.overlap_hours)
    former = [replace(one, until=min(one.until or until, until)) for one in before.secrets]
    kept = [one for one in former if one.until is not None and one.until > at][: _MAX_SECRETS - 1]
    after = replace(_touched(before, at), secrets=(Secret(vault.seal(before.tenant, before.id, secret)), *kept))
    store.write(before, after, facts.did(actor, facts.ROTATED, before.id, at, overlap_hours=asked.overlap_hours))
    return WithSecret(after, secret)


def test(actor: Actor, webhook_id: str, at: datetime) -> tuple[Delivery, Attempt]:
    """Send a made-up event now, once, and tell what came of it; it is in the delivery log as any other."""
    webhook = _active(actor.tenant, webhook_id)
    one = Delivery(
        tenant=webhook.tenant,
        webhook_id=webhook.id,
        id=uuid7(epoch_ms(at)),
        event=matching.TEST,
        happened_at=at,
        data={"webhook_id": webhook.id, "message": "This is a test of your webhook."},
        outcome=Outcome.PENDING,
        tries=0,
        due_at=None,
    )
    deliveries.add(one)
    delivering.attempt(webhook, one, f"test/{one.id}", retried=False)
    done = delivery(webhook.tenant, webhook.id, one.id)
    return done, done.attempts[-1]


def delivery(tenant: str, webhook_id: str, delivery_id: str) -> Delivery:
    one = deliveries.get(tenant, webhook_id, delivery_id)
    if one is None:
        raise DeliveryNotFoundError
    return one


def redeliver(actor: Actor, webhook_id: str, delivery_id: str, at: datetime) -> Delivery:
    _active(actor.tenant, webhook_id)
    one = delivery(actor.tenant, webhook_id, delivery_id)
    if one.outcome is Outcome.PENDING:
        msg = "the delivery is under way"
        raise NotDeliverableError(msg)
    wish = facts.did(actor, facts.REDELIVERY_REQUESTED, webhook_id, at, delivery_id=delivery_id)
    deliveries.restart(one, wish.id, at, wish)
    return delivery(actor.tenant, webhook_id, delivery_id)


def redeliver_span(actor: Actor, webhook_id: str, asked: Redelivery, at: datetime) -> Span:
    _active(actor.tenant, webhook_id)
    start = _moment(asked.start, at - timedelta(days=KEPT_DAYS))
    end = _moment(asked.end, at)
    if end <= start:
        msg = "the span ends before it begins"
        raise InvalidInputError(msg, field="to")
    span = Span(start, end, asked.status == "failed")
    events.append(
        facts.did(
            actor,
            facts.REDELIVERY_REQUESTED,
            webhook_id,
            at,
            start_ms=epoch_ms(start),
            end_ms=epoch_ms(end),
            failed_only=span.failed_only,
        )
    )
    return span


def _active(tenant: str, webhook_id: str) -> Webhook:
    one = get(tenant, webhook_id)
    if one.state is State.DISABLED:
        msg = "the webhook is disabled; make it active first"
        raise NotDeliverableError(msg)
    return one


def _moment(given: datetime | None, otherwise: datetime) -> datetime:
    if given is None:
        return otherwise
    return given if given.tzinfo is not None else given.replace(tzinfo=otherwise.tzinfo)


def _touched(before: Webhook, at: datetime) -> Webhook:
    return replace(before, updated_at=at, revision=uuid7(epoch_ms(at)))


def _check(url: str) -> None:
    """Refuse at once what would be refused at every delivery."""
    try:
        egress.check(url, reach=egress.reach(), schemes=delivering.schemes())
    except egress.EgressError as error:
        raise InvalidInputError(str(error), field="url") from error

"""Deliveries in the table: made once for each event, tried by one at a time, moved along by conditions.

A delivery's moves are no events of the log: the event that it tells of is, and what the receiver answered is the
delivery's own log. Only when one is given up, that is a fact that the tenant's audit trail has.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.ids import uuid7_floor
from pentarch.platform.jsons import encoded
from pentarch.platform.tables import Transaction, batch_get
from webhooks.errors import DeliveryMovedError, NotDeliverableError
from webhooks.model import KEPT_ATTEMPTS, KEPT_DAYS, Attempt, Delivery, Outcome, Webhook
from webhooks.store import change, to_webhook
from webhooks.table import (
    DELIVERY,
    DeliveryItem,
    PlaceItem,
    StatisticsItem,
    WebhookItem,
    delivery_key,
    partition_of,
    place_key,
    statistics_key,
    webhook_key,
)


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first."""

    deliveries: tuple[Delivery, ...]
    next_cursor: str | None


def add(one: Delivery) -> None:
    """Make a delivery, if it is not there already."""
    transaction = Transaction()
    there = DeliveryMovedError()
    transaction.put(_to_item(one), condition=DeliveryItem.key.does_not_exist(), otherwise=there)
    transaction.put(_place(one, Outcome.PENDING))
    with suppress(DeliveryMovedError):
        transaction.commit()


def with_webhook(tenant: str, webhook_id: str, delivery_id: str) -> tuple[Webhook | None, Delivery | None]:
    """Both in one read."""
    webhook, delivery = batch_get(
        [
            (WebhookItem, tenant, webhook_key(webhook_id)),
            (DeliveryItem, partition_of(tenant, webhook_id), delivery_key(delivery_id)),
        ],
        consistent=True,
    )
    return (
        to_webhook(webhook) if webhook else None,
        _to_delivery(tenant, webhook_id, delivery) if delivery else None,
    )


def take(one: Delivery, owner: str, at: datetime, until: datetime) -> None:
    """Become the one who tries a delivery; DeliveryMovedError when another is, or it is no longer as it was seen."""
    free = DeliveryItem.owner.does_not_exist() | (DeliveryItem.until < epoch_ms(at)) | (DeliveryItem.owner == owner)
    as_seen = (DeliveryItem.outcome == Outcome.PENDING) & (DeliveryItem.tries == one.tries)
    try:
        _key(one).update(
            [DeliveryItem.owner.set(owner), DeliveryItem.until.set(epoch_ms(until))], condition=as_seen & free
        )
    except UpdateError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            raise DeliveryMovedError from error
        raise


def settle(
    one: Delivery,
    owner: str,
    attempt: Attempt,
    due_at: datetime | None,
    *,
    disabled: tuple[Webhook, Webhook] | None = None,
    told: Sequence[Event] = (),
) -> Outcome:
    """Write what came of a try, its counters, and what else follows, at once. DeliveryMovedError: it was not ours.

    `due_at` is the next try of one that was not taken; `disabled` is the webhook before and after.
    """
    outcome = Outcome.DELIVERED if attempt.error is None else Outcome.FAILED if due_at is None else Outcome.PENDING
    transaction = Transaction()
    kept = [_attempt_text(each) for each in (*one.attempts, attempt)[-KEPT_ATTEMPTS:]]
    actions: list[Action] = [
        DeliveryItem.outcome.set(outcome),
        DeliveryItem.tries.set(one.tries + 1),
        DeliveryItem.attempts.set(kept),
        DeliveryItem.owner.remove(),
        DeliveryItem.until.remove(),
        DeliveryItem.due_at.remove() if due_at is None else DeliveryItem.due_at.set(epoch_ms(due_at)),
    ]
    transaction.update(_key(one), actions, condition=DeliveryItem.owner == owner, otherwise=DeliveryMovedError())
    if outcome is not Outcome.PENDING:
        _move_place(transaction, one, Outcome.PENDING, outcome)
    _count(transaction, one, attempt, outcome)
    if disabled is not None:
        change(transaction, *disabled)
    for event in told:
        events.record(transaction, event)
    transaction.commit()
    return outcome


def give_up(one: Delivery) -> None:
    """End a pending one that nobody can take any more: its webhook is disabled."""
    transaction = Transaction()
    actions: list[Action] = [DeliveryItem.outcome.set(Outcome.FAILED), DeliveryItem.due_at.remove()]
    pending = DeliveryItem.outcome == Outcome.PENDING
    transaction.update(_key(one), actions, condition=pending, otherwise=DeliveryMovedError())
    _move_place(transaction, one, Outcome.PENDING, Outcome.FAILED)
    counters = StatisticsItem(partition_of(one.tenant, one.webhook_id), statistics_key(one.id))
    transaction.update(counters, [StatisticsItem.failed.add(1)])
    transaction.commit()


def restart(one: Delivery, wish: str, at: datetime, told: Event | None = None) -> None:
    """Let an ended delivery be tried anew; NotDeliverableError when it has not ended, or not so."""
    transaction = Transaction()
    moved = NotDeliverableError("the delivery is under way")
    actions: list[Action] = [
        DeliveryItem.outcome.set(Outcome.PENDING),
        DeliveryItem.tries.set(0),
        DeliveryItem.due_at.set(epoch_ms(at)),
        DeliveryItem.redelivered.add(1),
        DeliveryItem.wish.set(wish),
        DeliveryItem.ttl.set(_end_of_life(at)),
    ]
    as_seen = (DeliveryItem.outcome == one.outcome) & (DeliveryItem.redelivered == one.redelivered)
    transaction.update(_key(one), actions, condition=as_seen, otherwise=moved)
    _move_place(transaction, one, one.outcome, Outcome.PENDING)
    if told is not None:
        events.record(transaction, told)
    transaction.commit()


def first_pending(tenant: str, webhook_id: str) -> Delivery | None:
    """The oldest event's delivery that has not ended."""
    place = next(
        iter(
            PlaceItem.query(
                partition_of(tenant, webhook_id),
                PlaceItem.key.startswith(place_key(Outcome.PENDING, "")),
                consistent_read=True,
                limit=1,
            )
        ),
        None,
    )
    if place is None:
        return None
    return get(tenant, webhook_id, place.key.rpartition("#")[2])


def get(tenant: str, webhook_id: str, delivery_id: str) -> Delivery | None:
    [item] = batch_get([(DeliveryItem, partition_of(tenant, webhook_id), delivery_key(delivery_id))], consistent=True)
    return _to_delivery(tenant, webhook_id, item) if item else None


def span(webhook: Webhook, start: datetime, end: datetime, *, limit: int, after: str | None) -> Page:
    """Deliveries of the events of [start, end), the oldest first, behind the one that `after` names."""
    partition = partition_of(webhook.tenant, webhook.id)
    low, high = delivery_key(uuid7_floor(epoch_ms(start))), delivery_key(uuid7_floor(epoch_ms(end)))
    found = list(
        DeliveryItem.query(
            partition,
            DeliveryItem.key.between(low, high),
            consistent_read=True,
            limit=limit + 1,
            last_evaluated_key=_behind(partition, DELIVERY, after),
        )
    )
    shown = found[:limit]
    cursor = shown[-1].key.removeprefix(DELIVERY) if len(found) > limit else None
    return Page(tuple(_to_delivery(webhook.tenant, webhook.id, item) for item in shown), cursor)


def page(tenant: str, webhook_id: str, outcome: Outcome | None, *, limit: int, after: str | None = None) -> Page:
    """One query, and where an outcome is asked for one read of its deliveries. `after` is a delivery's id."""
    prefix = DELIVERY if outcome is None else place_key(outcome, "")
    model: Any = DeliveryItem if outcome is None else PlaceItem
    partition = partition_of(tenant, webhook_id)
    found: list[Any] = list(
        model.query(
            partition,
            model.key.startswith(prefix),
            scan_index_forward=False,
            consistent_read=True,
            limit=limit + 1,
            last_evaluated_key=_behind(partition, prefix, after),
        )
    )
    shown = found[:limit]
    cursor = shown[-1].key.removeprefix(prefix) if len(found) > limit else None
    if outcome is not None and shown:
        keys = [(DeliveryItem, partition, delivery_key(place.key.removeprefix(prefix))) for place in shown]
        shown = [item for item in batch_get(keys, consistent=True) if item is not None]
    return Page(tuple(_to_delivery(tenant, webhook_id, item) for item in shown), cursor)


def _behind(partition: str, prefix: str, after: str | None) -> dict[str, dict[str, Any]] | None:
    return None if after is None else {"partition": {"S": partition}, "key": {"S": f"{prefix}{after}"}}


def _count(transaction: Transaction, one: Delivery, attempt: Attempt, outcome: Outcome) -> None:
    actions: list[Action] = [StatisticsItem.attempts.add(1)]
    if attempt.status is not None:
        actions += [StatisticsItem.answered.add(1), StatisticsItem.total_ms.add(round(attempt.milliseconds))]
    if outcome is Outcome.DELIVERED:
        actions += [StatisticsItem.delivered.add(1), StatisticsItem.last_delivered.set(epoch_ms(attempt.at))]
    else:
        actions += [StatisticsItem.failed_attempts.add(1), StatisticsItem.last_failed.set(epoch_ms(attempt.at))]
    if outcome is Outcome.FAILED:
        actions.append(StatisticsItem.failed.add(1))
    transaction.update(StatisticsItem(partition_of(one.tenant, one.webhook_id), statistics_key(one.id)), actions)


def _move_place(transaction: Transaction, one: Delivery, before: Outcome, after: Outcome) -> None:
    transaction.delete(_place(one, before))
    transaction.put(_place(one, after))


def _place(one: Delivery, outcome: Outcome) -> PlaceItem:
    partition = partition_of(one.tenant, one.webhook_id)
    return PlaceItem(partition, place_key(outcome, one.id), ttl=_end_of_life(one.happened_at))


def _key(one: Delivery) -> DeliveryItem:
    return DeliveryItem(partition_of(one.tenant, one.webhook_id), delivery_key(one.id))


def _end_of_life(at: datetime) -> int:
    return int((at + timedelta(days=KEPT_DAYS)).timestamp())


def _to_item(one: Delivery) -> DeliveryItem:
    return DeliveryItem(
        partition_of(one.tenant, one.webhook_id),
        delivery_key(one.id),
        event=one.event,
        happened_at=epoch_ms(one.happened_at),
        data=encoded(one.data).decode(),
        outcome=one.outcome,
        tries=one.tries,
        due_at=None if one.due_at is None else epoch_ms(one.due_at),
        redelivered=one.redelivered,
        wish=one.wish,
        ttl=_end_of_life(one.happened_at),
    )


def _to_delivery(tenant: str, webhook_id: str, item: DeliveryItem) -> Delivery:
    return Delivery(
        tenant=tenant,
        webhook_id=webhook_id,
        id=item.key.removeprefix(DELIVERY),
        event=item.event,
        happened_at=from_epoch_ms(int(item.happened_at)),
        data=json.loads(item.data),
        outcome=Outcome(item.outcome),
        tries=int(item.tries),
        due_at=None if item.due_at is None else from_epoch_ms(int(item.due_at)),
        attempts=tuple(_attempt(text) for text in item.attempts or ()),
        redelivered=int(item.redelivered),
        wish=item.wish,
    )


def _attempt_text(one: Attempt) -> str:
    return json.dumps([epoch_ms(one.at), round(one.milliseconds, 1), one.status, one.error, one.response])


def _attempt(text: str) -> Attempt:
    at, milliseconds, status, error, response = json.loads(text)
    return Attempt(from_epoch_ms(at), milliseconds, status, error, response)

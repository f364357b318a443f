"""Trying a delivery: one request, and what follows from its answer.

At least once, with one id: whoever dies after the receiver has answered leaves a delivery that is tried again when its
lease has ended. What is written comes before the message that goes on, and that message is sent again by whoever finds
a delivery that is not due yet; so nothing is lost between the two.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pynamodb.exceptions import UpdateError

from pentarch.events.model import Event
from pentarch.platform import clock, egress
from pentarch.platform.clock import epoch_ms, iso
from pentarch.platform.ids import uuid7
from pentarch.platform.observability import logger
from pentarch.work import later
from webhooks import deliveries, facts, retrying, signing, store, vault
from webhooks.errors import DeliveryMovedError
from webhooks.model import (
    KEPT_RESPONSE,
    MAX_RESPONSE_BYTES,
    TIMEOUT_S,
    Attempt,
    Delivery,
    Outcome,
    State,
    Webhook,
)
from webhooks.retrying import GONE, Answer

QUEUE = "WEBHOOKS"
LEASE = timedelta(seconds=TIMEOUT_S + 15)
"""The request, and what is written before and after it."""
_SOON = timedelta(seconds=2)
"""A message may come a moment before its time by another clock."""


class Tried(NamedTuple):
    attempt: Attempt
    answer: Answer


class Result(NamedTuple):
    outcome: Outcome
    due_at: datetime | None


def deliver(tenant: str, webhook_id: str, delivery_id: str, owner: str) -> None:
    """Take a message: try the delivery if it is due, or see to it that it is tried when it is."""
    webhook, one = deliveries.with_webhook(tenant, webhook_id, delivery_id)
    if webhook is None or one is None or one.outcome is not Outcome.PENDING:
        return
    if one.due_at is not None and one.due_at > clock.now() + _SOON:
        _pass_on(one, one.due_at, clock.now())
        return
    try:
        result = attempt(webhook, one, owner)
    except DeliveryMovedError:
        logger().info("another tries this delivery", webhook_id=webhook_id, delivery_id=delivery_id)
        return
    if result.due_at is not None:
        _pass_on(one, result.due_at, clock.now())


def attempt(webhook: Webhook, one: Delivery, owner: str, *, retried: bool = True) -> Result:
    """One try, written down. DeliveryMovedError when somebody else has the delivery."""
    if webhook.state is State.DISABLED:
        deliveries.give_up(one)
        return Result(Outcome.FAILED, None)
    begun = clock.now()
    deliveries.take(one, owner, begun, begun + LEASE)
    tried = send(webhook, one, begun)
    ended = clock.now()
    tries = one.tries + 1
    is_taken = tried.answer.is_taken
    due_at = retrying.next_try(one.id, tries, tried.answer, ended) if retried and not is_taken else None
    disabled = None if is_taken or not retried else _disabled(webhook, tried.answer, ended)
    if disabled is not None:
        due_at = None
    told: list[Event] = []
    if disabled is not None:
        told.append(facts.disabled(disabled[0], str(disabled[1].disabled_reason), ended))
    if due_at is None and not is_taken and retried:
        told.append(facts.given_up(one, tries, tried.answer.status, ended))
    outcome = deliveries.settle(one, owner, tried.attempt, due_at, disabled=disabled, told=told)
    if retried or is_taken:
        _mark(webhook, is_taken=is_taken, at=ended)
    return Result(outcome, due_at)


def send(webhook: Webhook, one: Delivery, at: datetime) -> Tried:
    """The request itself; every way in which it can fail is an answer too."""
    sent = signing.message(
        one.id,
        one.event,
        iso(one.happened_at),
        one.data,
        layout=webhook.format,
        secrets=secrets_in_force(webhook, at),
        at=at,
    )
    try:
        reply = egress.send(
            "POST",
            webhook.url,
            headers=sent.headers,
            body=sent.body,
            timeout_s=TIMEOUT_S,
            max_bytes=MAX_RESPONSE_BYTES,
            reach=egress.reach(),
            schemes=schemes(),
        )
    except egress.EgressError as error:
        spent = (clock.now() - at).total_seconds() * 1000
        return Tried(Attempt(at, spent, None, str(error), ""), Answer(None))
    answer = Answer(reply.status, reply.headers.get("retry-after"))
    shown = reply.body.decode("utf-8", "replace")[:KEPT_RESPONSE]
    fault = None if answer.is_taken else f"the receiver answered {reply.status}"
    return Tried(Attempt(at, reply.milliseconds, reply.status, fault, shown), answer)


def secrets_in_force(webhook: Webhook, at: datetime) -> list[str]:
    kept = [one for one in webhook.secrets if one.until is None or one.until > at]
    return [vault.unseal(webhook.tenant, webhook.id, one.sealed) for one in kept]


def schemes() -> tuple[str, ...]:
    """Without TLS only where the stack runs on one machine."""
    return ("https", "http") if egress.reach() is egress.Reach.MACHINE else ("https",)


def message(tenant: str, webhook_id: str, delivery_id: str) -> dict[str, Any]:
    return {"kind": "deliver", "tenant": tenant, "webhook_id": webhook_id, "delivery_id": delivery_id}


def _pass_on(one: Delivery, at: datetime, now: datetime) -> None:
    later.send(QUEUE, message(one.tenant, one.webhook_id, one.id), tenant=one.tenant, at=at, now=now)


def _disabled(webhook: Webhook, answer: Answer, at: datetime) -> tuple[Webhook, Webhook] | None:
    """The webhook before and after, where this answer is its last."""
    if answer.status == GONE:
        reason = "the receiver answered 410 Gone"
    elif retrying.is_given_up(webhook.failing_since, at):
        reason = f"nothing could be delivered for {retrying.FAILING_FOR.days} days"
    else:
        return None
    after = replace(webhook, state=State.DISABLED, disabled_reason=reason, updated_at=at, revision=uuid7(epoch_ms(at)))
    return webhook, after


def _mark(webhook: Webhook, *, is_taken: bool, at: datetime) -> None:
    """Where it changes, keep since when the receiver takes nothing."""
    if is_taken == (webhook.failing_since is None):
        return
    try:
        store.mark_failing(webhook, None if is_taken else at)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise

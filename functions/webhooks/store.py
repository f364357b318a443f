"""Webhooks in the table: each change with its event in one transaction."""

import json
from datetime import datetime

from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform.clock import epoch_ms, from_epoch_ms
from pentarch.platform.tables import Transaction, batch_get
from webhooks.errors import ChangedMeanwhileError, TooManyWebhooksError
from webhooks.model import MAX_WEBHOOKS, Format, Secret, State, Statistics, Webhook
from webhooks.table import (
    STATISTICS,
    TOTALS,
    WEBHOOK,
    StatisticsItem,
    TotalsItem,
    WebhookItem,
    partition_of,
    webhook_key,
)


def add(one: Webhook, event: Event) -> None:
    transaction = Transaction()
    transaction.put(to_item(one), condition=WebhookItem.key.does_not_exist(), otherwise=ChangedMeanwhileError())
    transaction.update(
        TotalsItem(one.tenant, TOTALS),
        [TotalsItem.webhooks.add(1)],
        condition=TotalsItem.webhooks.does_not_exist() | (TotalsItem.webhooks < MAX_WEBHOOKS),
        otherwise=TooManyWebhooksError(f"a tenant has at most {MAX_WEBHOOKS} webhooks"),
    )
    events.record(transaction, event)
    transaction.commit()


def change(transaction: Transaction, before: Webhook, after: Webhook) -> None:
    """Put a webhook's new form, if it is still as it was seen."""
    transaction.put(
        to_item(after), condition=WebhookItem.revision == before.revision, otherwise=ChangedMeanwhileError()
    )


def write(before: Webhook, after: Webhook, event: Event) -> None:
    transaction = Transaction()
    change(transaction, before, after)
    events.record(transaction, event)
    transaction.commit()


def remove(one: Webhook, event: Event) -> None:
    """What is left of its deliveries goes by its time to live."""
    transaction = Transaction()
    gone = WebhookItem(one.tenant, webhook_key(one.id))
    transaction.delete(gone, condition=WebhookItem.revision == one.revision, otherwise=ChangedMeanwhileError())
    transaction.update(TotalsItem(one.tenant, TOTALS), [TotalsItem.webhooks.add(-1)])
    events.record(transaction, event)
    transaction.commit()


def get(tenant: str, webhook_id: str) -> Webhook | None:
    [item] = batch_get([(WebhookItem, tenant, webhook_key(webhook_id))], consistent=True)
    return to_webhook(item) if item else None


def of_tenant(tenant: str) -> list[Webhook]:
    """All of a tenant's, the oldest first: they are few, and every event is held against all of them."""
    found = WebhookItem.query(tenant, WebhookItem.key.startswith(WEBHOOK), consistent_read=True)
    return sorted((to_webhook(item) for item in found), key=lambda one: (one.created_at, one.id))


def mark_failing(one: Webhook, since: datetime | None) -> None:
    """Note since when nothing was delivered, or that something was; what somebody else noted before stands."""
    item = WebhookItem(one.tenant, webhook_key(one.id))
    if since is None:
        item.update([WebhookItem.failing_since.remove()], condition=WebhookItem.key.exists())
    else:
        unmarked = WebhookItem.key.exists() & WebhookItem.failing_since.does_not_exist()
        item.update([WebhookItem.failing_since.set(epoch_ms(since))], condition=unmarked)


def statistics(tenant: str, webhook_id: str) -> Statistics:
    lanes = list(StatisticsItem.query(partition_of(tenant, webhook_id), StatisticsItem.key.startswith(STATISTICS)))
    last = {
        name: from_epoch_ms(max(times))
        for name in ("delivered", "failed")
        if (times := [int(at) for lane in lanes if (at := getattr(lane, f"last_{name}")) is not None])
    }
    return Statistics(
        delivered=sum(int(lane.delivered) for lane in lanes),
        failed=sum(int(lane.failed) for lane in lanes),
        attempts=sum(int(lane.attempts) for lane in lanes),
        failed_attempts=sum(int(lane.failed_attempts) for lane in lanes),
        answered=sum(int(lane.answered) for lane in lanes),
        total_ms=sum(float(lane.total_ms) for lane in lanes),
        last=last,
    )


def to_item(one: Webhook) -> WebhookItem:
    return WebhookItem(
        one.tenant,
        webhook_key(one.id),
        url=one.url,
        events=list(one.events),
        format=one.format,
        secrets=[
            json.dumps([secret.sealed, None if secret.until is None else epoch_ms(secret.until)])
            for secret in one.secrets
        ],
        description=one.description,
        ordered=one.ordered,
        state=one.state,
        disabled_reason=one.disabled_reason,
        failing_since=None if one.failing_since is None else epoch_ms(one.failing_since),
        created_at=epoch_ms(one.created_at),
        created_by=one.created_by,
        updated_at=epoch_ms(one.updated_at),
        revision=one.revision,
    )


def to_webhook(item: WebhookItem) -> Webhook:
    secrets = [json.loads(text) for text in item.secrets]
    return Webhook(
        tenant=item.partition,
        id=item.key.removeprefix(WEBHOOK),
        url=item.url,
        events=tuple(item.events),
        format=Format(item.format),
        secrets=tuple(Secret(sealed, None if until is None else from_epoch_ms(until)) for sealed, until in secrets),
        description=item.description,
        ordered=item.ordered,
        state=State(item.state),
        disabled_reason=item.disabled_reason,
        failing_since=None if item.failing_since is None else from_epoch_ms(int(item.failing_since)),
        created_at=from_epoch_ms(int(item.created_at)),
        created_by=item.created_by,
        updated_at=from_epoch_ms(int(item.updated_at)),
        revision=item.revision,
    )

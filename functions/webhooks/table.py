"""The webhooks' table. A tenant's webhooks lie together; each webhook's deliveries in a partition of their own."""

import zlib

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from pentarch.platform.tables import PartitionTable, TableName

WEBHOOK = "webhook#"
TOTALS = "totals"
DELIVERY = "delivery#"
STATISTICS = "statistics#"
LANE = "lane"
LANES = 8
"""Counters of one webhook: many of its deliveries end at once."""


class _Item(PartitionTable):
    """Lies under the tenant, or under `tenant#webhook`."""

    class Meta:
        table_name = TableName("WEBHOOKS_TABLE")


class WebhookItem(_Item):
    url = UnicodeAttribute()
    events = ListAttribute[str]()
    format = UnicodeAttribute()
    secrets = ListAttribute[str]()
    """JSON of the sealed text and its end, in Unix milliseconds."""
    description = UnicodeAttribute(default="")
    ordered = BooleanAttribute(default=False)
    state = UnicodeAttribute()
    disabled_reason = UnicodeAttribute(null=True)
    failing_since = NumberAttribute(null=True)
    """In Unix milliseconds, as the other times."""
    created_at = NumberAttribute()
    created_by = UnicodeAttribute()
    updated_at = NumberAttribute()
    revision = UnicodeAttribute()


class TotalsItem(_Item):
    webhooks = NumberAttribute(default=0)


class DeliveryItem(_Item):
    event = UnicodeAttribute()
    happened_at = NumberAttribute()
    data = UnicodeAttribute()
    """JSON."""
    outcome = UnicodeAttribute()
    tries = NumberAttribute(default=0)
    due_at = NumberAttribute(null=True)
    owner = UnicodeAttribute(null=True)
    """Who is trying it, until `until`."""
    until = NumberAttribute(null=True)
    attempts = ListAttribute[str](null=True)
    """JSON of each, the oldest first."""
    redelivered = NumberAttribute(default=0)
    wish = UnicodeAttribute(null=True)
    ttl = NumberAttribute()


class PlaceItem(_Item):
    """A delivery in the list of those with its outcome."""

    ttl = NumberAttribute(null=True)


class StatisticsItem(_Item):
    delivered = NumberAttribute(default=0)
    failed = NumberAttribute(default=0)
    attempts = NumberAttribute(default=0)
    failed_attempts = NumberAttribute(default=0)
    answered = NumberAttribute(default=0)
    total_ms = NumberAttribute(default=0)
    last_delivered = NumberAttribute(null=True)
    last_failed = NumberAttribute(null=True)


class LaneItem(_Item):
    """Whose turn it is to send a webhook's deliveries one after the other."""

    owner = UnicodeAttribute(null=True)
    until = NumberAttribute(null=True)
    wanted = BooleanAttribute(default=False)
    """Something came while the lane was taken."""


def webhook_key(webhook_id: str) -> str:
    return f"{WEBHOOK}{webhook_id}"


def partition_of(tenant: str, webhook_id: str) -> str:
    return f"{tenant}#{webhook_id}"


def delivery_key(delivery_id: str) -> str:
    return f"{DELIVERY}{delivery_id}"


def place_key(outcome: str, delivery_id: str) -> str:
    return f"{outcome}#{delivery_id}"


def statistics_key(delivery_id: str) -> str:
    return f"{STATISTICS}{zlib.crc32(delivery_id.encode()) % LANES}"

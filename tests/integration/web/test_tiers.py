"""Tiers as the references' tables have them, seen by a client: in the headers of replies, and where requests end."""

import pytest

from pentarch.identity.model import Tier
from pentarch.limits.model import CONCURRENT_EXECUTIONS, HOUR_S, REQUESTS_PER_HOUR, Window
from pentarch.limits.store import LimitItem
from pentarch.platform import clients
from support.lambdas import Caller
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant

PATH = "/api/v2/models"
AI_SEMBLE = {Tier.FREE: 100, Tier.PRO: 1_000, Tier.ENTERPRISE: 10_000}
META_AGENTS = {Tier.FREE: (100, 1), Tier.BASIC: (1_000, 5), Tier.PRO: (10_000, 20)}
"""Requests an hour, and executions at once; of Enterprise it says "custom"."""


def test_no_tier_gives_less_than_a_reference_promises() -> None:
    """A tenant is of one tier in all dialects: where the references differ (Pro), it has the larger number."""
    for tier in Tier:
        promised = [AI_SEMBLE.get(tier, 0), META_AGENTS.get(tier, (0, 0))[0]]
        assert REQUESTS_PER_HOUR[tier] == max(promised), tier
    assert {tier: CONCURRENT_EXECUTIONS[tier] for tier in META_AGENTS} == {
        tier: at_once for tier, (_, at_once) in META_AGENTS.items()
    }


@pytest.mark.parametrize("tier", list(Tier))
def test_a_tier_ends_after_as_many_requests_an_hour_as_it_has(anybody: Caller, clock: StoppedClock, tier: Tier) -> None:
    per_hour = REQUESTS_PER_HOUR[tier]
    client = anybody.using(make_tenant("acme", requests_per_hour=per_hour))
    first = client.get(PATH).expect(200)
    assert first.headers["x-ratelimit-limit"] == str(per_hour)
    assert first.headers["x-ratelimit-remaining"] == str(per_hour - 1)
    window = Window.of(clock.at)
    assert first.headers["x-ratelimit-reset"] == str(window.hour_end)

    _count("acme", window, per_hour - 2)
    assert client.get(PATH).expect(200).headers["x-ratelimit-remaining"] == "0"
    refused = client.get(PATH).expect(429)
    assert refused.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
    assert refused.headers["x-ratelimit-remaining"] == "0"
    left = window.hour_end - int(clock.at.timestamp())
    assert refused.headers["retry-after"] == str(left)
    clock.advance(seconds=HOUR_S)
    assert client.get(PATH).expect(200).headers["x-ratelimit-remaining"] == str(per_hour - 1)


def _count(tenant: str, window: Window, more: int) -> None:
    """As many requests more in this hour."""
    clients.dynamodb().update_item(
        TableName=LimitItem.Meta.table_name,
        Key={"tenant": {"S": tenant}, "window": {"S": str(window.hour_start)}},
        UpdateExpression="ADD #n :more",
        ExpressionAttributeNames={"#n": "n"},
        ExpressionAttributeValues={":more": {"N": str(more)}},
    )

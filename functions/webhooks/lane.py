"""One webhook's deliveries one after the other, for those that want their events in order.

A lane is held by one worker at a time, under a lease. Whoever finds it taken says so in the lane and goes: its holder
looks again before it gives it back. Events come over several streams and queues that keep no common order, so one is
sent when it is a few seconds old, by when the ones before it have arrived.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from pentarch.platform import clock
from pentarch.platform.clock import epoch_ms
from pentarch.work import later
from webhooks import deliveries, delivering, store
from webhooks.errors import DeliveryMovedError
from webhooks.model import TIMEOUT_S
from webhooks.table import LANE, LaneItem, partition_of

SETTLE = timedelta(seconds=5)
_LEAST_S = TIMEOUT_S + 10
"""What a try needs; with less left, the lane goes on in a new message."""


def run(tenant: str, webhook_id: str, owner: str, remaining_s: Callable[[], float]) -> None:
    """Send what is due, in order, until nothing is, or the time is over."""
    while _take(tenant, webhook_id, owner, remaining_s()):
        later_at = _drain(tenant, webhook_id, owner, remaining_s)
        if later_at is not None:
            wake(tenant, webhook_id, later_at, clock.now())
        if _give_back(tenant, webhook_id, owner):
            return


def message(tenant: str, webhook_id: str) -> dict[str, Any]:
    return {"kind": "lane", "tenant": tenant, "webhook_id": webhook_id}


def wake(tenant: str, webhook_id: str, at: datetime, now: datetime) -> None:
    later.send(delivering.QUEUE, message(tenant, webhook_id), tenant=tenant, at=at, now=now)


def _drain(tenant: str, webhook_id: str, owner: str, remaining_s: Callable[[], float]) -> datetime | None:
    """When to go on; None: when something new comes."""
    while True:
        webhook = store.get(tenant, webhook_id)
        one = deliveries.first_pending(tenant, webhook_id)
        now = clock.now()
        if webhook is None or one is None:
            return None
        ready = max(one.happened_at + SETTLE, one.due_at or now)
        if ready > now:
            return ready
        if remaining_s() < _LEAST_S:
            return now
        try:
            result = delivering.attempt(webhook, one, owner)
        except DeliveryMovedError:  # whoever had the lane before died in the middle of this one
            return now + delivering.LEASE
        if result.due_at is not None:
            return result.due_at


def _take(tenant: str, webhook_id: str, owner: str, remaining_s: float) -> bool:
    now = clock.now()
    until = epoch_ms(now + timedelta(seconds=max(0.0, remaining_s)))
    free = LaneItem.owner.does_not_exist() | (LaneItem.until < epoch_ms(now)) | (LaneItem.owner == owner)
    taking = [LaneItem.owner.set(owner), LaneItem.until.set(until), LaneItem.wanted.set(False)]
    if _moved(tenant, webhook_id, taking, free):
        return True
    # Its holder sees the wish before giving the lane back; has it just done so, the lane is free now.
    _moved(tenant, webhook_id, [LaneItem.wanted.set(True)], None)
    return _moved(tenant, webhook_id, taking, free)


def _give_back(tenant: str, webhook_id: str, owner: str) -> bool:
    """False when something came meanwhile: then the lane is still this worker's."""
    ours = LaneItem.owner == owner
    giving = [LaneItem.owner.remove(), LaneItem.until.remove()]
    if _moved(tenant, webhook_id, giving, ours & (LaneItem.wanted == False)):  # noqa: E712 (an expression)
        return True
    return not _moved(tenant, webhook_id, [LaneItem.wanted.set(False)], ours)


def _moved(tenant: str, webhook_id: str, actions: Sequence[Action], condition: Condition | None) -> bool:
    try:
        LaneItem(partition_of(tenant, webhook_id), LANE).update(list(actions), condition=condition)
    except UpdateError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            return False
        raise
    return True

"""Messages again and again: a schedule of EventBridge Scheduler that is kept as its owner wants it.

What is wanted is in a table, and written first, with its event. The schedule in AWS follows from it: at once in the
same request, and again from the event, by the worker, which reads what is wanted then. So a request that dies in
between changes nothing for good, and a schedule that fires though nobody wants it any more is taken away by what it
fired. Every firing is one piece of work, however often its message comes: its id is made from the time it was due.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pentarch.platform import clients, clock
from pentarch.platform.clock import from_epoch_ms, parse_iso
from pentarch.work import later
from pentarch.work.cron import Rate, parse

if TYPE_CHECKING:
    from pentarch.work.messages import Run

DUE_AT = "<aws.scheduler.scheduled-time>"
"""EventBridge Scheduler puts the time in its place; an emulator that does not leaves the message's own id to go by."""
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """What a schedule is to be."""

    expression: str
    enabled: bool
    since: datetime
    """When it was set: what a rate is counted from."""
    message: Mapping[str, Any]
    """To the worker's queue at each firing, with `due_at` beside."""
    time_zone: str = "UTC"


def apply(owner: str, name: str, wanted: Callable[[], Wish | None]) -> None:
    """Make the schedule in AWS what is wanted, and look again: another may have changed the wish meanwhile.

    `owner` names the environment's variables: OWNER_SCHEDULE_GROUP, OWNER_SCHEDULE_ROLE_ARN and OWNER_QUEUE_ARN.
    """
    wish = wanted()
    for _ in range(_ATTEMPTS):
        _write(owner, name, wish)
        wish_now = wanted()
        if wish_now == wish:
            return
        wish = wish_now
    msg = "the schedule does not stand still"
    raise RuntimeError(msg)


def name_of(prefix: str, *parts: str) -> str:
    """Schedules of all tenants share a group, and a tenant's name may be too long for a schedule's."""
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f"{prefix}-{digest[:40]}"


def occasion(run: "Run") -> tuple[datetime, str]:
    """When a firing was due, and what distinguishes it: the same for each time that its message comes."""
    try:
        due = parse_iso(str(run.body.get("due_at")))
    except ValueError:
        return from_epoch_ms(run.sent_ms), run.message_id
    return due, clock.iso(due)


def _write(owner: str, name: str, wanted: Wish | None) -> None:
    client = clients.scheduler()
    place = {"GroupName": os.environ[f"{owner}_SCHEDULE_GROUP"], "Name": name}
    if wanted is None:
        try:
            client.delete_schedule(**place)
        except client.exceptions.ResourceNotFoundException:
            return
        return
    settings = place | _settings(owner, wanted)
    try:
        client.update_schedule(**settings)
    except client.exceptions.ResourceNotFoundException:
        try:
            client.create_schedule(**settings)
        except client.exceptions.ConflictException:  # another has made it since
            client.update_schedule(**settings)


def _settings(owner: str, wanted: Wish) -> dict[str, Any]:
    role = os.environ[f"{owner}_SCHEDULE_ROLE_ARN"]
    settings: dict[str, Any] = {
        "ScheduleExpression": wanted.expression,
        "ScheduleExpressionTimezone": wanted.time_zone,
        "State": "ENABLED" if wanted.enabled else "DISABLED",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": later.target(owner, json.dumps({**wanted.message, "due_at": DUE_AT}), role),
    }
    parsed = parse(wanted.expression, wanted.time_zone)
    if isinstance(parsed, Rate):  # else it would be counted from whenever it was last written
        settings["StartDate"] = parsed.next_after(clock.now(), wanted.since)
    return settings

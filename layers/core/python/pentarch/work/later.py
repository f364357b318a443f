"""Messages for later: by the queue's own delay where it is short, else by a schedule that fires once."""

import hashlib
import json
import math
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pentarch.platform import clients
from pentarch.work import queue

MAX_DELAY_S = 900
"""SQS delays a message by 15 minutes at most."""
_RETRIES = 8
_MAX_EVENT_AGE_S = 3600


def send(name: str, body: Mapping[str, Any], *, tenant: str, at: datetime, now: datetime) -> None:
    """Send a message to the queue `NAME_QUEUE_URL` at an instant, or a little after; sent twice it comes twice.

    Schedules begin within the minute; the same message for the same instant makes one schedule, however often.
    """
    delay = max(0, math.ceil((at - now).total_seconds()))
    if delay <= MAX_DELAY_S:
        queue.send(f"{name}_QUEUE_URL", body, tenant=tenant, delay_s=delay)
        return
    put(name, schedule_name(name, body, at), body, at)


def put(name: str, schedule: str, body: Mapping[str, Any], at: datetime) -> None:
    """Make the schedule, unless it is there already: its name says what it does and when."""
    client = clients.scheduler()
    try:
        client.create_schedule(
            GroupName=os.environ["LATER_SCHEDULE_GROUP"],
            Name=schedule,
            ScheduleExpression=f"at({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE",
            Target=target(
                name,
                json.dumps(body, separators=(",", ":"), sort_keys=True),
                os.environ["LATER_SCHEDULE_ROLE_ARN"],
            ),
        )
    except client.exceptions.ConflictException:
        return


def target(name: str, text: str, role: str) -> dict[str, Any]:
    """Of any schedule: the queue `NAME_QUEUE_ARN`; what the queue does not take within an hour is set aside."""
    return {
        "Arn": os.environ[f"{name}_QUEUE_ARN"],
        "RoleArn": role,
        "Input": text,
        "DeadLetterConfig": {"Arn": os.environ["SCHEDULES_DEAD_LETTER_QUEUE_ARN"]},
        "RetryPolicy": {"MaximumRetryAttempts": _RETRIES, "MaximumEventAgeInSeconds": _MAX_EVENT_AGE_S},
    }


def remove(schedule: str) -> None:
    """Take a schedule away; one that is gone, or has been, is no error."""
    client = clients.scheduler()
    try:
        client.delete_schedule(GroupName=os.environ["LATER_SCHEDULE_GROUP"], Name=schedule)
    except client.exceptions.ResourceNotFoundException:
        return


def schedule_name(name: str, body: Mapping[str, Any], at: datetime) -> str:
    said = json.dumps([body, int(at.timestamp())], sort_keys=True)
    return f"{name.lower()}-{hashlib.sha256(said.encode()).hexdigest()[:40]}"

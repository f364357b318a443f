"""The end of an approval's time: a one-time schedule for each proposal, which writes what holds by then anyway."""

import hashlib
import json
import os
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from pentarch.platform import clients, clock
from pentarch.work.messages import Run
from sessions import approval, store
from sessions.lifecycle import Status
from sessions.model import Session

_LEAST_WAIT = timedelta(minutes=1)
"""A schedule has to be ahead of the clock of whoever takes it."""
_MAX_EVENT_AGE_S = 3600
_RETRIES = 8


def watch(message: Run) -> None:
    """Have a proposal looked at when its time is over."""
    session = store.get(str(message.body["tenant"]), str(message.body["id"]))
    if session is None or session.status is not Status.PENDING_APPROVAL or session.expires_at is None:
        return
    client = clients.scheduler()
    with suppress(client.exceptions.ConflictException):  # it is there already
        client.create_schedule(**_settings(session, session.expires_at))


def expire(message: Run) -> None:
    at = clock.now()
    session = store.get(str(message.body["tenant"]), str(message.body["id"]))
    if session is None or session.round != message.body.get("round") or not session.is_over(at):
        return
    approval.expire(session, at)  # MovedError: somebody decides in this very moment, and the message comes again


def _settings(session: Session, expires_at: datetime) -> dict[str, Any]:
    body = {"kind": "expire", "tenant": session.tenant, "id": session.id, "round": session.round}
    due = max(expires_at, clock.now() + _LEAST_WAIT) + timedelta(seconds=1)
    name = hashlib.sha256(f"{session.tenant}\n{session.id}\n{session.round}".encode()).hexdigest()
    return {
        "GroupName": os.environ["SESSIONS_SCHEDULE_GROUP"],
        "Name": f"expire-{name[:50]}",
        "ScheduleExpression": f"at({due:%Y-%m-%dT%H:%M:%S})",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",
        "Target": {
            "Arn": os.environ["SESSIONS_QUEUE_ARN"],
            "RoleArn": os.environ["SESSIONS_SCHEDULE_ROLE_ARN"],
            "Input": json.dumps(body),
            "DeadLetterConfig": {"Arn": os.environ["SCHEDULES_DEAD_LETTER_QUEUE_ARN"]},
            "RetryPolicy": {"MaximumRetryAttempts": _RETRIES, "MaximumEventAgeInSeconds": _MAX_EVENT_AGE_S},
        },
    }

"""Everything that a webhook's delivery passes through, and a receiver."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

import fanout.stream
import webhooks.deliver
import webhooks.match
from pentarch.events import store as events
from pentarch.events.model import happened
from pentarch.platform import clock as clocks
from support.lambdas import Caller
from support.pump import Stack
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant
from webhooks.api import handler

PATH = "/api/v2/webhooks"
SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="
_GROUP = "LaterScheduleGroup"


class WebhookStack(Stack):
    def __init__(self, patch: pytest.MonkeyPatch, clock: StoppedClock) -> None:
        super().__init__(patch, clock)
        self.reads_stream("fanout", fanout.stream.handler)
        self.reads_queue("match", "WEBHOOKS_EVENTS_QUEUE_URL", webhooks.match.handler)
        self.reads_queue("deliver", "WEBHOOKS_QUEUE_URL", webhooks.deliver.handler)
        self._scheduler = boto3.client("scheduler")

    def tenant(self, name: str) -> Caller:
        return Caller(handler, {"X-API-Key": make_tenant(name)})

    def fire_next(self) -> bool:
        """Wait for the next one-time schedule and let it send what it is to send; False: there is none."""
        names = [one["Name"] for one in self._scheduler.list_schedules(GroupName=_GROUP)["Schedules"]]
        found = [self._scheduler.get_schedule(GroupName=_GROUP, Name=name) for name in names]
        if not found:
            return False
        first = min(found, key=lambda one: str(one["ScheduleExpression"]))
        at = datetime.fromisoformat(first["ScheduleExpression"].removeprefix("at(").removesuffix(")")).replace(
            tzinfo=UTC
        )
        self.clock.at = max(self.clock.at, at)
        assert first["ActionAfterCompletion"] == "DELETE"
        self._scheduler.delete_schedule(GroupName=_GROUP, Name=first["Name"])
        [variable] = [
            name.replace("_ARN", "_URL") for name, arn in os.environ.items()
            if arn == first["Target"]["Arn"] and name.endswith("_QUEUE_ARN")
        ]  # fmt: skip
        self.send(variable, first["Target"]["Input"])
        return True

    def run_all(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Deliver everything, days of schedules included."""
        self.run()
        while not until() and self.fire_next():
            self.run()


def register(api: Caller, url: str, *events: str, **more: Any) -> str:
    body = {"url": url, "events": list(events) or ["job.completed"], "secret": SECRET} | more
    return str(api.post(PATH, body).expect(201).json()["id"])


def tell(tenant: str, event_type: str = "job.completed", **data: Any) -> str:
    """Write an event into the log; its id."""
    event = happened(clocks.now(), tenant, event_type, action="test", actor="system:test", resource="job_1", data=data)
    events.append(event)
    return event.id


def deliveries(api: Caller, webhook_id: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        api.get(f"{PATH}/{webhook_id}/deliveries", query=query or None).expect(200).json()["deliveries"]
    )
    return found


def shown(api: Caller, webhook_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"{PATH}/{webhook_id}").expect(200).json()
    return found


def parsed(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body)
    return found

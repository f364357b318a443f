"""Everything that a job passes through, and what tests ask of it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

import fanout.stream
import jobs.worker
import llm.worker
from jobs.api import handler
from pentarch.events import store as events
from pentarch.events.model import Event
from pentarch.platform import clock
from pentarch.usage import store as usage
from pentarch.work.table import ResultItem, ShardItem, TotalsItem, partition_of, results_partition
from support.lambdas import Caller
from support.pump import Stack
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant

PATH = "/api/v2/jobs"


class JobStack(Stack):
    """The functions that a job passes through."""

    def __init__(self, patch: pytest.MonkeyPatch, clock: StoppedClock) -> None:
        super().__init__(patch, clock)
        self.reads_stream("fanout", fanout.stream.handler)
        self.reads_queue("jobs", "JOBS_QUEUE_URL", jobs.worker.handler)
        self.reads_queue("llm", "LLM_WORK_QUEUE_URL", llm.worker.handler, batch=1)
        for priority in ("low", "high", "urgent"):
            self.reads_queue(f"llm-{priority}", f"LLM_WORK_{priority.upper()}_QUEUE_URL", llm.worker.handler, batch=1)

    def tenant(self, name: str, **facts: Any) -> Caller:
        return Caller(handler, {"X-API-Key": make_tenant(name, **facts)})

    def until(self, name: str, invocations: int = 1) -> None:
        """Deliver until a function has run so often from now on."""
        wanted = self.invocations(name) + invocations
        while self.invocations(name) < wanted:
            assert self.step(), f"{name} is not called again"


def a_job(*inputs: Any, **parameters: Any) -> dict[str, Any]:
    given = {"inputs": list(inputs)} if inputs else {}
    return {
        "name": "a job",
        "type": "batch_processing",
        "service": "llm",
        "parameters": given | {"model": "fake-model", "sensitivity": "PUBLIC"} | parameters,
    }


def create(api: Caller, *inputs: Any, **parameters: Any) -> str:
    made = api.post(PATH, a_job(*inputs, **parameters)).expect(201).json()
    return str(made["job_id"])


def seen(api: Caller, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"{PATH}/{job_id}").expect(200).json()
    return found


def lines(api: Caller, job_id: str) -> list[dict[str, Any]]:
    text = api.get(f"{PATH}/{job_id}/results").expect(200).text
    return [json.loads(line) for line in text.splitlines()]


def texts(api: Caller, job_id: str) -> list[str | None]:
    """The answers in order, None for each that failed."""
    return [line.get("output", {}).get("text") for line in lines(api, job_id)]


def stored_results(tenant: str, job_id: str) -> list[str]:
    numbers = [int(shard.key.removeprefix("shard#")) for shard in shards_of(tenant, job_id)]
    places = [results_partition(tenant, job_id, number) for number in numbers]
    return [item.key for place in places for item in ResultItem.query(place)]


def shards_of(tenant: str, job_id: str) -> Iterator[ShardItem]:
    return iter(ShardItem.query(partition_of(tenant, job_id), ShardItem.key.startswith("shard#")))


def totals(tenant: str) -> dict[str, int]:
    """The counters that are not zero."""
    item = TotalsItem.get(tenant, "totals")
    names = ("all", "scheduled", "waiting", "queued", "running", "completed", "failed", "cancelled")
    return {name: int(getattr(item, name)) for name in names if getattr(item, name)}


def told(tenant: str, *types: str) -> list[Event]:
    """The tenant's events of the test's time, oldest first, of some types or all."""
    now = clock.now()
    found = events.newest_first(tenant, start=now - timedelta(days=4), end=now + timedelta(seconds=1))
    return [event for event in reversed(list(found)) if not types or event.type in types]


def assert_consistent(tenant: str, job_id: str) -> None:
    """What must hold at any time: each result is stored once, was told once, and moved its shard one step."""
    results = len(stored_results(tenant, job_id))
    assert sum(int(shard.resolved) for shard in shards_of(tenant, job_id)) == results
    assert len(told(tenant, "llm.completed", "job.input_failed")) == results


def assert_counted_once(tenant: str) -> None:
    """The usage is what the log says, for the months and for the days."""
    served = told(tenant, "llm.completed")
    days = {event.at.date() for event in served}
    months = [usage.month(tenant, clock.parse_iso(name)) for name in {f"{day:%Y-%m-01}" for day in days}]
    rows = list(usage.rows(tenant, min(days), max(days)))
    cost = sum(event.data["cost_nano_usd"] for event in served)
    assert sum(month.requests for month in months) == sum(row.consumption.requests for row in rows) == len(served)
    assert sum(month.cost_nano_usd for month in months) == cost
    assert sum(row.consumption.cost_nano_usd for row in rows) == cost


def open_work(tenant: str) -> tuple[int, int]:
    """The tenant's jobs that have not ended, and their inputs, as the quota counts them."""
    item = TotalsItem.get(tenant, "totals")
    return int(item.open), int(item.open_inputs)

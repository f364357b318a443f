"""Reading what the operator is shown: sums from the usage table, queues from SQS, alarms and ages from CloudWatch."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ops import halting, queues, stack
from ops.exposition import Queue, Readings
from pentarch.platform import clients
from pentarch.usage import requests
from pentarch.usage.store import stack_totals

_THREADS = 8
_AGE_WINDOW = timedelta(minutes=5)
_HOUR = timedelta(hours=1)
_HOURS = 24


@dataclass(frozen=True, slots=True)
class Alert:
    level: str
    message: str
    at: datetime


def metrics(at: datetime) -> Readings:
    known_queues = [(one.name, url) for one in stack.current().services.values() for url in one.queues]
    ages = _ages([url for _, url in known_queues], at)
    with ThreadPoolExecutor(_THREADS) as threads:
        counts = list(threads.map(lambda pair: queues.depth(pair[1]), known_queues))
    by_service: dict[str, Queue] = {}
    for (service, url), (waiting, in_flight) in zip(known_queues, counts, strict=True):
        known = by_service.get(service, Queue(service, 0, 0, None))
        told = [age for age in (known.oldest_s, ages.get(_name(url))) if age is not None]
        by_service[service] = Queue(
            service, known.waiting + waiting, known.in_flight + in_flight, max(told) if told else None
        )
    return Readings(
        requests=requests.sums(),
        models=stack_totals("model#"),
        jobs=jobs(),
        provider_errors={name: total.requests for name, total in stack_totals("provider_errors#").items()},
        queues=[by_service[name] for name in sorted(by_service)],
        stopped=halting.stopped(),
    )


def jobs() -> dict[str, int]:
    """How many jobs of all tenants are in each state."""
    return {state: total.requests for state, total in stack_totals("jobs#").items()}


def failed_jobs(at: datetime) -> int:
    """In the present hour and the 24 before it: sums are kept by the hour."""
    wanted = {f"{at - number * _HOUR:%Y-%m-%dT%H}" for number in range(_HOURS + 1)}
    days = {hour[:10] for hour in wanted}
    found: dict[str, Any] = {}
    for day in days:
        found |= {f"{day}{rest}": total for rest, total in stack_totals(f"failed_jobs#{day}").items()}
    return sum(total.requests for hour, total in found.items() if hour in wanted)


def alerts() -> list[Alert]:
    """The stack's alarms that are off now."""
    pages = clients.inspection("cloudwatch").get_paginator("describe_alarms")
    found = pages.paginate(AlarmNamePrefix=f"{os.environ['STACK_NAME']}-", StateValue="ALARM")
    return [_alert(alarm) for page in found for alarm in page.get("MetricAlarms", ())]


def up_since() -> datetime:
    """When the stack was made."""
    [found] = clients.inspection("cloudformation").describe_stacks(StackName=os.environ["STACK_NAME"])["Stacks"]
    made: datetime = found["CreationTime"]
    return made


def _alert(alarm: Mapping[str, Any]) -> Alert:
    said = str(alarm.get("AlarmDescription") or alarm["AlarmName"])
    return Alert("warning", said, alarm["StateUpdatedTimestamp"])


def _ages(queues: list[str], at: datetime) -> dict[str, float]:
    """Seconds that the oldest message of each queue waits, by the queue's name; CloudWatch alone knows."""
    if not queues:
        return {}
    asked = list(_queries([_name(url) for url in queues]))
    answer = clients.inspection("cloudwatch").get_metric_data(
        MetricDataQueries=[query for _, query in asked], StartTime=at - _AGE_WINDOW, EndTime=at
    )
    values = {result["Id"]: result["Values"] for result in answer["MetricDataResults"]}
    return {name: float(values[query["Id"]][0]) for name, query in asked if values.get(query["Id"])}


def _queries(names: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, name in enumerate(names):
        metric = {
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateAgeOfOldestMessage",
            "Dimensions": [{"Name": "QueueName", "Value": name}],
        }
        yield name, {"Id": f"q{number}", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}


def _name(queue_url: str) -> str:
    return queue_url.rsplit("/", 1)[-1]

"""The metrics in Prometheus' text format, as its official client writes it. Each is a sum over the whole stack."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pentarch.platform.money import NANO_PER_USD
from pentarch.usage.model import Consumption
from pentarch.usage.requests import BOUNDS_S, Histogram

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_STATES = ("scheduled", "waiting", "queued", "running", "completed", "failed", "cancelled")
_GAUGES = frozenset({"scheduled", "waiting", "queued", "running"})
_PREFIX = "aisemble_"


@dataclass(frozen=True, slots=True)
class Queue:
    service: str
    waiting: int
    in_flight: int
    oldest_s: float | None
    """None: CloudWatch has no figure."""


@dataclass(frozen=True, slots=True)
class Readings:
    requests: Mapping[tuple[str, str], Histogram]
    """By service and outcome."""
    models: Mapping[str, Consumption]
    jobs: Mapping[str, int]
    provider_errors: Mapping[str, int]
    queues: Iterable[Queue]
    stopped: Iterable[str]


def text(readings: Readings) -> bytes:
    """The exposition. The client's library is imported here: a scrape needs it, and nothing else does."""
    from prometheus_client.exposition import generate_latest

    return generate_latest(_Collector(readings))


@dataclass(frozen=True, slots=True)
class _Collector:
    readings: Readings

    def collect(self) -> "Iterator[Metric]":
        yield from _requests(self.readings.requests)
        yield from _models(self.readings.models)
        yield from _jobs(self.readings.jobs)
        yield from _queues(self.readings.queues)
        yield from _rest(self.readings)


def _requests(found: Mapping[tuple[str, str], Histogram]) -> "Iterator[Metric]":
    from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

    labels = ["service", "status"]
    total = CounterMetricFamily(f"{_PREFIX}requests", "Total number of requests", labels=labels)
    duration = HistogramMetricFamily(f"{_PREFIX}request_duration_seconds", "Request duration in seconds", labels=labels)
    for names, histogram in sorted(found.items()):
        total.add_metric(names, histogram.count)
        cumulative, buckets = 0, []
        for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), histogram.buckets, strict=True):
            cumulative += count
            buckets.append((bound, cumulative))
        duration.add_metric(names, buckets, histogram.microseconds / 1_000_000)
    yield from (total, duration)


def _models(found: Mapping[str, Consumption]) -> "Iterator[Metric]":
    from prometheus_client.core import CounterMetricFamily

    calls = CounterMetricFamily(f"{_PREFIX}model_calls", "Calls that a model answered", labels=["model"])
    hits = CounterMetricFamily(f"{_PREFIX}cache_hits", "Calls that the cache answered", labels=["model"])
    tokens = CounterMetricFamily(f"{_PREFIX}tokens", "Tokens that models read and wrote", labels=["model", "kind"])
    cost = CounterMetricFamily(f"{_PREFIX}cost_usd", "What model calls cost in US dollars", labels=["model"])
    for model, consumed in sorted(found.items()):
        calls.add_metric([model], consumed.requests - consumed.cached_requests)
        hits.add_metric([model], consumed.cached_requests)
        tokens.add_metric([model, "prompt"], consumed.prompt_tokens)
        tokens.add_metric([model, "completion"], consumed.completion_tokens)
        cost.add_metric([model], consumed.cost_nano_usd / NANO_PER_USD)
    yield from (calls, hits, tokens, cost)


def _jobs(found: Mapping[str, int]) -> "Iterator[Metric]":
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    present = GaugeMetricFamily(f"{_PREFIX}jobs", "Jobs that wait or run now", labels=["state"])
    ended = CounterMetricFamily(f"{_PREFIX}jobs_ended", "Jobs that came to an end", labels=["state"])
    for state in _STATES:
        family = present if state in _GAUGES else ended
        family.add_metric([state], found.get(state, 0))
    yield from (present, ended)


def _queues(found: Iterable[Queue]) -> "Iterator[Metric]":
    from prometheus_client.core import GaugeMetricFamily

    depth = GaugeMetricFamily(f"{_PREFIX}queue_messages", "Messages that wait for a worker", labels=["service"])
    taken = GaugeMetricFamily(f"{_PREFIX}queue_messages_in_flight", "Messages that a worker has", labels=["service"])
    age = GaugeMetricFamily(f"{_PREFIX}queue_age_seconds", "Age of the message that waits longest", labels=["service"])
    for queue in found:
        depth.add_metric([queue.service], queue.waiting)
        taken.add_metric([queue.service], queue.in_flight)
        if queue.oldest_s is not None:
            age.add_metric([queue.service], queue.oldest_s)
    yield from (depth, taken, age)


def _rest(readings: Readings) -> "Iterator[Metric]":
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    errors = CounterMetricFamily(f"{_PREFIX}provider_errors", "Calls that no model answered", labels=["provider"])
    for provider, count in sorted(readings.provider_errors.items()):
        errors.add_metric([provider], count)
    stopped = GaugeMetricFamily(f"{_PREFIX}service_stopped", "Services that an operator stopped", labels=["service"])
    for service in sorted(readings.stopped):
        stopped.add_metric([service], 1)
    yield from (errors, stopped)

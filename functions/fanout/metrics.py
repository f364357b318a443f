"""Metrics of model calls, by model, and of all together their cost, in CloudWatch's embedded format on standard output.

An event that is delivered twice is measured twice: metrics show trends, the usage table counts.
"""

import os
from collections.abc import Iterable

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from fanout.usage import SERVED
from pentarch.events.model import Event
from pentarch.platform.money import NANO_PER_USD

_MAX_VALUES = 99
"""Of one metric in one line: with the hundredth Powertools writes the line by itself, without the others."""


def emit(events: Iterable[Event]) -> None:
    by_model: dict[str, list[Event]] = {}
    for event in events:
        if event.type in SERVED:
            by_model.setdefault(str(event.data["model"]), []).append(event)
    for model, served in by_model.items():
        for start in range(0, len(served), _MAX_VALUES):
            _emit(model, served[start : start + _MAX_VALUES])
    cost = sum(int(event.data["cost_nano_usd"]) for served in by_model.values() for event in served)
    if cost:
        _emit_cost(cost)


def _emit_cost(nano_usd: int) -> None:
    """Of all models together, since an alarm watches one metric; the template's names it by this dimension."""
    metrics = EphemeralMetrics()
    metrics.add_dimension("stack", os.environ["STACK_NAME"])
    metrics.add_metric("CostUsd", MetricUnit.Count, nano_usd / NANO_PER_USD)
    metrics.flush_metrics()


def _emit(model: str, served: list[Event]) -> None:
    metrics = EphemeralMetrics()
    metrics.add_dimension("model", model)
    metrics.add_metric("Requests", MetricUnit.Count, len(served))
    metrics.add_metric("CachedRequests", MetricUnit.Count, sum(bool(event.data["cached"]) for event in served))
    for name, fact in (("PromptTokens", "prompt_tokens"), ("CompletionTokens", "completion_tokens")):
        metrics.add_metric(name, MetricUnit.Count, sum(int(event.data[fact]) for event in served))
    for event in served:
        metrics.add_metric("Latency", MetricUnit.Milliseconds, float(event.data["latency_ms"]))
    metrics.flush_metrics()

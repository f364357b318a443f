"""How far sealing is behind, as CloudWatch's embedded metric format on standard output."""

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from compliance.sealing.appending import Sealed
from pentarch.platform import clock


def emit(sealed: Sealed) -> None:
    """Of a batch: its events, and the age of the oldest when it was sealed."""
    _, told = sealed
    oldest = min(event.at for event in told)
    metrics = EphemeralMetrics()
    metrics.add_metric("SealedEvents", MetricUnit.Count, len(told))
    metrics.add_metric("SealedBatches", MetricUnit.Count, 1)
    metrics.add_metric("SealingLag", MetricUnit.Milliseconds, max(0.0, (clock.now() - oldest).total_seconds() * 1000))
    metrics.flush_metrics()

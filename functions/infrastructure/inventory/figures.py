"""Figures of CloudWatch for many resources in one call; what it does not know is not in the answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pentarch.platform import clients

WINDOW = timedelta(minutes=5)
"""Figures are of so long until now."""
_MOST = 500
"""Figures that one call takes."""


class Figure(NamedTuple):
    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str = "Average"


def read(wanted: Sequence[Figure], at: datetime) -> dict[Figure, float]:
    """Each figure over the whole window, as far as it was measured."""
    found: dict[Figure, float] = {}
    different = list(dict.fromkeys(wanted))
    for start in range(0, len(different), _MOST):
        names = {f"m{number}": figure for number, figure in enumerate(different[start : start + _MOST])}
        pages = clients.inspection("cloudwatch").get_paginator("get_metric_data")
        queries = [_query(name, figure) for name, figure in names.items()]
        for page in pages.paginate(MetricDataQueries=queries, StartTime=at - WINDOW, EndTime=at):
            for result in page["MetricDataResults"]:
                _add(found, names[result["Id"]], result["Values"])
    return found


def _query(name: str, figure: Figure) -> dict[str, Any]:
    dimensions = [{"Name": key, "Value": value} for key, value in figure.dimensions]
    metric: Mapping[str, Any] = {
        "Namespace": figure.namespace,
        "MetricName": figure.metric,
        "Dimensions": dimensions,
    }
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": 60, "Stat": figure.statistic}}


def _add(found: dict[Figure, float], figure: Figure, values: Sequence[float]) -> None:
    if not values:
        return
    match figure.statistic:
        case "Sum":
            value = sum(values)
        case "Maximum":
            value = max(values)
        case _:
            value = sum(values) / len(values)
    found[figure] = float(value)

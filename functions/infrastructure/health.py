"""What CloudWatch knows of a stack and of a version: alarms that are off, and errors where they are counted."""

import math
import os
from datetime import datetime, timedelta

from infrastructure.functions import ALIAS
from pentarch.platform import clients

MAX_ERROR_RATE = 0.05
"""Of a version's invocations: above it, it goes back."""
_PERIOD_S = 60


def alarms() -> tuple[str, ...]:
    """The stack's alarms that are off now."""
    pages = clients.inspection("cloudwatch").get_paginator("describe_alarms")
    found = pages.paginate(AlarmNamePrefix=f"{os.environ['STACK_NAME']}-", StateValue="ALARM")
    return tuple(sorted(alarm["AlarmName"] for page in found for alarm in page.get("MetricAlarms", ())))


def error_rate(function: str, version: str, since: datetime, until: datetime) -> float:
    """Errors by invocations of one version behind the alias; 0 where nothing is counted.

    Mangum turns errors into answers, so for HTTP functions the alarm on 5xx answers is what notices.
    """
    errors, invocations = (_sum(metric, function, version, since, until) for metric in ("Errors", "Invocations"))
    return errors / invocations if invocations else 0.0


def _sum(metric: str, function: str, version: str, since: datetime, until: datetime) -> float:
    start, end = since - timedelta(seconds=_PERIOD_S), until + timedelta(seconds=_PERIOD_S)
    periods = math.ceil(
        (end - start).total_seconds() / _PERIOD_S
    )  # one figure for all: 1,440 are the most that it tells
    points = clients.inspection("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[
            {"Name": "FunctionName", "Value": function},
            {"Name": "Resource", "Value": f"{function}:{ALIAS}"},
            {"Name": "ExecutedVersion", "Value": version},
        ],
        StartTime=start,
        EndTime=end,
        Period=periods * _PERIOD_S,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))

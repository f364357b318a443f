"""What CloudWatch knows of a stack and of a version: alarms that are off, and errors where they are counted."""

import math
import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from infrastructure.functions import ALIAS
from pentarch.platform import clients

MAX_ERROR_RATE = 0.05
"""Of a version's invocations: above it, it goes back."""
_KINDS = ("MetricAlarms", "CompositeAlarms")
_PERIOD_S = 60


def alarms(named: Sequence[str] = ()) -> tuple[str, ...]:
    """The stack's alarms that are off now, and those of the named ones that are."""
    describe = clients.inspection("cloudwatch").get_paginator("describe_alarms").paginate
    pages = [describe(AlarmNamePrefix=f"{os.environ['STACK_NAME']}-", StateValue="ALARM")]
    if named:
        pages.append(describe(AlarmNames=list(named), AlarmTypes=["MetricAlarm", "CompositeAlarm"]))
    found = [one for told in pages for page in told for kind in _KINDS for one in page.get(kind, ())]
    return tuple(sorted({alarm["AlarmName"] for alarm in found if alarm["StateValue"] == "ALARM"}))


def error_rate(function: str, version: str, since: datetime, until: datetime) -> float:
    """Errors by invocations of one version behind the alias; 0 where nothing is counted.

    Mangum turns errors into answers, so for HTTP functions the alarm on 5xx answers is what notices.
    """
    dimensions = {"FunctionName": function, "Resource": f"{function}:{ALIAS}", "ExecutedVersion": version}
    errors, invocations = (
        total("AWS/Lambda", metric, dimensions, since, until) for metric in ("Errors", "Invocations")
    )
    return errors / invocations if invocations else 0.0


def total(namespace: str, metric: str, dimensions: Mapping[str, str], since: datetime, until: datetime) -> float:
    """The sum of what CloudWatch counted."""
    start, end = since - timedelta(seconds=_PERIOD_S), until + timedelta(seconds=_PERIOD_S)
    periods = math.ceil((end - start).total_seconds() / _PERIOD_S)  # one figure: it tells no more than 1,440
    points = clients.inspection("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=start,
        EndTime=end,
        Period=periods * _PERIOD_S,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))

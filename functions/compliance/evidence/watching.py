"""What watches the stack: its alarms, and how the stack itself stands."""

import os
from collections.abc import Mapping, Sequence

from compliance.evidence.asking import field
from compliance.evidence.context import Collector, Context
from compliance.model import JsonObject
from pentarch.platform import clients

ALARMS_A_CALL = 100


def alarms(context: Context) -> Sequence[JsonObject]:
    logical = {entry.physical_id: entry.logical_id for entry in context.resources("AWS::CloudWatch::Alarm")}
    names = sorted(logical)
    cloudwatch = clients.inspection("cloudwatch")
    return [
        {
            "name": alarm["AlarmName"],
            "logical_id": logical[alarm["AlarmName"]],
            "namespace": alarm.get("Namespace"),
            "metric": alarm.get("MetricName"),
            "dimensions": {entry["Name"]: entry["Value"] for entry in alarm.get("Dimensions", ())},
            "actions": list(alarm.get("AlarmActions", ())),
            "actions_enabled": alarm["ActionsEnabled"],
            "state": alarm["StateValue"],
        }
        for first in range(0, len(names), ALARMS_A_CALL)
        for alarm in cloudwatch.describe_alarms(
            AlarmNames=names[first : first + ALARMS_A_CALL], AlarmTypes=["MetricAlarm"]
        )["MetricAlarms"]
    ]


def stack(context: Context) -> Sequence[JsonObject]:
    described = clients.inspection("cloudformation").describe_stacks(StackName=os.environ["STACK_ID"])["Stacks"][0]
    return [
        {
            "name": described["StackName"],
            "resources": len(context.everything()),
            "alarms": sorted(entry.logical_id for entry in context.resources("AWS::CloudWatch::Alarm")),
            "status": described["StackStatus"],
            "termination_protection": field(lambda: described["EnableTerminationProtection"]),
            "drift": field(lambda: described["DriftInformation"]["StackDriftStatus"]),
            "drift_checked_days_ago": field(
                lambda: (context.at - described["DriftInformation"]["LastCheckTimestamp"]).days
            ),
        }
    ]


COLLECTORS: Mapping[str, Collector] = {"alarms": alarms, "stack": stack}

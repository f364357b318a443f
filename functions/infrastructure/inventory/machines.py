"""EC2 instances and Auto Scaling groups that carry the stack's tag."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from infrastructure.inventory.figures import Figure
from infrastructure.inventory.model import Kind, Resource, State, Usage, share
from pentarch.platform import clients

_GROUP_TAG = "aws:autoscaling:groupName"
_PERCENT = 100


def resources(tag: str, value: str) -> list[Resource]:
    return [*_groups(tag, value), *_instances(tag, value)]


def wanted(one: Resource) -> Iterator[Figure]:
    """Memory is told by CloudWatch's agent, where it is installed and sums up by this dimension."""
    name = "AutoScalingGroupName" if one.kind is Kind.SCALING_GROUP else "InstanceId"
    own = ((name, str(one.details["machine"])),)
    yield Figure("AWS/EC2", "CPUUtilization", own)
    yield Figure("CWAgent", "mem_used_percent", own)


def measured(one: Resource, figures: Mapping[Figure, float]) -> Resource:
    if one.state is not State.RUNNING:
        return one
    cpu, memory = (figures.get(figure) for figure in wanted(one))
    return replace(one, usage=Usage(share(_part(cpu)), share(_part(memory))))


def _groups(tag: str, value: str) -> Iterator[Resource]:
    pages = clients.inspection("autoscaling").get_paginator("describe_auto_scaling_groups")
    for page in pages.paginate(Filters=[{"Name": f"tag:{tag}", "Values": [value]}]):
        for group in page["AutoScalingGroups"]:
            serving = [one for one in group["Instances"] if one["LifecycleState"] == "InService"]
            failed = any(one["HealthStatus"] == "Unhealthy" for one in group["Instances"]) and not serving
            running = State.RUNNING if group["DesiredCapacity"] else State.STOPPED
            yield Resource(
                place=group["AutoScalingGroupARN"],
                name=group["AutoScalingGroupName"],
                kind=Kind.SCALING_GROUP,
                state=State.FAILED if failed else running,
                replicas=len(serving),
                updated_at=group["CreatedTime"],
                details={
                    "machine": group["AutoScalingGroupName"],
                    "desired": group["DesiredCapacity"],
                    "minimum": group["MinSize"],
                    "maximum": group["MaxSize"],
                },
            )


def _instances(tag: str, value: str) -> Iterator[Resource]:
    """Those of a group are part of the group's row."""
    pages = clients.inspection("ec2").get_paginator("describe_instances")
    filters = [{"Name": f"tag:{tag}", "Values": [value]}]
    for page in pages.paginate(Filters=filters):
        for reservation in page["Reservations"]:
            for instance in reservation["Instances"]:
                tags = {one["Key"]: one["Value"] for one in instance.get("Tags", ())}
                if _GROUP_TAG in tags or instance["State"]["Name"] == "terminated":
                    continue
                yield _instance(instance, tags, reservation["OwnerId"])


def _instance(instance: Mapping[str, Any], tags: Mapping[str, str], owner: str) -> Resource:
    region = instance["Placement"]["AvailabilityZone"][:-1]
    running = instance["State"]["Name"] == "running"
    return Resource(
        place=f"arn:aws:ec2:{region}:{owner}:instance/{instance['InstanceId']}",
        name=tags.get("Name") or instance["InstanceId"],
        kind=Kind.INSTANCE,
        state=State.RUNNING if running else State.STOPPED,
        replicas=int(running),
        updated_at=instance["LaunchTime"],
        details={"machine": instance["InstanceId"], "instance_type": instance["InstanceType"]},
    )


def _part(percent: float | None) -> float | None:
    return None if percent is None else percent / _PERCENT

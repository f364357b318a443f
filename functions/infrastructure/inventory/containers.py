"""ECS services that carry the stack's tag."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from infrastructure.inventory.figures import Figure
from infrastructure.inventory.model import Kind, Resource, State, Usage, share
from pentarch.platform import clients

_AT_ONCE = 10
"""Services that one call describes."""
_PERCENT = 100
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def resources(tag: str, value: str) -> list[Resource]:
    by_cluster: dict[str, list[str]] = {}
    pages = clients.inspection("resourcegroupstaggingapi").get_paginator("get_resources")
    tagged = [{"Key": tag, "Values": [value]}]
    for page in pages.paginate(TagFilters=tagged, ResourceTypeFilters=["ecs:service"]):
        for mapping in page["ResourceTagMappingList"]:
            arn = mapping["ResourceARN"]
            by_cluster.setdefault(arn.split("/")[-2], []).append(arn)
    return [one for cluster, arns in sorted(by_cluster.items()) for one in _described(cluster, arns)]


def wanted(one: Resource) -> Iterator[Figure]:
    own = (("ClusterName", str(one.details["cluster"])), ("ServiceName", one.name))
    yield Figure("AWS/ECS", "CPUUtilization", own)
    yield Figure("AWS/ECS", "MemoryUtilization", own)


def measured(one: Resource, figures: Mapping[Figure, float]) -> Resource:
    cpu, memory = (figures.get(figure) for figure in wanted(one))
    return replace(one, usage=Usage(*(None if part is None else share(part / _PERCENT) for part in (cpu, memory))))


def _described(cluster: str, arns: list[str]) -> Iterator[Resource]:
    for start in range(0, len(arns), _AT_ONCE):
        found = clients.inspection("ecs").describe_services(cluster=cluster, services=arns[start : start + _AT_ONCE])
        for service in found["services"]:
            if service["status"] != "INACTIVE":
                yield _resource(cluster, service)


def _resource(cluster: str, service: Mapping[str, Any]) -> Resource:
    rollouts = service.get("deployments", ())
    failed = any(one.get("rolloutState") == "FAILED" for one in rollouts) and not service["runningCount"]
    running = State.RUNNING if service["desiredCount"] else State.STOPPED
    return Resource(
        place=service["serviceArn"],
        name=service["serviceName"],
        kind=Kind.CONTAINERS,
        state=State.FAILED if failed else running,
        replicas=service["runningCount"],
        updated_at=max(one["updatedAt"] for one in (*rollouts, {"updatedAt": service.get("createdAt", _LONG_AGO)})),
        details={"cluster": cluster, "desired": service["desiredCount"], "pending": service["pendingCount"]},
    )

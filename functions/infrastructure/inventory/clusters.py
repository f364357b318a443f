"""Deployments of the EKS clusters that carry the stack's tag, as the clusters' own APIs tell them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from infrastructure.inventory.kubernetes import Cluster, ClusterError
from infrastructure.inventory.model import Kind, Resource, State, Usage, share
from pentarch.platform import clients
from pentarch.platform.clock import parse_iso

__all__ = ["ClusterError", "cluster", "deployments", "resources"]

_PAGE = 500
_CPU = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0}
_BYTES = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_SYSTEM = "kube-system"


def resources(tag: str, value: str) -> list[Resource]:
    client = clients.inspection("eks")
    names = [name for page in client.get_paginator("list_clusters").paginate() for name in page["clusters"]]
    found: list[Resource] = []
    for name in names:
        described = client.describe_cluster(name=name)["cluster"]
        if described.get("tags", {}).get(tag) == value:
            found += deployments(_cluster(described))
    return found


def cluster(name: str) -> Cluster:
    return _cluster(clients.inspection("eks").describe_cluster(name=name)["cluster"])


def deployments(one: Cluster) -> Iterator[Resource]:
    """All but those that Kubernetes itself needs."""
    figures = _usages(one)
    path = f"/apis/apps/v1/deployments?limit={_PAGE}"
    following: str | None = ""
    while following is not None:
        page = one.get(path + (f"&continue={following}" if following else "")) or {}
        for item in page.get("items", ()):
            if item["metadata"]["namespace"] != _SYSTEM:
                yield _resource(one, item, figures)
        following = page.get("metadata", {}).get("continue") or None


def _cluster(described: Mapping[str, Any]) -> Cluster:
    return Cluster(
        described["name"], described["arn"], described["endpoint"], described["certificateAuthority"]["data"]
    )


def _resource(
    one: Cluster, item: Mapping[str, Any], figures: Mapping[tuple[str, str], tuple[float, float]]
) -> Resource:
    meta, status, spec = item["metadata"], item.get("status", {}), item["spec"]
    wanted = int(spec.get("replicas", 1))
    ready = int(status.get("readyReplicas", 0))
    conditions = {entry["type"]: entry for entry in status.get("conditions", ())}
    stuck = conditions.get("Progressing", {}).get("status") == "False" and not ready
    running = State.RUNNING if wanted else State.STOPPED
    times = [parse_iso(entry["lastUpdateTime"]) for entry in conditions.values() if "lastUpdateTime" in entry]
    namespace, name = meta["namespace"], meta["name"]
    return Resource(
        place=f"{one.arn}/deployment/{namespace}/{name}",
        name=name,
        kind=Kind.DEPLOYMENT,
        state=State.FAILED if stuck else running,
        replicas=ready,
        updated_at=max([parse_iso(meta["creationTimestamp"]), *times]),
        usage=_usage(spec, _of_pods(figures, namespace, name), ready),
        details={"cluster": one.name, "namespace": namespace, "desired": wanted},
    )


def _usage(spec: Mapping[str, Any], used: tuple[float, float] | None, ready: int) -> Usage:
    """Of what its containers are limited to, or ask for; nothing is told where they do neither."""
    if used is None or not ready:
        return Usage()
    containers = spec["template"]["spec"]["containers"]
    cpu, memory = (_bound(containers, name, units) for name, units in (("cpu", _CPU), ("memory", _BYTES)))
    return Usage(
        share(used[0] / (cpu * ready)) if cpu else None,
        share(used[1] / (memory * ready)) if memory else None,
    )


def _bound(containers: Iterable[Mapping[str, Any]], name: str, units: Mapping[str, float]) -> float | None:
    total = 0.0
    for container in containers:
        given = container.get("resources", {})
        text = given.get("limits", {}).get(name) or given.get("requests", {}).get(name)
        if text is None:
            return None
        total += quantity(text, units)
    return total


def quantity(text: str, units: Mapping[str, float]) -> float:
    """Kubernetes' notation: 250m, 128Mi."""
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return float(digits) * units[text.removeprefix(digits)]


def _usages(one: Cluster) -> dict[tuple[str, str], tuple[float, float]]:
    """CPUs and bytes of each pod, if the cluster has a metrics server."""
    told = one.get("/apis/metrics.k8s.io/v1beta1/pods") or {}
    return {
        (item["metadata"]["namespace"], item["metadata"]["name"]): (
            sum(quantity(part["usage"]["cpu"], _CPU) for part in item["containers"]),
            sum(quantity(part["usage"]["memory"], _BYTES) for part in item["containers"]),
        )
        for item in told.get("items", ())
    }


def _of_pods(
    figures: Mapping[tuple[str, str], tuple[float, float]], namespace: str, deployment: str
) -> tuple[float, float] | None:
    """A deployment's pods are called by its name, its replica set's hash and their own: `web-5d4f-x7k2p`."""
    mine = [
        used for (space, pod), used in figures.items() if space == namespace and pod.rsplit("-", 2)[0] == deployment
    ]
    return (sum(cpu for cpu, _ in mine), sum(memory for _, memory in mine)) if mine else None

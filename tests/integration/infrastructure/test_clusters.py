"""Deployments of an EKS cluster, over its own API; services of ECS, over AWS's: listed, scaled, followed to the end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.backends import get_backend

from infrastructure import sweep
from infrastructure.inventory import lambdas, reading
from infrastructure.inventory.kubernetes import Cluster, ClusterError
from infrastructure.scaling.asking import PATIENCE
from support.certificates import self_signed
from support.kubernetes import REGION, KubernetesServer, authority_of
from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock

PATH, SCALE = "/api/v1/infrastructure", "/api/v1/infrastructure/scale"
ACCOUNT = "123456789012"
CLUSTER = "prod"
TAGS = {reading.TAG: "pentarch"}


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("SCALE_MINIMUM", "0"), ("SCALE_MAXIMUM", "10"), ("SCALE_COOLDOWN_SECONDS", "30")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(lambdas, "resources", list)
    reading.forget()


@pytest.fixture
def cluster(api: Caller, tmp_path: Path) -> Iterator[KubernetesServer]:  # noqa: ARG001 (AWS is there)
    role = "arn:aws:iam::123456789012:role/eks"
    boto3.client("eks").create_cluster(name=CLUSTER, roleArn=role, resourcesVpcConfig={"subnetIds": []}, tags=TAGS)
    known: Any = get_backend("eks")[ACCOUNT][REGION].clusters[CLUSTER]
    with KubernetesServer(tmp_path, CLUSTER) as server:
        known.endpoint, known.certificate_authority = server.url, {"data": server.authority}
        for namespace, name, replicas in (("ai", "web", 2), ("ai", "worker", 0), ("kube-system", "coredns", 2)):
            server.add(namespace, name, replicas)
        yield server


def rows(api: Caller, kind: str) -> dict[str, dict[str, Any]]:
    reading.forget()
    return {row["name"]: row for row in api.get(PATH, query={"type": kind}).expect(200).data["resources"]}


def scale(api: Caller, ident: str, replicas: int) -> Any:
    return api.post(SCALE, {"service": ident, "replicas": replicas}).expect(200).data


def test_every_page_of_a_clusters_deployments_is_listed_and_what_is_not_measured_is_null(
    api: Caller, cluster: KubernetesServer
) -> None:
    found = rows(api, "kubernetes")
    assert set(found) == {"web", "worker"}
    assert (found["web"]["status"], found["web"]["replicas"], found["web"]["cpu_usage"]) == ("running", 2, None)
    assert (found["worker"]["status"], found["worker"]["replicas"]) == ("stopped", 0)
    usage = {"cpu": "125m", "memory": "64Mi"}
    cluster.pods = [
        {"metadata": {"namespace": "ai", "name": f"web-5d4f-{one}"}, "containers": [{"name": "c", "usage": usage}]}
        for one in "ab"
    ]
    web = rows(api, "kubernetes")["web"]
    assert (web["cpu_usage"], web["memory_usage"]) == (0.25, 0.5)


@pytest.mark.usefixtures("clock")
def test_a_deployment_is_scaled_by_its_scale(api: Caller, cluster: KubernetesServer) -> None:
    ident = rows(api, "kubernetes")["web"]["id"]
    told = scale(api, ident, 5)
    assert (told["status"], told["current_replicas"]) == ("scaling", 2)
    assert cluster.deployments["ai", "web"]["spec"]["replicas"] == 5
    sweep.handler({}, None)
    assert api.get(f"{SCALE}/{told['scaling_operation_id']}").expect(200).data["status"] == "completed"
    assert len(events_of("acme", "infrastructure.scaled")) == 1


def test_pods_that_do_not_come_are_waited_for_and_then_it_has_failed(
    api: Caller, cluster: KubernetesServer, clock: StoppedClock
) -> None:
    cluster.is_slow = True
    told = scale(api, rows(api, "kubernetes")["web"]["id"], 5)
    sweep.handler({}, None)
    path = f"{SCALE}/{told['scaling_operation_id']}"
    assert api.get(path).expect(200).data["status"] == "scaling"
    clock.advance(seconds=PATIENCE.total_seconds())
    assert api.get(path).expect(200).data["status"] == "failed"


@pytest.mark.usefixtures("clock")
def test_a_cluster_that_does_not_let_us_ends_it_at_once(api: Caller, cluster: KubernetesServer) -> None:
    cluster.forbidden = True
    told = scale(api, rows(api, "kubernetes")["web"]["id"], 5)
    assert (told["status"], "403" in told["reason"]) == ("failed", True)
    assert cluster.deployments["ai", "web"]["spec"]["replicas"] == 2


def test_a_cluster_that_does_not_know_us_or_that_we_do_not_know_is_a_gap(
    api: Caller, cluster: KubernetesServer
) -> None:
    cluster.cluster = "another"  # tokens are signed for one cluster
    assert rows(api, "kubernetes") == {}
    assert api.get(PATH).expect(200).data["not_asked"] == [{"source": "eks", "reason": "ClusterError"}]
    impostor = Cluster(CLUSTER, "arn:c", cluster.url, authority_of(self_signed("localhost")))
    with pytest.raises(ClusterError, match="does not answer"):
        impostor.get("/apis/apps/v1/deployments?limit=1")


@pytest.mark.usefixtures("clock")
def test_an_ecs_service_is_scaled_and_its_tasks_are_waited_for(api: Caller) -> None:
    ecs = boto3.client("ecs")
    ecs.create_cluster(clusterName="c")
    ecs.register_task_definition(family="f", containerDefinitions=[{"name": "x", "image": "x", "memory": 64}])
    tags: Any = [{"key": key, "value": value} for key, value in TAGS.items()]
    ecs.create_service(cluster="c", serviceName="web", taskDefinition="f", desiredCount=1, tags=tags)
    told = scale(api, rows(api, "docker")["web"]["id"], 3)
    [service] = ecs.describe_services(cluster="c", services=["web"])["services"]
    assert service["desiredCount"] == 3
    [known] = get_backend("ecs")[ACCOUNT][REGION].services.values()
    known.running_count = 2
    sweep.handler({}, None)
    path = f"{SCALE}/{told['scaling_operation_id']}"
    assert api.get(path).expect(200).data["status"] == "scaling"
    known.running_count = 3
    assert api.get(path).expect(200).data["status"] == "completed"

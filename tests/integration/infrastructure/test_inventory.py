"""What is listed as running: what carries the stack's tag, with figures where there are any and null where not."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from infrastructure.inventory import clusters, containers, figures, lambdas, reading
from infrastructure.inventory.kubernetes import Cluster
from infrastructure.inventory.model import Kind, Resource, State
from pentarch.platform.clock import now
from support.lambdas import Caller
from support.tenants import make_tenant

PATH = "/api/v1/infrastructure"
TAG, STACK = reading.TAG, "pentarch"
LATELY = timedelta(minutes=2)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    reading.forget()
    yield
    reading.forget()


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Resource:
    """One function, which Lambda's own API would tell of."""
    details = {"function": "pentarch-Llm", "memory_mb": 512, "log_group": "llm"}
    one = Resource("arn:llm", "ai-gateway-api", Kind.FUNCTION, State.RUNNING, 0, now(), details=details)
    monkeypatch.setattr(lambdas, "resources", lambda: [one])
    return one


@pytest.fixture
def machines(api: Caller) -> None:  # noqa: ARG001 (AWS is there)
    """An Auto Scaling group and an instance of the stack's, and an instance of nobody's."""
    ec2 = boto3.client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    ours = [{"ResourceType": "instance", "Tags": [{"Key": TAG, "Value": STACK}, {"Key": "Name", "Value": "trainer"}]}]
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, TagSpecifications=ours)
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)
    template = ec2.create_launch_template(LaunchTemplateName="t", LaunchTemplateData={"ImageId": image})
    boto3.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName="gpus",
        MinSize=0,
        MaxSize=4,
        DesiredCapacity=2,
        LaunchTemplate={"LaunchTemplateId": template["LaunchTemplate"]["LaunchTemplateId"]},
        AvailabilityZones=["us-east-1a"],
        Tags=[{"Key": TAG, "Value": STACK, "PropagateAtLaunch": True}],
    )


def listed(api: Caller, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(PATH, query=query).expect(200).data["resources"]
    return found


@pytest.mark.usefixtures("machines", "function")
def test_what_has_the_tag_is_listed_once_and_what_nobody_measured_is_null(api: Caller) -> None:
    rows = {row["name"]: row for row in listed(api)}
    assert set(rows) == {"ai-gateway-api", "gpus", "trainer"}
    assert (rows["gpus"]["type"], rows["gpus"]["replicas"], rows["gpus"]["cpu_usage"]) == ("vm_scaling_group", 2, None)
    assert (rows["trainer"]["status"], rows["trainer"]["memory_usage"]) == ("running", None)
    assert rows["ai-gateway-api"]["cpu_usage"] == 0.0  # nothing ran
    assert len({row["id"] for row in rows.values()}) == 3


@pytest.mark.usefixtures("machines", "function")
def test_types_and_states_are_kept_apart(api: Caller) -> None:
    assert {row["name"] for row in listed(api, type="vm")} == {"ai-gateway-api", "gpus", "trainer"}
    assert {row["name"] for row in listed(api, type="lambda")} == {"ai-gateway-api"}
    assert listed(api, type="kubernetes") == listed(api, status="failed") == []
    for query in ({"type": "abacus"}, {"status": "bored"}):
        assert api.get(PATH, query=query).expect(400).json()["error"]["code"] == "VALIDATION_ERROR"


@pytest.mark.usefixtures("function")
def test_an_ecs_service_is_listed_with_its_figures(api: Caller) -> None:
    ecs = boto3.client("ecs")
    ecs.create_cluster(clusterName="c")
    ecs.register_task_definition(family="f", containerDefinitions=[{"name": "x", "image": "x", "memory": 64}])
    tags: Any = [{"key": TAG, "value": STACK}]
    ecs.create_service(cluster="c", serviceName="web", taskDefinition="f", desiredCount=0, tags=tags)
    dimensions: Any = [{"Name": "ClusterName", "Value": "c"}, {"Name": "ServiceName", "Value": "web"}]
    boto3.client("cloudwatch").put_metric_data(
        Namespace="AWS/ECS",
        MetricData=[
            {"MetricName": "CPUUtilization", "Dimensions": dimensions, "Value": 40.0, "Timestamp": now() - LATELY}
        ],
    )
    [row] = listed(api, type="docker")
    assert (row["status"], row["cpu_usage"], row["memory_usage"]) == ("stopped", 0.4, None)


def test_a_function_is_measured_by_its_own_reports(api: Caller, function: Resource) -> None:
    dimensions: Any = [{"Name": "FunctionName", "Value": "pentarch-Llm"}]
    data: Any = [
        {"MetricName": name, "Dimensions": dimensions, "Value": value, "Timestamp": now() - LATELY}
        for name, value in (("Invocations", 10.0), ("Duration", 30_000.0))
    ]
    boto3.client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=data)
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName="llm")
    logs.create_log_stream(logGroupName="llm", logStreamName="s")
    report = "REPORT RequestId: 1\tDuration: 3 ms\tMemory Size: 512 MB\tMax Memory Used: 128 MB"
    events: Any = [{"timestamp": int(now().timestamp() * 1000), "message": report}]
    logs.put_log_events(logGroupName="llm", logStreamName="s", logEvents=events)
    [row] = listed(api)
    assert (row["cpu_usage"], row["memory_usage"], row["details"]["cpu_basis"]) == (0.1, 0.25, "busy_time")
    assert row["name"] == function.name


@pytest.mark.usefixtures("machines", "function")
def test_a_source_that_does_not_answer_is_named_and_hides_no_other(
    api: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> list[Resource]:
        raise EndpointConnectionError(endpoint_url="https://ecs.example")

    monkeypatch.setattr(containers, "resources", silent)
    data = api.get(PATH).expect(200).data
    assert {row["name"] for row in data["resources"]} >= {"gpus", "trainer"}
    assert data["not_asked"] == [{"source": "ecs", "reason": "EndpointConnectionError"}]
    reading.forget()
    monkeypatch.setattr(figures, "read", silent)
    assert {row["cpu_usage"] for row in listed(api)} == {None}


def test_the_inventory_is_the_operators(api: Caller) -> None:
    api.using(make_tenant("other")).get(PATH).expect(403)


class FakeCluster(Cluster):
    """A cluster's API with one deployment of two pods, each of half a CPU's limit."""

    def get(self, path: str) -> Any:
        if "metrics" in path:
            usage = {"cpu": "250m", "memory": "64Mi"}
            pods = [{"namespace": "ai", "name": f"web-5d4f-{one}"} for one in "ab"]
            return {"items": [{"metadata": pod, "containers": [{"usage": usage}]} for pod in pods]}
        container = {"resources": {"limits": {"cpu": "500m"}, "requests": {"memory": "128Mi"}}}
        meta = {"namespace": "ai", "name": "web", "creationTimestamp": "2026-01-01T00:00:00Z"}
        spec = {"replicas": 3, "template": {"spec": {"containers": [container]}}}
        item = {"metadata": meta, "spec": spec, "status": {"readyReplicas": 2}}
        hidden = {**item, "metadata": {**meta, "namespace": "kube-system"}}
        return {"items": [item, hidden], "metadata": {}}


def test_a_deployment_is_told_by_its_cluster() -> None:
    [row] = clusters.deployments(FakeCluster("c", "arn:c", "https://c", ""))
    assert (row.kind, row.state, row.replicas) == (Kind.DEPLOYMENT, State.RUNNING, 2)
    assert (row.usage.cpu, row.usage.memory) == (0.5, 0.5)

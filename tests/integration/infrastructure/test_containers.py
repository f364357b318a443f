"""Roll-outs of ECS services: by every strategy to the end, watched, refused, asked for by a desired state."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from infrastructure import releases, sweep
from infrastructure.ecs import health
from infrastructure.inventory import containers, reading
from infrastructure.inventory.model import Inventory
from support.containers import TEAM, asked, deploy
from support.fake_ecs import GROUPS, OWN, UNPULLABLE, FakeEcs
from support.lambdas import Caller
from support.log import events_of
from support.rollouts import DEPLOY, FakeMachine
from support.stopped_clock import StoppedClock

pytestmark = pytest.mark.usefixtures("clock")
CONFIG = {"environment_variables": {"MODE": "fast"}, "resource_limits": {"cpu": "500m", "memory": "2Gi"}}


@pytest.mark.parametrize("strategy", ["rolling_update", "blue_green", "canary"])
def test_a_version_and_a_configuration_reach_the_tasks(
    api: Caller, ecs: FakeEcs, going: FakeMachine, strategy: str
) -> None:
    ecs.balance()
    ended = deploy(api, going, "2.0", strategy, config=CONFIG)

    assert (ended["status"], ended["service"], ended["previous_version"]) == ("completed", "web", "1.0")
    assert (ended["progress"], ended["reason"]) == (1, None)
    assert ecs.app["image"] == f"{TEAM}:2.0"
    assert {one["name"]: one["value"] for one in ecs.app["environment"]} == {"MODE": "fast"}
    assert (ecs.running["cpu"], ecs.running["memory"], ecs.app["memory"]) == ("512", "2048", 2048)
    assert ecs.running["taskRoleArn"] == "arn:aws:iam::123456789012:role/app"
    assert {"key": "team", "value": "web"} in ecs.tags[ecs.newest]
    assert ecs.service["deploymentConfiguration"] == OWN
    [event] = events_of("acme", "infrastructure.deployment_completed")
    assert event.resource == "service:web"
    assert event.data["task_definitions"] == {"web": list(ecs.definitions)}
    assert "fast" not in str(event.data)


def test_a_canary_meets_a_little_of_the_traffic_and_bakes_before_it_meets_all(
    api: Caller, ecs: FakeEcs, going: FakeMachine
) -> None:
    ecs.balance()
    weights: list[float] = []
    wait = going.before

    def look(name: str) -> None:
        if name == "Check":
            weights.append(ecs.shifts[0].weight)
        wait(name)

    going.before = look
    ended = deploy(api, going, "2.0", "canary")

    assert ended["status"] == "completed"
    assert list(dict.fromkeys(weights)) == [10.0, 100.0]
    hooks = ecs.shifts[0].configuration["lifecycleHooks"]
    assert [hook["timeoutConfiguration"] for hook in hooks] == [{"timeoutInMinutes": 61, "action": "ROLLBACK"}]


@pytest.mark.parametrize("strategy", ["rolling_update", "blue_green"])
def test_an_image_that_cannot_be_pulled_leads_back_and_says_so(
    api: Caller, ecs: FakeEcs, going: FakeMachine, strategy: str
) -> None:
    ecs.balance()
    old = ecs.service["taskDefinition"]

    ended = deploy(api, going, UNPULLABLE, strategy)

    assert ended["status"] == "rolled_back"
    assert "CannotPullContainerError: manifest unknown" in ended["reason"]
    assert ecs.service["taskDefinition"] == old
    assert ecs.service["deploymentConfiguration"] == OWN
    assert not ecs.shifts or ecs.shifts[0].weight == 0
    assert deploy(api, going, "2.1")["status"] == "completed"  # the lock is free


@pytest.mark.parametrize("strategy", ["rolling_update", "canary"])
def test_tasks_that_stop_while_the_version_bakes_lead_back(
    api: Caller, ecs: FakeEcs, going: FakeMachine, strategy: str
) -> None:
    ecs.balance()
    old, wait = ecs.service["taskDefinition"], going.before

    def crash(name: str) -> None:
        wait(name)
        if name == "Check":
            ecs.stop_task(ecs.newest, "Essential container in task exited")

    going.before = crash
    ended = deploy(api, going, "2.0", strategy)

    assert ended["status"] == "rolled_back"
    assert ended["reason"] == "1 of 2 tasks of the new version stopped: Essential container in task exited"
    assert ecs.service["taskDefinition"] == old
    assert [one.status for one in ecs.shifts] in ([], ["ROLLBACK_SUCCESSFUL"])


def test_answers_of_500_lead_back(
    api: Caller, ecs: FakeEcs, going: FakeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecs.balance()
    groups = []

    def rate(target_groups: tuple[str, ...], *_: Any) -> float:
        groups.append(target_groups)
        return 0.2

    monkeypatch.setattr("infrastructure.ecs.health.error_rate", rate)
    ended = deploy(api, going, "2.0", "blue_green")

    assert ended["status"] == "rolled_back"
    assert ended["reason"] == "web answers 20% of its requests with a status of 500 and more"
    assert groups == [(GROUPS[1],)]  # of the new tasks alone


@pytest.mark.usefixtures("api", "ecs")
def test_only_the_statuses_that_the_load_balancer_counted_for_these_tasks_matter(clock: StoppedClock) -> None:
    for group, errors in zip(GROUPS, (50.0, 3.0), strict=True):
        dimensions: Any = [
            {"Name": "TargetGroup", "Value": group.rpartition(":")[2]},
            {"Name": "LoadBalancer", "Value": "app/front/1"},
        ]
        data: Any = [
            {"MetricName": name, "Dimensions": dimensions, "Value": value, "Timestamp": clock.at}
            for name, value in (("RequestCount", 100.0), ("HTTPCode_Target_5XX_Count", errors))
        ]
        boto3.client("cloudwatch").put_metric_data(Namespace="AWS/ApplicationELB", MetricData=data)
    since = clock.at - timedelta(minutes=5)
    assert health.error_rate([GROUPS[1]], since, clock.at) == 0.03
    assert health.error_rate([], since, clock.at) == 0


def test_alarms_that_the_services_own_deployments_heed_lead_back(api: Caller, ecs: FakeEcs, going: FakeMachine) -> None:
    heeded = {"alarmNames": ["shop-slow"], "enable": True, "rollback": False}
    ecs.service["deploymentConfiguration"] = own = OWN | {"alarms": heeded}
    cloudwatch, wait = boto3.client("cloudwatch"), going.before
    for name in ("shop-slow", "elsewhere"):
        cloudwatch.put_metric_alarm(AlarmName=name, ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1)

    def go_off(name: str) -> None:
        wait(name)
        if name == "Check":
            for alarm in ("shop-slow", "elsewhere"):
                cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="test")

    going.before = go_off
    ended = deploy(api, going)

    assert (ended["status"], ended["reason"]) == ("rolled_back", "alarms went off: shop-slow")
    assert ecs.service["deploymentConfiguration"] == own


@pytest.mark.parametrize(
    ("more", "field", "told"),
    [
        ({"service": "kettle"}, "service", "no service"),
        ({"version": "1.0+build"}, "version", "no tag"),
        ({"version": "../../etc"}, "version", "pattern"),
        ({"strategy": "canary"}, "strategy", "no load balancer"),
        ({"config": {"resource_limits": {"cpu": "500m"}}}, "config.resource_limits", "1024 to 4096 MiB"),
        ({"config": {"resource_limits": {"cpu": "300m"}}}, "config.resource_limits", "256, 512"),
        ({"config": {"container": "sidecar"}}, "config.container", "no container"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_begins(  # noqa: PLR0917 (a table's columns)
    api: Caller, ecs: FakeEcs, machine: FakeMachine, more: Any, field: str, told: str
) -> None:
    error = api.post(DEPLOY, asked() | more).expect(400).json()["error"]
    assert (error["code"], error["details"]["field"]) == ("VALIDATION_ERROR", field)
    assert told in error["message"] + str(error["details"])
    assert not machine.waiting
    assert len(ecs.definitions) == 1


def test_a_load_balancer_must_be_able_to_shift(api: Caller, ecs: FakeEcs) -> None:
    ecs.balance(shifts=False)
    error = api.post(DEPLOY, asked(strategy="blue_green")).expect(400).json()["error"]
    assert "alternateTargetGroupArn" in error["message"]


@pytest.mark.usefixtures("stack")
def test_a_desired_state_brings_a_service_to_its_version(
    api: Caller, ecs: FakeEcs, going: FakeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    [row] = containers.resources(reading.TAG, "pentarch")
    monkeypatch.setattr(reading, "current", lambda *_, **__: Inventory((row,)))
    web: dict[str, Any] = {"version": "2.0", "environment_variables": {"MODE": None, "NEW": "1"},
                           "resource_limits": {"cpu": "500m", "memory": "2Gi"}}  # fmt: skip
    _wish(web)
    steps = _sync(api, dry_run=True)["steps"]
    assert [(one["service"], one["version"]) for one in steps] == [("web", "2.0")]
    assert [one["path"].removeprefix("resources.web.") for one in steps[0]["differences"]] == [
        "version", "environment_variables.MODE", "environment_variables.NEW", "resource_limits.cpu",
        "resource_limits.memory",
    ]  # fmt: skip
    assert len(ecs.definitions) == 1

    _sync(api)
    going.run()
    sweep.handler({}, None)

    assert (ecs.app["image"], ecs.app["environment"]) == (f"{TEAM}:2.0", [{"name": "NEW", "value": "1"}])
    assert _sync(api)["status"] == "in_sync"
    _wish(web | {"strategy": "canary", "version": "3.0", "resource_limits": {"cpu": "300m"}})
    faults = api.post(SYNC, {"source": SOURCE}).expect(400).json()["error"]["details"]
    assert "resources.web.strategy" in str(faults)


SYNC = "/api/v1/infrastructure/sync"
SOURCE = {"type": "s3", "key": "state/live.yaml"}


def _wish(web: dict[str, Any]) -> None:
    told = {"apiVersion": "pentarch/v1", "resources": {"web": web}}
    boto3.client("s3").put_object(Bucket=releases.bucket(), Key=SOURCE["key"], Body=json.dumps(told).encode())


def _sync(api: Caller, *, dry_run: bool = False) -> Any:
    return api.post(SYNC, {"source": SOURCE, "dry_run": dry_run}).expect(200).data

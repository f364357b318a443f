"""Roll-outs of ECS services: by every strategy to the end, refused, back, twice, through deaths at every call."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from infrastructure import asking, releases, step, store, sweep
from infrastructure.ecs import health
from infrastructure.inventory import containers, reading
from infrastructure.inventory.model import Inventory
from support.fake_ecs import GROUPS, OWN, UNPULLABLE, FakeEcs, refuse
from support.lambdas import Caller
from support.log import events_of
from support.rollouts import DEPLOY, DEPLOYMENTS, FakeMachine, shown
from support.stopped_clock import StoppedClock

pytestmark = pytest.mark.usefixtures("clock")
CONFIG = {"environment_variables": {"MODE": "fast"}, "resource_limits": {"cpu": "500m", "memory": "2Gi"}}
TEAM = "registry.example:5000/team/web"


@pytest.fixture
def ecs(monkeypatch: pytest.MonkeyPatch) -> FakeEcs:
    return FakeEcs().use(monkeypatch)


@pytest.fixture
def going(machine: FakeMachine, ecs: FakeEcs, clock: StoppedClock) -> FakeMachine:
    """A machine whose waits let ECS go on."""

    def wait(name: str) -> None:
        if name == "Bake":
            clock.advance(seconds=15)
            ecs.tick()

    machine.before = wait
    return machine


def asked(version: str = "2.0", strategy: str = "rolling_update", **more: Any) -> dict[str, Any]:
    return {"service": "web", "version": version, "strategy": strategy} | more


def deploy(api: Caller, machine: FakeMachine, version: str = "2.0", *args: str, **more: Any) -> dict[str, Any]:
    made = api.post(DEPLOY, asked(version, *args, **more)).expect(200).data
    machine.run()
    return shown(api, made["deployment_id"])


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


def test_somebody_elses_deployment_is_not_disturbed(api: Caller, ecs: FakeEcs, going: FakeMachine) -> None:
    ecs.service["deployments"][0]["rolloutState"] = "IN_PROGRESS"
    assert api.post(DEPLOY, asked()).expect(409).json()["error"]["code"] == "CONFLICT"
    ecs.tick()
    assert deploy(api, going)["status"] == "completed"


@pytest.mark.parametrize("strategy", ["rolling_update", "canary"])
def test_what_somebody_else_deploys_meanwhile_is_left_alone(
    api: Caller, ecs: FakeEcs, going: FakeMachine, strategy: str
) -> None:
    ecs.balance()
    ecs.register({"cpu": "256", "memory": "512"})
    others, wait = ecs.newest, going.before

    def interfere(name: str) -> None:
        if name == "Check":
            ecs._settle(others)
        wait(name)

    going.before = interfere
    ended = deploy(api, going, "2.0", strategy)

    assert ended["status"] == "failed"
    assert "somebody deployed web:2 to web meanwhile" in ended["reason"]
    assert ecs.service["taskDefinition"] == others
    assert "lifecycleHooks" not in ecs.service["deploymentConfiguration"]


def test_a_pause_that_nobody_ended_in_time_is_told(api: Caller, ecs: FakeEcs, going: FakeMachine) -> None:
    ecs.balance()
    old, wait = ecs.service["taskDefinition"], going.before

    def time_out(name: str) -> None:
        if name == "Check":
            ecs.shifts[0].status, ecs.shifts[0].hook = "ROLLBACK_SUCCESSFUL", None
            ecs._settle(old)
        wait(name)

    going.before = time_out
    ended = deploy(api, going, "2.0", "canary")
    assert (ended["status"], ended["reason"]) == ("rolled_back", "ECS took web back to web:1 by itself")
    assert ecs.service["deploymentConfiguration"] == OWN


@pytest.mark.parametrize("strategy", ["rolling_update", "canary"])
def test_a_way_back_to_what_runs_already_is_gone_at_once(
    api: Caller, ecs: FakeEcs, going: FakeMachine, strategy: str
) -> None:
    ecs.balance()
    old = ecs.service["taskDefinition"]
    ident = deploy(api, going, "2.0", strategy)["deployment_id"]
    ecs._settle(old)
    back = api.post(f"{DEPLOYMENTS}/{ident}/rollback", {}).expect(200).data["rollback_id"]
    going.run()
    assert (shown(api, back)["status"], ecs.service["taskDefinition"]) == ("completed", old)


@pytest.mark.parametrize("strategy", ["rolling_update", "canary"])
def test_a_service_that_is_deleted_in_the_middle_fails(
    api: Caller, ecs: FakeEcs, going: FakeMachine, strategy: str
) -> None:
    ecs.balance()
    wait = going.before

    def delete(name: str) -> None:
        wait(name)
        if name == "Shift" and "UpdateService" in ecs.called:
            ecs.service["status"] = "INACTIVE"

    going.before = delete
    ended = deploy(api, going, "2.0", strategy)

    assert (ended["status"], ended["reason"]) == ("failed", "the ECS service web is gone")


@pytest.mark.usefixtures("ecs")
def test_a_service_has_one_roll_out_at_a_time_however_it_is_called(api: Caller, going: FakeMachine) -> None:
    [row] = containers.resources(reading.TAG, "pentarch")
    by_id = api.post(DEPLOY, asked(service=row.id)).expect(200).data
    error = api.post(DEPLOY, asked("2.1")).expect(409).json()["error"]
    assert (error["code"], error["message"]) == ("CONFLICT", "a roll-out of web is under way")

    going.run()

    assert (by_id["service"], shown(api, by_id["deployment_id"])["status"]) == ("web", "completed")


@pytest.mark.parametrize("strategy", ["rolling_update", "canary"])
def test_there_is_a_way_back_to_the_version_before_and_to_a_named_one(
    api: Caller, ecs: FakeEcs, going: FakeMachine, strategy: str
) -> None:
    ecs.balance()
    deploy(api, going, "2.0", strategy)
    newest = deploy(api, going, "2.1", strategy)
    first = api.post(f"{DEPLOYMENTS}/{newest['deployment_id']}/rollback", {}).expect(200).data
    going.run()
    assert (first["target_version"], ecs.app["image"]) == ("2.0", f"{TEAM}:2.0")
    assert shown(api, newest["deployment_id"])["status"] == "rolled_back"

    digest = f"sha256:{'7' * 64}"
    newest = deploy(api, going, digest, strategy)
    assert ecs.app["image"] == f"{TEAM}@{digest}"
    place = f"{DEPLOYMENTS}/{newest['deployment_id']}/rollback"
    api.post(place, {"target_version": "9.9"}).expect(404)
    api.post(place, {"target_version": "2.1"}).expect(200)
    going.run()
    assert ecs.app["image"] == f"{TEAM}:2.1"
    assert len(ecs.definitions) == 4  # a way back registers nothing


def test_a_definition_that_is_gone_is_no_way_back(api: Caller, ecs: FakeEcs, going: FakeMachine) -> None:
    old = ecs.newest
    ident = deploy(api, going)["deployment_id"]
    ecs.definitions[old]["status"] = "INACTIVE"
    error = api.post(f"{DEPLOYMENTS}/{ident}/rollback", {}).expect(409).json()["error"]
    assert (error["code"], error["message"]) == ("CONFLICT", "the task definition web:1 is gone")
    assert shown(api, ident)["status"] == "completed"


def test_every_task_may_be_delivered_twice(api: Caller, ecs: FakeEcs, going: FakeMachine) -> None:
    ecs.balance()
    going.deliveries = 2
    ended = deploy(api, going, "2.0", "canary")
    messages = [note["message"] for note in ended["events"]]
    assert (ended["status"], len(messages)) == ("completed", len(set(messages)))
    assert (len(ecs.definitions), len(ecs.shifts)) == (2, 1)


def test_what_ecs_refuses_for_good_is_told_and_leads_back(
    api: Caller, ecs: FakeEcs, going: FakeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ecs, "_register_task_definition", lambda **_: refuse("ClientException", "Too many secrets"))
    ended = deploy(api, going)
    assert (ended["status"], ended["reason"]) == ("rolled_back", "ECS refuses: Too many secrets")
    assert "UpdateService" not in ecs.called


def test_while_ecs_cannot_be_asked_nobody_knows_whether_there_is_a_service(
    api: Caller, ecs: FakeEcs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ecs, "_get_resources", lambda **_: refuse("InternalServiceException", "later"))
    api.post(DEPLOY, asked()).expect(503)


@pytest.mark.parametrize("strategy", ["rolling_update", "canary"])
def test_a_deployment_under_way_can_be_called_back(
    api: Caller, ecs: FakeEcs, going: FakeMachine, strategy: str
) -> None:
    ecs.balance()
    old, wait = ecs.service["taskDefinition"], going.before
    ident = api.post(DEPLOY, asked("2.0", strategy)).expect(200).data["deployment_id"]

    def call_back(name: str) -> None:
        wait(name)
        if name == "Check" and shown(api, ident)["status"] == "deploying":
            api.post(f"{DEPLOYMENTS}/{ident}/rollback", {}).expect(200)

    going.before = call_back
    going.run()

    assert shown(api, ident)["status"] == "rolled_back"
    assert ecs.service["taskDefinition"] == old


def test_a_service_that_never_settles_is_given_up(
    api: Caller, ecs: FakeEcs, going: FakeMachine, clock: StoppedClock
) -> None:
    def wait(name: str) -> None:
        if name == "Bake":
            clock.advance(minutes=20)
            if len(ecs.service["deployments"]) == 3:
                ecs.tick()  # the way back is quicker

    going.before = wait
    ended = deploy(api, going)
    assert (ended["status"], ended["reason"]) == ("rolled_back", "web did not settle within 1:00:00")


class KilledError(BaseException):
    """The function ended, and nothing in it may hear of that."""


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("version", "status", "left"), [("2.0", "completed", "2.0"), (UNPULLABLE, "rolled_back", "1.0")]
)
@pytest.mark.parametrize("strategy", ["rolling_update", "canary"])
def test_deaths_after_every_call_repeat_no_effect(  # noqa: PLR0917 (a table's columns)
    api: Caller, ecs: FakeEcs, clock: StoppedClock, strategy: str, version: str, status: str, left: str
) -> None:
    ecs.balance()
    ident = api.post(DEPLOY, asked(version, strategy)).expect(200).data["deployment_id"]
    deaths = _walk_dying(ident, ecs, clock)

    one = store.get(ident)
    assert one is not None
    assert (one.status, ecs.app["image"]) == (status, f"{TEAM}:{left}")
    assert deaths > 15
    assert len(ecs.definitions) == 2
    assert len(ecs.shifts) == (strategy == "canary")
    assert ecs.service["deploymentConfiguration"] == OWN
    assert asking.revived(one, clock.at + timedelta(days=1)) is one


def _walk_dying(ident: str, ecs: FakeEcs, clock: StoppedClock) -> int:
    """Each step dies after its first call to ECS, then after its second, and so on, until it has none left."""
    calls = allowed = deaths = 0

    def die(_: str) -> None:
        nonlocal calls
        calls += 1
        if calls > allowed:
            raise KilledError

    ecs.after = die
    said: dict[str, Any] = {"next": "plan"}
    event = {"step": "plan", "rollout": ident}
    while said["next"] != "done":
        calls = 0
        try:
            said = step.handler(event, None)
        except KilledError:
            allowed, deaths = allowed + 1, deaths + 1
            continue
        allowed, event = 0, {"step": said["next"], "rollout": ident}
        if said["seconds"]:
            clock.advance(seconds=15)
            ecs.tick()
    return deaths


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

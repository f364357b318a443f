"""Roll-outs of ECS services that meet others, go back, come twice, and die after every call."""

from datetime import timedelta
from typing import Any

import pytest

from infrastructure import asking, step, store
from infrastructure.inventory import containers, reading
from support.containers import TEAM, asked, deploy
from support.fake_ecs import OWN, UNPULLABLE, FakeEcs, refuse
from support.lambdas import Caller
from support.rollouts import DEPLOY, DEPLOYMENTS, FakeMachine, shown
from support.stopped_clock import StoppedClock

pytestmark = pytest.mark.usefixtures("clock")


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

"""The way back: to the version before, to a named one, out of the middle of a deployment."""

import pytest

from support.fake_lambda import BROKEN, FakeStack
from support.lambdas import Caller
from support.log import events_of
from support.rollouts import DEPLOY, DEPLOYMENTS, FakeMachine, asked, deploy, shown

pytestmark = pytest.mark.usefixtures("clock")


def test_a_roll_back_leads_to_the_version_before(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    deploy(api, machine, "2.0.0")
    newer = deploy(api, machine, "2.0.1")
    asking = api.post(f"{DEPLOYMENTS}/{newer['deployment_id']}/rollback", {}).expect(200).data
    assert asking == {
        "rollback_id": asking["rollback_id"],
        "deployment_id": newer["deployment_id"],
        "target_version": "2.0.0",
        "status": "rolling_back",
    }
    assert shown(api, newer["deployment_id"])["status"] == "rolling_back"

    machine.run()

    assert shown(api, newer["deployment_id"])["status"] == "rolled_back"
    assert shown(api, asking["rollback_id"])["status"] == "completed"
    assert stack.running("LlmApiFunction").environment["SERVICE_VERSION"] == "2.0.0"
    assert stack.of("LlmApiFunction").latest == stack.running("LlmApiFunction")
    api.post(f"{DEPLOYMENTS}/{newer['deployment_id']}/rollback", {}).expect(409)


def test_a_roll_back_may_name_its_version(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    deploy(api, machine, "2.0.0")
    deploy(api, machine, "2.0.1")
    newest = deploy(api, machine, "2.0.2")["deployment_id"]
    api.post(f"{DEPLOYMENTS}/{newest}/rollback", {"target_version": "9.9"}).expect(404)
    api.post(f"{DEPLOYMENTS}/{newest}/rollback", {"target_version": "2.0.0"}).expect(200)

    machine.run()

    assert stack.running("LlmApiFunction").environment["SERVICE_VERSION"] == "2.0.0"


def test_a_roll_back_to_a_broken_version_leaves_what_runs(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    ended = deploy(api, machine)
    old = stack.of("LlmApiFunction").published["1"]
    stack.of("LlmApiFunction").published["1"] = type(old)(BROKEN, old.environment, old.memory_mb, old.layers)
    asking = api.post(f"{DEPLOYMENTS}/{ended['deployment_id']}/rollback", {}).expect(200).data

    machine.run()

    assert shown(api, asking["rollback_id"])["status"] == "rolled_back"
    assert shown(api, ended["deployment_id"])["status"] == "completed"
    assert stack.of("LlmApiFunction").version == "2"


def test_a_deployment_under_way_can_be_called_back(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    ident = api.post(DEPLOY, asked()).expect(200).data["deployment_id"]

    def call_back(name: str) -> None:
        if name == "Bake" and stack.of("LlmApiFunction").weights == {"2": 0.5}:
            said = api.post(f"{DEPLOYMENTS}/{ident}/rollback", {}).expect(200).data
            assert (said["status"], said["target_version"]) == ("rolling_back", "0.1.0")
            assert shown(api, ident)["status"] == "rolling_back"

    machine.before = call_back
    machine.run()

    assert shown(api, ident)["status"] == "rolled_back"
    assert stack.of("LlmApiFunction").version == "1"
    assert len(events_of("acme", "infrastructure.deployment_rollback_started")) == 1

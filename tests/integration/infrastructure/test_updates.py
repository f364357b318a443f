"""Updates and restarts of the whole stack."""

import pytest

from support.fake_lambda import BROKEN, FakeStack
from support.lambdas import Caller
from support.log import events_of
from support.rollouts import FakeMachine, make_release
from support.tenants import make_key, make_tenant

UPDATE, RESTART = "/api/v1/update", "/api/v1/restart"
DEPLOYMENTS = "/api/v1/infrastructure/deployments"
LAST = "InfrastructureApiFunction"

pytestmark = pytest.mark.usefixtures("clock")


def code_of(stack: FakeStack, code: bytes = b"new code", **more: bytes) -> dict[str, bytes]:
    """The same code for every function, but for those that are named."""
    return {name.removeprefix("pentarch-"): code for name in stack.functions} | more


def test_the_running_version_is_up_to_date(api: Caller, machine: FakeMachine) -> None:
    assert api.post(UPDATE, {"target_version": "0.1.0"}).expect(200).json() == {
        "status": "up_to_date",
        "progress": 100,
        "message": "Version 0.1.0 is running",
        "requires_restart": False,
        "error": None,
    }
    assert not machine.names


def test_a_version_without_a_release_is_refused(api: Caller, machine: FakeMachine) -> None:
    assert api.post(UPDATE, {"target_version": "9.9.9"}).expect(404).json()["error"]["code"] == "NOT_FOUND"
    assert api.post(UPDATE, {"target_version": "../x"}).expect(400).json()["error"]["code"] == "VALIDATION_ERROR"
    assert not machine.names


def test_an_update_brings_every_function_to_the_release(
    api: Caller, stack: FakeStack, machine: FakeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_release("0.2.0", code_of(stack))
    begun = api.post(UPDATE, {"target_version": "0.2.0"}).expect(200).json()
    assert (begun["status"], begun["progress"], begun["error"]) == ("updating", 0, None)

    machine.run()

    for name in code_of(stack):
        assert stack.running(name).code == b"new code", name
        assert stack.running(name).environment["VERSION"] == "0.2.0"
    [event] = events_of("acme", "infrastructure.deployment_completed")
    assert (event.data["kind"], event.data["version"]) == ("update", "0.2.0")
    monkeypatch.setenv("VERSION", "0.2.0")  # as the new version of this very function has it
    assert api.post(UPDATE, {"target_version": "0.2.0"}).expect(200).json()["status"] == "up_to_date"


def test_asking_again_tells_the_progress_and_begins_nothing(
    api: Caller, stack: FakeStack, machine: FakeMachine
) -> None:
    make_release("0.2.0", code_of(stack))
    make_release("0.3.0", code_of(stack))
    begun = api.post(UPDATE, {"target_version": "0.2.0"}).expect(200).json()
    seen: list[int] = []

    def ask(_: str) -> None:
        again = api.post(UPDATE, {"target_version": "0.2.0"})
        if again.status == 200 and again.json()["deployment_id"] == begun["deployment_id"]:
            seen.append(again.json()["progress"])

    machine.before = ask
    assert api.post(UPDATE, {"target_version": "0.3.0"}).expect(409).json()["error"]["code"] == "CONFLICT"
    assert api.post(RESTART, {}).expect(409).json()["error"]["code"] == "CONFLICT"
    machine._walk({"rollout": begun["deployment_id"]})

    assert seen == sorted(seen)
    assert 0 < max(seen) < 100
    assert len(machine.names) <= 2  # the first, and what was asked for after the end


def test_the_infrastructure_is_updated_last(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    make_release("0.2.0", code_of(stack))
    order: list[str] = []
    moved: set[str] = set()

    def note(_: str) -> None:
        now = {name for name in code_of(stack) if stack.of(name).version == "2"}
        order.extend(sorted(now - moved))
        moved.update(now)

    machine.before = note
    api.post(UPDATE, {"target_version": "0.2.0"}).expect(200)
    machine.run()

    assert order[-2:] == ["InfrastructureApiFunction", "InfrastructureStepFunction"]


def test_one_broken_function_takes_the_whole_update_back(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    make_release("0.2.0", code_of(stack, ModelsApiFunction=BROKEN))
    ident = api.post(UPDATE, {"target_version": "0.2.0"}).expect(200).json()["deployment_id"]

    machine.run()

    ended = api.get(f"{DEPLOYMENTS}/{ident}").expect(200).data
    assert (ended["status"], ended["service"]) == ("rolled_back", "pentarch")
    assert "ModelsApiFunction" in ended["reason"]
    assert {stack.of(name).version for name in code_of(stack)} == {"1"}
    assert {stack.of(name).latest.code for name in code_of(stack)} == {b"old code"}


def test_a_release_of_another_set_of_functions_is_not_for_an_update(
    api: Caller, stack: FakeStack, machine: FakeMachine
) -> None:
    make_release("0.2.0", code_of(stack, NovelApiFunction=b"new"))
    ident = api.post(UPDATE, {"target_version": "0.2.0"}).expect(200).json()["deployment_id"]

    machine.run()

    ended = api.get(f"{DEPLOYMENTS}/{ident}").expect(200).data
    assert ended["status"] == "failed"
    assert "a deployment of its template" in ended["reason"]


def test_an_update_can_be_rolled_back(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    make_release("0.2.0", code_of(stack))
    ident = api.post(UPDATE, {"target_version": "0.2.0"}).expect(200).json()["deployment_id"]
    machine.run()
    said = api.post(f"{DEPLOYMENTS}/{ident}/rollback", {}).expect(200).data
    assert said["target_version"] == "0.1.0"

    machine.run()

    assert {stack.running(name).code for name in code_of(stack)} == {b"old code"}


@pytest.mark.parametrize("graceful", [True, False])
def test_a_restart_gives_every_function_fresh_environments(
    api: Caller, stack: FakeStack, machine: FakeMachine, *, graceful: bool
) -> None:
    before = {name: stack.running(name) for name in code_of(stack)}
    said = api.post(RESTART, {"graceful": graceful}).expect(200).json()
    assert said["status"] == "restarting"
    assert api.post(RESTART, {}).expect(200).json()["deployment_id"] == said["deployment_id"]

    machine.run()

    assert api.get(f"{DEPLOYMENTS}/{said['deployment_id']}").data["status"] == "completed"
    for name, content in before.items():
        after = stack.running(name)
        assert (after.code, after.memory_mb, after.layers) == (content.code, content.memory_mb, content.layers)
        assert set(dict(after.environment).items()) > set(dict(content.environment).items())
    assert machine.walked.count("Shift") == (len(before) if graceful else 1)
    api.post(f"{DEPLOYMENTS}/{said['deployment_id']}/rollback", {}).expect(409)


@pytest.mark.parametrize("path", [UPDATE, RESTART])
def test_only_an_administrator_of_the_operator_may(api: Caller, machine: FakeMachine, path: str) -> None:
    body = {"target_version": "0.1.0"}
    for stranger in (make_tenant("other"), make_key("acme", "operator"), make_key("acme", "developer")):
        error = api.using(stranger).post(path, body).expect(403).json()["error"]
        assert error["code"] == "AUTHORIZATION_ERROR"
    api.using("pk_acme_0_0").post(path, body).expect(401)
    assert not machine.names


def test_nobody_operates_a_stack_that_names_no_operator(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPERATOR_TENANT", "")
    api.post(RESTART, {}).expect(403)


@pytest.mark.parametrize("body", [{}, {"target_version": 7}])
def test_a_malformed_update_is_refused(api: Caller, body: dict[str, object]) -> None:
    api.post(UPDATE, body).expect(400)


def test_a_malformed_restart_is_refused(api: Caller, machine: FakeMachine) -> None:
    api.post(RESTART, {"graceful": "maybe"}).expect(400)
    api.post(RESTART, raw="{").expect(400)
    assert not machine.names

"""Desired states: planned, carried out step by step, seen as reached when they are asked for again."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.client import BaseClient

from infrastructure import releases, sweep
from infrastructure.syncing import store
from support.fake_lambda import BROKEN, FakeStack
from support.fleet import FakeFleet
from support.git_server import GitServer
from support.lambdas import Caller
from support.log import events_of
from support.rollouts import FakeMachine, deploy, make_release
from support.stopped_clock import StoppedClock
from support.tenants import make_key, make_tenant
from support.tools import Runner, in_this_process

SYNC = "/api/v1/infrastructure/sync"
KEY = "state/production.yaml"
SOURCE = {"type": "s3", "key": KEY}
GATEWAY = {"version": "2.0.0", "strategy": "canary", "environment_variables": {"LOG_LEVEL": "debug"}, "replicas": 3}

pytestmark = pytest.mark.usefixtures("stack", "machine")


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> FakeFleet:
    return FakeFleet().use(monkeypatch)


def text(services: Any = None, **resources: Any) -> bytes:
    told = {"apiVersion": "pentarch/v1", "services": services or {}, "resources": resources}
    return yaml.safe_dump(told).encode()


def wish(content: bytes, key: str = KEY) -> None:
    boto3.client("s3").put_object(Bucket=releases.bucket(), Key=key, Body=content)


def ask(api: Caller, *, dry_run: bool = False, source: Any = None) -> Any:
    return api.post(SYNC, {"source": source or SOURCE, "dry_run": dry_run})


def run(machine: FakeMachine, clock: StoppedClock) -> None:
    """A minute: roll-outs go on, and the schedule looks after what is under way."""
    machine.run()
    clock.advance(seconds=60)
    sweep.handler({}, None)


def test_a_state_is_planned_then_reached_and_not_planned_again(
    api: Caller, stack: FakeStack, machine: FakeMachine, fleet: FakeFleet, clock: StoppedClock
) -> None:
    wish(text({"ai-gateway": GATEWAY}, gpus={"replicas": 4}))
    plan = ask(api, dry_run=True).expect(200).data
    assert (plan["status"], plan["dry_run"], plan["sync_id"]) == ("planned", True, None)
    assert [(one["action"], one["service"]) for one in plan["steps"]] == [
        ("roll_out", "ai-gateway"),
        ("scale", "ai-gateway"),
        ("scale", fleet.resources["group"].id),
    ]
    differences = {one["path"]: (one["from"], one["to"]) for step in plan["steps"] for one in step["differences"]}
    assert differences["services.ai-gateway.version"] == ("0.1.0", "2.0.0")
    assert differences["services.ai-gateway.replicas"] == (1, 3)
    assert differences["resources.gpus.replicas"] == (2, 4)
    assert not machine.names
    assert fleet.asked == []

    begun = ask(api).expect(200).data
    assert [one["status"] for one in begun["steps"]] == ["running", "waiting", "waiting"]
    assert ask(api).expect(409).json()["error"]["details"]  # one at a time
    run(machine, clock)
    assert stack.running("LlmApiFunction").environment["LOG_LEVEL"] == "debug"
    assert fleet.asked == [("arn:a", 3)]
    fleet.arrive("api", 3)
    run(machine, clock)
    assert fleet.asked == [("arn:a", 3), ("arn:g", 4)]
    fleet.arrive("group", 4)
    assert api.get(f"{SYNC}/{begun['sync_id']}").expect(200).data["status"] == "completed"

    assert ask(api, dry_run=True).expect(200).data["status"] == "in_sync"
    again = ask(api).expect(200).data
    assert (again["status"], again["steps"]) == ("in_sync", [])
    [started] = events_of("acme", "infrastructure.sync_started")
    [completed] = events_of("acme", "infrastructure.sync_completed")
    assert started.data["sync_id"] == completed.data["sync_id"] == begun["sync_id"]
    assert len(events_of("acme", "infrastructure.deployment_completed")) == 1
    fleet.arrive("group", 1)  # somebody drifts
    assert [one["service"] for one in ask(api, dry_run=True).expect(200).data["steps"]] == [fleet.resources["group"].id]


def test_a_step_that_fails_ends_it_and_the_rest_is_not_begun(
    api: Caller, stack: FakeStack, machine: FakeMachine, fleet: FakeFleet, clock: StoppedClock
) -> None:
    make_release("3.0.0", {"LlmWorkerFunction": b"new", "LlmApiFunction": BROKEN})
    wish(text({"ai-gateway": {"version": "3.0.0", "replicas": 3}}))
    begun = ask(api).expect(200).data
    run(machine, clock)
    told = api.get(f"{SYNC}/{begun['sync_id']}").expect(200).data
    assert (told["status"], [one["status"] for one in told["steps"]]) == ("failed", ["failed", "skipped"])
    assert "step 1 failed" in told["reason"]
    assert fleet.asked == []
    assert stack.running("LlmApiFunction").code == b"old code"
    assert len(events_of("acme", "infrastructure.sync_failed")) == 1
    wish(text())
    ask(api).expect(200)  # the next one may begin


@pytest.mark.usefixtures("clock")
def test_who_rolls_out_a_service_is_not_overtaken(api: Caller, machine: FakeMachine) -> None:
    wish(text({"ai-gateway": {"version": "2.0.0", "environment_variables": {"A": "1"}}}))
    other = {"service": "ai-gateway", "version": "9", "config": {"environment_variables": {"B": "2"}}}
    api.post("/api/v1/infrastructure/deploy", other).expect(200)
    assert ask(api).expect(409).json()["error"]["code"] == "CONFLICT"
    machine.run()
    ask(api).expect(200)


def test_a_cool_down_is_waited_for(api: Caller, machine: FakeMachine, fleet: FakeFleet, clock: StoppedClock) -> None:
    api.post("/api/v1/infrastructure/scale", {"service": "ai-gateway", "replicas": 2}).expect(200)
    wish(text({"ai-gateway": {"replicas": 3}}))
    begun = ask(api).expect(200).data
    [step] = begun["steps"]
    assert (step["status"], "was scaled less than" in step["reason"]) == ("waiting", True)
    run(machine, clock)
    assert fleet.asked == [("arn:a", 2), ("arn:a", 3)]


@pytest.mark.usefixtures("clock", "fleet")
def test_a_variable_is_taken_away_again(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    deploy(api, machine)
    assert stack.running("LlmApiFunction").environment["LOG_LEVEL"] == "debug"
    wish(text({"ai-gateway": {"environment_variables": {"LOG_LEVEL": None}}}))
    ask(api).expect(200)
    machine.run()
    running = stack.running("LlmApiFunction").environment
    assert "LOG_LEVEL" not in running
    assert running["EVENTS_TABLE"] == "Events"
    assert running["SERVICE_VERSION"] == "2.0.0"


@pytest.mark.usefixtures("clock", "fleet")
@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (text({"tea-kitchen": {"replicas": 1}}), "services.tea-kitchen"),
        (text({"ai-gateway": {"colour": "red"}}), "services.ai-gateway.colour"),
        (text({"ai-gateway": {"version": "7.0.0"}}), "services.ai-gateway.version"),
        (text({"ai-gateway": {"replicas": 11}}), "services.ai-gateway.replicas"),
        (text({"ai-gateway": {"environment_variables": {"EVENTS_TABLE": "mine"}}}),
         "services.ai-gateway.environment_variables.EVENTS_TABLE"),
        (text(gpus={"replicas": 5}), "resources.gpus.replicas"),
        (text(nobody={"replicas": 1}), "resources.nobody"),
        (b"apiVersion: [", "source"),
        (b"\xff\xfe", "source"),
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_refused_with_its_path_and_changes_nothing(
    api: Caller, machine: FakeMachine, wanted: bytes, field: str
) -> None:
    wish(wanted)
    error = ask(api).expect(400).json()["error"]
    assert (error["code"], error["details"]["field"]) == ("VALIDATION_ERROR", field)
    assert not machine.names
    assert not events_of("acme", "infrastructure.sync_started")


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"source": SOURCE, "dry_run": "yes"},
        {"source": SOURCE, "force": True},
        {"source": {"type": "s3", "key": "code/stolen.zip"}},
        {"source": {"type": "s3", "key": "state/nothing-there.yaml"}},
        {"source": {"type": "ftp", "key": KEY}},
        {"source": {"type": "git", "repository": "https://git.test/r"}},
    ],
)
def test_a_request_that_names_no_document_is_refused(api: Caller, body: dict[str, Any]) -> None:
    assert api.post(SYNC, body).expect(400).json()["error"]["code"] == "VALIDATION_ERROR"


@pytest.mark.usefixtures("clock")
def test_only_those_who_operate_the_stack_may(api: Caller) -> None:
    wish(text())
    ask(api.using(make_tenant("other"))).expect(403)
    ask(api.using(make_key("acme", "developer"))).expect(403)
    ask(api.using(make_key("acme", "operator"))).expect(200)
    api.get(f"{SYNC}/nowhere").expect(404)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitServer]:
    with GitServer(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
        monkeypatch.setenv("TOOLS_REACH", "local")
        Runner().use(monkeypatch)
        in_this_process(monkeypatch)
        yield running


@pytest.mark.usefixtures("clock")
def test_a_state_in_git_is_read_at_a_revision_that_is_told(api: Caller, repository: GitServer) -> None:
    commit = repository.commit("Wish", {"env/live.yaml": text({"ai-gateway": {"environment_variables": {"A": "1"}}})})
    source = {"type": "git", "repository": repository.url, "path": "env/live.yaml", "ref": "main"}
    plan = ask(api, dry_run=True, source=source).expect(200).data
    assert plan["source"]["revision"] == commit
    assert [one["action"] for one in plan["steps"]] == ["roll_out"]
    for wrong in ({"path": "nowhere.yaml"}, {"ref": "no-branch"}, {"repository": "https://127.0.0.1:1/"}):
        assert ask(api, source=source | wrong).status in (400, 503)


class KilledError(BaseException):
    """The process is gone: no handler of the code sees it."""


def test_a_synchronisation_killed_at_any_call_to_aws_does_each_operation_once(
    api: Caller, machine: FakeMachine, fleet: FakeFleet, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish(text({"ai-gateway": {"environment_variables": {"A": "1"}, "replicas": 3}}))
    call = BaseClient._make_api_call  # type: ignore[attr-defined]
    ident = ask(api).expect(200).data["sync_id"]
    deaths = 0
    for allowed in range(60):
        left = allowed

        def counted(self: Any, operation: str, parameters: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise KilledError
            return call(self, operation, parameters)

        machine.run()
        clock.advance(seconds=60)
        monkeypatch.setattr(BaseClient, "_make_api_call", counted)
        with suppress(KilledError):
            sweep.handler({}, None)
        monkeypatch.setattr(BaseClient, "_make_api_call", call)
        deaths += left < 0
        if fleet.asked:
            fleet.arrive("api", 3)
        if not store.active():
            break
    assert deaths > 5
    kinds = (
        "deployment_started",
        "deployment_completed",
        "scaling_started",
        "scaled",
        "sync_started",
        "sync_completed",
    )
    assert {kind: len(events_of("acme", f"infrastructure.{kind}")) for kind in kinds} == dict.fromkeys(kinds, 1)
    assert set(fleet.asked) == {("arn:a", 3)}
    assert api.get(f"{SYNC}/{ident}").expect(200).data["status"] == "completed"

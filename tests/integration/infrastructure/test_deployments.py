"""Deployments of one service: to the end, back, refused, twice, at once."""

from typing import Any

import boto3
import pytest

from infrastructure import releases, steps, store
from support.fake_lambda import BROKEN, FAILING, LAYER, FakeStack
from support.lambdas import Caller
from support.log import events_of
from support.rollouts import DEPLOY, DEPLOYMENTS, FakeMachine, asked, deploy, make_release, shown
from support.stopped_clock import StoppedClock
from support.tenants import make_key, make_tenant

pytestmark = pytest.mark.usefixtures("clock")


def test_a_configuration_reaches_every_function_of_the_service(
    api: Caller, stack: FakeStack, machine: FakeMachine
) -> None:
    ended = deploy(api, machine)

    assert (ended["status"], ended["progress"], ended["previous_version"]) == ("completed", 1, "0.1.0")
    for name in ("LlmWorkerFunction", "LlmApiFunction"):
        running = stack.running(name)
        assert running.environment["LOG_LEVEL"] == "debug"
        assert running.environment["SERVICE_VERSION"] == "2.0.0"
        assert running.memory_mb == 885
        assert running.code == b"old code"
    assert stack.of("ModelsApiFunction").version == "1"


def test_a_canary_gets_a_little_then_more_and_is_watched_between(
    api: Caller, stack: FakeStack, machine: FakeMachine
) -> None:
    weights: list[Any] = []
    machine.before = lambda name: weights.append(dict(stack.of("LlmApiFunction").weights)) if name == "Bake" else None

    ended = deploy(api, machine)

    assert weights == [{"2": 0.1}, {"2": 0.5}, {}]
    assert [note["message"].split(" of the")[0] for note in ended["events"] if "traffic" in note["message"]] == [
        "10 %",
        "50 %",
        "100 %",
    ]


def test_a_release_brings_code_and_layers(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    code = {"LlmWorkerFunction": b"new code", "LlmApiFunction": b"new code"}
    make_release("3.0.0", code, {"CoreLayer": b"new layer"})

    ended = deploy(api, machine, "3.0.0", config={})

    running = stack.running("LlmApiFunction")
    assert ended["status"] == "completed"
    assert (running.code, running.layers) == (b"new code", (f"{LAYER}:2",))
    assert stack.layers[f"{LAYER}:2"] == b"new layer"
    assert running.environment["VERSION"] == "3.0.0"
    assert running.environment["BUILD_COMMIT"] == "0" * 40


def test_a_layer_that_did_not_change_is_not_published(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    make_release("3.0.0", dict.fromkeys(("LlmWorkerFunction", "LlmApiFunction"), b"new"), {"CoreLayer": b"layer"})

    deploy(api, machine, "3.0.0")

    assert list(stack.layers) == [f"{LAYER}:1"]


@pytest.mark.parametrize("code", [BROKEN, FAILING])
def test_a_version_that_does_not_start_meets_no_traffic(
    api: Caller, stack: FakeStack, machine: FakeMachine, code: bytes
) -> None:
    make_release("3.0.0", {"LlmWorkerFunction": b"new", "LlmApiFunction": code})

    ended = deploy(api, machine, "3.0.0", config={})

    assert ended["status"] == "rolled_back"
    assert "Shift" not in machine.walked
    assert "LlmApiFunction 2" in ended["reason"]
    assert stack.of("LlmApiFunction").version == "1"
    assert stack.of("LlmApiFunction").latest == stack.running("LlmApiFunction")
    [event] = events_of("acme", "infrastructure.deployment_rolled_back")
    assert event.data["deployment_id"] == ended["deployment_id"]
    assert event.data["reason"] == ended["reason"]


def test_a_version_that_breaks_under_traffic_goes_back(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    def go_off(name: str) -> None:
        if stack.of("LlmApiFunction").weights == {"2": 0.5} and name == "Check":
            stack.alarms.append("pentarch-ServerErrorsAlarm")

    machine.before = go_off

    ended = deploy(api, machine)

    assert ended["status"] == "rolled_back"
    assert ended["reason"] == "alarms went off: pentarch-ServerErrorsAlarm"
    assert (stack.of("LlmApiFunction").version, stack.of("LlmApiFunction").weights) == ("1", {})


def test_alarms_that_were_off_before_blame_nobody(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    stack.alarms.append("pentarch-JobsLostAlarm")

    assert deploy(api, machine)["status"] == "completed"


def test_a_version_whose_invocations_fail_goes_back(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    stack.errors["pentarch-LlmWorkerFunction:2"] = 0.2

    ended = deploy(api, machine)

    assert (ended["status"], ended["reason"]) == ("rolled_back", "LlmWorkerFunction 2 fails for 20% of its invocations")


def test_code_that_was_changed_in_the_bucket_is_never_used(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    make_release("3.0.0", dict.fromkeys(("LlmWorkerFunction", "LlmApiFunction"), b"new"))
    found = releases.manifest("3.0.0")
    assert found is not None
    key = found.functions["LlmApiFunction"].key
    boto3.client("s3").put_object(Bucket=releases.bucket(), Key=key, Body=b"somebody else's")

    ended = deploy(api, machine, "3.0.0")

    assert ended["status"] == "rolled_back"
    assert "was changed after it was written" in ended["reason"]
    assert stack.of("LlmWorkerFunction").latest.code == b"old code"


def test_every_task_may_be_delivered_twice(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    machine.deliveries = 2

    ended = deploy(api, machine)

    assert ended["status"] == "completed"
    messages = [note["message"] for note in ended["events"]]
    assert len(messages) == len(set(messages))
    assert list(stack.of("LlmApiFunction").published) == ["1", "2"]
    assert len(events_of("acme", "infrastructure.deployment_completed")) == 1


def test_a_step_that_crashes_leads_back(
    api: Caller, stack: FakeStack, machine: FakeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(steps, "_check", crash)

    ended = deploy(api, machine)

    assert ended["status"] == "rolled_back"
    assert stack.of("LlmApiFunction").version == "1"


def test_a_crash_at_the_end_is_made_up_for(
    api: Caller, stack: FakeStack, machine: FakeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    end, crashes = store.end, iter([True, False])

    def crash_once(*given: Any, **named: Any) -> None:
        if next(crashes):
            raise ZeroDivisionError
        end(*given, **named)

    monkeypatch.setattr(store, "end", crash_once)

    assert deploy(api, machine)["status"] == "completed"
    assert stack.of("LlmApiFunction").version == "2"


def test_a_service_has_one_roll_out_at_a_time(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    first = api.post(DEPLOY, asked("2.0.0")).expect(200).data
    assert api.post(DEPLOY, asked("2.0.1")).expect(409).json()["error"]["code"] == "CONFLICT"
    api.post(DEPLOY, asked(service="models")).expect(200)

    machine.run()

    assert shown(api, first["deployment_id"])["status"] == "completed"
    assert deploy(api, machine, "2.0.1")["previous_version"] == "2.0.0"
    assert stack.running("ModelsApiFunction").environment["SERVICE_VERSION"] == "2.0.0"


def test_a_roll_out_that_lost_its_execution_is_started_again(
    api: Caller, stack: FakeStack, machine: FakeMachine, clock: StoppedClock
) -> None:
    ident = api.post(DEPLOY, asked()).expect(200).data["deployment_id"]
    machine.waiting.clear()
    machine.names.clear()  # the process ended between the record and the start
    assert shown(api, ident)["status"] == "queued"
    assert not machine.waiting

    clock.advance(seconds=30)
    shown(api, ident)
    machine.run()

    assert shown(api, ident)["status"] == "completed"
    assert stack.of("LlmApiFunction").version == "2"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (asked(service="tea-kitchen"), "service"),
        (asked(config={}), "version"),
        (asked(strategy="big_bang"), "strategy"),
        (asked(version="../../etc"), "version"),
        (asked(config={"resource_limits": {"memory": "much"}}), "config.resource_limits.memory"),
        (asked(config={"environment_variables": {"1": "x"}}), "config.environment_variables"),
        ({"service": "ai-gateway"}, "version"),
    ],
)
def test_what_cannot_be_deployed_is_refused(api: Caller, machine: FakeMachine, body: Any, field: str) -> None:
    error = api.post(DEPLOY, body).expect(400).json()["error"]
    assert error["code"] == "VALIDATION_ERROR"
    assert error["details"]["field"].startswith(field)
    assert not machine.waiting


@pytest.mark.parametrize(
    "name",
    [
        "EVENTS_TABLE",
        "AWS_ENDPOINT_URL_S3",
        "VERSION",
        "LAMBDA_TASK_ROOT",
        "PYTHONPATH",
        "https_proxy",
        "REQUESTS_CA_BUNDLE",
    ],
)
def test_what_the_template_wires_cannot_be_given(
    api: Caller, stack: FakeStack, machine: FakeMachine, name: str
) -> None:
    ended = deploy(api, machine, config={"environment_variables": {name: "another"}})

    assert ended["status"] == "failed"
    assert name in ended["reason"]
    assert list(stack.of("LlmApiFunction").published) == ["1"]


def test_a_service_without_functions_fails(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    ended = deploy(api, machine, service="specialist-foundry")

    assert (ended["status"], ended["reason"]) == ("failed", "the stack has no function of specialist-foundry")
    assert stack.of("LlmApiFunction").version == "1"
    assert deploy(api, machine, service="specialist-foundry")["status"] == "failed"  # the lock is free again


def test_values_of_variables_are_in_no_event_and_no_reply(api: Caller, stack: FakeStack, machine: FakeMachine) -> None:
    ended = deploy(api, machine, config={"environment_variables": {"SHOP_TOKEN": "sesame"}})

    assert stack.running("LlmApiFunction").environment["SHOP_TOKEN"] == "sesame"
    assert "sesame" not in str(ended)
    assert "sesame" not in str(events_of("acme"))
    assert "SHOP_TOKEN" in str(events_of("acme"))


@pytest.mark.usefixtures("stack")
def test_events_are_in_the_order_of_their_times(api: Caller, machine: FakeMachine, clock: StoppedClock) -> None:
    clock.ticks = True
    times = [note["timestamp"] for note in deploy(api, machine)["events"]]
    assert times == sorted(times)


@pytest.mark.usefixtures("stack")
def test_deployments_are_listed_newest_first(api: Caller, machine: FakeMachine, clock: StoppedClock) -> None:
    made = []
    for number in range(3):
        made.append(deploy(api, machine, f"2.0.{number}")["deployment_id"])
        clock.advance(minutes=2)
    first = api.get(DEPLOYMENTS, query={"limit": 2}).expect(200).data
    rest = api.get(DEPLOYMENTS, query={"limit": 2, "cursor": first["next_cursor"]}).expect(200).data

    assert [row["deployment_id"] for row in first["deployments"] + rest["deployments"]] == made[::-1]
    assert rest["next_cursor"] is None


@pytest.mark.usefixtures("stack")
def test_only_the_operator_may_see_and_change_the_stack(api: Caller, machine: FakeMachine) -> None:
    ident = deploy(api, machine)["deployment_id"]
    other = api.using(make_tenant("other"))
    assert other.get(DEPLOYMENTS).expect(200).data["deployments"] == []
    for query in ({"kind": "service"}, {"service": "ai-gateway"}):
        error = other.get(DEPLOYMENTS, query=query).expect(403).json()["error"]
        assert error["code"] == "AUTHORIZATION_ERROR"
    other.get(f"{DEPLOYMENTS}/{ident}").expect(404)
    other.post(f"{DEPLOYMENTS}/{ident}/rollback", {}).expect(404)
    other.post(DEPLOY, asked()).expect(403)
    developer = api.using(make_key("acme", "developer"))
    developer.get(f"{DEPLOYMENTS}/{ident}").expect(200)
    developer.post(DEPLOY, asked()).expect(403)
    api.using("pk_acme_0_0").get(DEPLOYMENTS).expect(401)


@pytest.mark.usefixtures("stack")
def test_unknown_deployments_are_not_found(api: Caller) -> None:
    api.get(f"{DEPLOYMENTS}/nowhere-000").expect(404)
    api.post(f"{DEPLOYMENTS}/nowhere-000/rollback", {}).expect(404)

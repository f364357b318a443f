"""Stopping and starting services: who may, what refuses, and what it costs a request."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest

from llm import api as llm
from ops import halting
from ops.stack import Stack
from pentarch.identity.model import Caller as Identified
from pentarch.identity.model import Kind, Tier
from pentarch.identity.service import STOPPED_S, Authenticator
from pentarch.platform import clients, tables
from pentarch.web.admission import Gate
from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant

STOP, START = "/api/v2/ops/services/llm_service/stop", "/api/v2/ops/services/llm_service/start"
MODELS = "/api/v1/llm/models"


def an_operator() -> Identified:
    return Identified(
        tenant="acme",
        subject="key:k",
        kind=Kind.KEY,
        roles=("admin",),
        scopes=(),
        tier=Tier.PRO,
        requests_per_hour=100,
    )


pytestmark = pytest.mark.usefixtures("services")


@pytest.fixture
def gateway(api: Caller, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Caller]:  # noqa: ARG001
    """The slice that is stopped, in an environment of its own."""
    llm.app.state.gate = Gate(Authenticator())

    def handle(event: dict[str, object], context: object) -> dict[str, object]:
        with monkeypatch.context() as own:
            own.setenv("POWERTOOLS_SERVICE_NAME", "llm")
            return llm.handler(event, context)

    yield Caller(handle, api.headers)
    llm.app.state.gate = Gate(Authenticator())


def test_a_stopped_service_refuses_within_seconds_and_a_started_one_answers(
    api: Caller, gateway: Caller, clock: StoppedClock
) -> None:
    gateway.get(MODELS).expect(200)
    told = api.post(STOP, {}).expect(200).json()
    assert (told["service"], told["action"], told["status"]) == ("llm_service", "stop", "stopping")
    clock.advance(seconds=STOPPED_S)
    refused = gateway.get(MODELS).expect(503)
    assert refused.json()["error"]["code"] == "SERVICE_UNAVAILABLE"
    assert refused.headers["retry-after"] == "30"

    assert api.post(START, {"force": False}).expect(200).json()["status"] == "starting"
    clock.advance(seconds=STOPPED_S)
    gateway.get(MODELS).expect(200)
    [stopped] = events_of("acme", "ops.service_stopped")
    [started] = events_of("acme", "ops.service_started")
    assert (stopped.resource, started.data["service"]) == ("service:llm", "llm")


def test_knowing_what_is_stopped_costs_a_request_no_call_of_its_own(gateway: Caller, clock: StoppedClock) -> None:
    gateway.get(MODELS).expect(200)
    client = clients.dynamodb()
    with mock.patch.object(client, "batch_get_item", wraps=client.batch_get_item) as read:
        for _ in range(5):
            gateway.get(MODELS).expect(200)
        assert read.call_count == 0
        clock.advance(seconds=STOPPED_S)
        for _ in range(5):
            gateway.get(MODELS).expect(200)
        assert read.call_count == 1


@pytest.mark.parametrize("service", ["ops", "ops_service"])
def test_nobody_can_lock_himself_out(api: Caller, service: str) -> None:
    assert api.post(f"/api/v2/ops/services/{service}/stop", {"force": True}).expect(409)
    assert halting.stopped() == {}


def test_a_service_with_work_is_stopped_only_by_force(api: Caller, services: Stack) -> None:
    [queue] = services.services["llm"].queues
    clients.sqs().send_message(QueueUrl=queue, MessageBody="{}")
    refused = api.post(STOP, {}).expect(409).json()
    assert refused["error"]["details"]["messages"] == 1
    assert api.post(STOP, {"force": True}).expect(200).json()["status"] == "stopping"
    assert list(halting.stopped()) == ["llm"]


def test_doing_it_twice_tells_the_log_once(api: Caller) -> None:
    api.post(STOP, {}).expect(200)
    assert api.post(STOP, {}).expect(200).json()["status"] == "stopped"
    assert len(events_of("acme", "ops.service_stopped")) == 1
    api.post(START, {}).expect(200)
    assert api.post(START, {}).expect(200).json()["status"] == "running"


def test_only_the_operator_stops_and_only_what_there_is(api: Caller) -> None:
    other = api.using(make_tenant("other"))
    assert other.post(STOP, {}).expect(403).json()["error"]["code"] == "INSUFFICIENT_PERMISSIONS"
    assert api.post("/api/v2/ops/services/tea/stop", {}).expect(404).json()["error"]["code"] == "RESOURCE_NOT_FOUND"
    assert api.post(STOP, {"force": "perhaps"}).expect(400).json()["error"]["code"] == "INVALID_REQUEST"
    assert halting.stopped() == {}


def test_two_operators_at_once_lose_nothing(clock: StoppedClock) -> None:
    """Between reading the record and writing it, another service is stopped."""
    read = tables.batch_get
    between = ["jobs"]
    operator = halting.Operator(an_operator())

    def first(keys: Any, **options: Any) -> list[Any]:
        found = read(keys, **options)
        if between:
            operator.stop(between.pop(), clock.at, force=True, wait=False)
        return found

    with mock.patch.object(halting, "batch_get", side_effect=first):
        operator.stop("llm", clock.at, force=True, wait=False)
    assert sorted(halting.stopped()) == ["jobs", "llm"]

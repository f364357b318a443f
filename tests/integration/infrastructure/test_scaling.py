"""Scaling: told at once, followed until what runs is what was asked for, within bounds, and not too often."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infrastructure import sweep
from infrastructure.inventory.model import Kind, Resource, State
from infrastructure.scaling import acting
from infrastructure.scaling.asking import PATIENCE
from infrastructure.scaling.model import Mode
from pentarch.platform.clock import now
from support.fleet import FakeFleet
from support.lambdas import Caller
from support.log import events_of
from support.stopped_clock import StoppedClock
from support.tenants import make_tenant

SCALE = "/api/v1/infrastructure/scale"


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> FakeFleet:
    return FakeFleet().use(monkeypatch)


def ask(api: Caller, replicas: int, service: str = "ai-gateway", **more: Any) -> Any:
    return api.post(SCALE, {"service": service, "replicas": replicas, **more})


def test_a_service_is_scaled_where_it_answers_and_announced_when_it_is_there(
    api: Caller, fleet: FakeFleet, clock: StoppedClock
) -> None:
    told = ask(api, 3).expect(200).data
    assert (told["status"], told["current_replicas"], told["target_replicas"]) == ("scaling", 1, 3)
    assert fleet.asked == [("arn:a", 3)]
    path = f"{SCALE}/{told['scaling_operation_id']}"
    assert api.get(path).expect(200).data["status"] == "scaling"
    assert not events_of("acme", "infrastructure.scaled")
    fleet.arrive("api", 3)
    clock.advance(seconds=60)
    assert [sweep.handler({}, None)["operations"] for _ in range(2)] == [1, 0]
    assert api.get(path).expect(200).data["status"] == "completed"
    [event] = events_of("acme", "infrastructure.scaled")
    assert (event.data["replicas"], event.data["previous_replicas"]) == (3, 1)
    assert fleet.asked == [("arn:a", 3)]


def test_what_never_comes_has_failed_after_some_patience(api: Caller, fleet: FakeFleet, clock: StoppedClock) -> None:
    told = ask(api, 3).expect(200).data
    clock.advance(seconds=PATIENCE.total_seconds())
    assert api.get(f"{SCALE}/{told['scaling_operation_id']}").expect(200).data["status"] == "failed"
    assert len(events_of("acme", "infrastructure.scaling_failed")) == 1
    assert fleet.asked


@pytest.mark.parametrize(("code", "status"), [("ValidationError", "failed"), ("ThrottlingException", "scaling")])
def test_a_refusal_is_an_end_and_an_outage_is_tried_again(
    api: Caller, fleet: FakeFleet, clock: StoppedClock, code: str, status: str
) -> None:
    fleet.refusal = ClientError({"Error": {"Code": code, "Message": "no"}}, "Put")
    assert ask(api, 3).expect(200).data["status"] == status
    fleet.refusal = None
    clock.advance(seconds=60)
    sweep.handler({}, None)
    assert fleet.asked == ([] if status == "failed" else [("arn:a", 3)])


def test_what_was_scaled_is_left_alone_for_a_while(api: Caller, fleet: FakeFleet, clock: StoppedClock) -> None:
    ask(api, 3).expect(200)
    refused = ask(api, 4).expect(409)
    assert refused.json()["error"]["details"]["cool_down_seconds"] == 30
    assert refused.headers["retry-after"] == "30"
    ask(api, 1, fleet.resources["group"].id).expect(200)  # another resource
    clock.advance(seconds=30)
    ask(api, 4).expect(200)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    "body",
    [
        {"service": "ai-gateway"},
        {"service": "ai-gateway", "replicas": "three"},
        {"service": "ai-gateway", "replicas": -1},
        {"service": "ai-gateway", "replicas": 11},
        {"service": "tea-kitchen", "replicas": 2},
        {"service": "ai-gateway", "replicas": 2, "environment": "moon"},
    ],
)
def test_nonsense_is_refused_and_changes_nothing(api: Caller, fleet: FakeFleet, body: dict[str, Any]) -> None:
    assert api.post(SCALE, body).expect(400).json()["error"]["code"] == "VALIDATION_ERROR"
    assert fleet.asked == []


@pytest.mark.usefixtures("clock")
def test_a_groups_own_bounds_hold_and_strangers_have_no_say(api: Caller, fleet: FakeFleet) -> None:
    ask(api, 5, fleet.resources["group"].id).expect(400)
    ask(api.using(make_tenant("other")), 1).expect(403)
    api.get(f"{SCALE}/nowhere").expect(404)
    assert fleet.asked == []


@pytest.mark.usefixtures("api")
def test_aws_is_asked_for_a_groups_capacity() -> None:
    ec2, scaling = boto3.client("ec2"), boto3.client("autoscaling")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    template = ec2.create_launch_template(LaunchTemplateName="t", LaunchTemplateData={"ImageId": image})
    chosen: Any = {"LaunchTemplateId": template["LaunchTemplate"]["LaunchTemplateId"]}
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="gpus", MinSize=0, MaxSize=4, LaunchTemplate=chosen, AvailabilityZones=["us-east-1a"]
    )
    one = Resource("arn:g", "gpus", Kind.SCALING_GROUP, State.RUNNING, 0, now(), details={})
    acting.apply(one, 3, Mode.PROVISIONED)
    [group] = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=["gpus"])["AutoScalingGroups"]
    assert group["DesiredCapacity"] == 3

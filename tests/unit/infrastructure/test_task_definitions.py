"""Rules of the task definition that is to run next."""

from dataclasses import replace
from typing import Any

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.ecs import configurations, definitions, requirements
from infrastructure.ecs.errors import UnsuitedError
from infrastructure.ecs.model import Service
from infrastructure.model import Change, Strategy
from pentarch.platform.errors import InvalidInputError

WORDS = st.text("abcxyz0189", min_size=1, max_size=8)
TAGS = st.from_regex(r"[0-9A-Za-z_][0-9A-Za-z_.-]{0,20}", fullmatch=True)
DIGESTS = st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True)
VERSIONS = st.one_of(TAGS, DIGESTS)
SHAPES: Any = botocore.session.get_session().get_service_model("ecs")


def definition(*containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"family": "web", "containerDefinitions": list(containers or [app()]), "status": "ACTIVE", **more}


def app(name: str = "app", **more: Any) -> dict[str, Any]:
    return {"name": name, "image": "team/web:1", **more}


def service(*balanced: str, name: str = "web") -> Service:
    balancers = tuple({"containerName": one} for one in balanced)
    return Service("arn", name, "main", "web:1", 1, "ECS", "REPLICA", {}, balancers, False, False, ())


@given(
    path=st.lists(WORDS, min_size=1, max_size=3),
    has_port=st.booleans(),
    before=st.one_of(st.none(), VERSIONS),
    after=VERSIONS,
)
def test_only_the_version_of_an_image_changes(
    path: list[str],
    *,
    has_port: bool,
    before: str | None,
    after: str,
) -> None:
    name = "/".join(([("registry.test:5000")] if has_port else []) + path)
    image = name if before is None else definitions.at_version(name, before)
    assert definitions.version_of(image) == (before or "latest")
    changed = definitions.at_version(image, after)
    assert definitions.version_of(changed) == after
    assert changed.startswith(name)
    assert len(changed) == len(name) + 1 + len(after)


def test_a_tag_beside_a_digest_says_nothing() -> None:
    image = f"team/web:1@sha256:{'a' * 64}"
    assert definitions.version_of(image) == f"sha256:{'a' * 64}"
    assert definitions.at_version(image, "2") == "team/web:2"


def test_everything_that_a_definition_is_registered_with_is_carried_over() -> None:
    taken = set(SHAPES.operation_model("RegisterTaskDefinition").input_shape.members)
    told = set(SHAPES.shape_for("TaskDefinition").members)
    assert set(definitions.CARRIED) == taken & told
    assert taken - told == {"tags"}


@pytest.mark.parametrize(
    ("containers", "balanced", "chosen"),
    [
        (["a"], [], "a"),
        (["log", "a"], ["a"], "a"),
        (["log", "web"], [], "web"),
        (["log?", "a"], [], "a"),
    ],
)
def test_the_container_that_has_the_version_is_found(containers: list[str], balanced: list[str], chosen: str) -> None:
    made = definition(*(app(name.rstrip("?"), essential=not name.endswith("?")) for name in containers))
    assert definitions.container_of(made, service(*balanced), None) == chosen


def test_nobody_guesses_between_containers() -> None:
    with pytest.raises(InvalidInputError) as raised:
        definitions.container_of(definition(app("a"), app("b")), service(), None)
    assert raised.value.details == {"field": "config.container", "containers": ["a", "b"]}
    assert definitions.container_of(definition(app("a"), app("b")), service(), "b") == "b"


def test_variables_come_and_go_and_secrets_stay() -> None:
    present = definition(
        app(environment=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}], secrets=[{"name": "S"}])
    )
    made = definitions.following(present, "app", "2", Change(environment={"B": "3", "C": "4"}, removed=("A",)))
    [container] = made["containerDefinitions"]
    assert {one["name"]: one["value"] for one in container["environment"]} == {"B": "3", "C": "4"}
    assert (container["image"], container["secrets"], made.get("status")) == ("team/web:2", [{"name": "S"}], None)
    assert present["containerDefinitions"][0]["image"] == "team/web:1"
    with pytest.raises(InvalidInputError, match="S is a secret"):
        definitions.following(present, "app", "2", Change(environment={"S": "told"}))


def test_a_container_grows_with_its_task_and_another_keeps_its_share() -> None:
    present = definition(app(memory=384, cpu=192), app("log", memory=128, cpu=64), cpu="256", memory="512")
    made = definitions.following(present, "app", "2", Change(cpu_units=512, memory_mb=1024))
    sizes = [(one["cpu"], one["memory"]) for one in made["containerDefinitions"]]
    assert (made["cpu"], made["memory"], sizes) == ("512", "1024", [(448, 896), (64, 128)])


def test_a_task_on_instances_has_its_limits_at_the_container() -> None:
    made = definitions.following(
        definition(app(memory=64, memoryReservation=64)), "app", "2", Change(memory_mb=32, cpu_units=100)
    )
    [container] = made["containerDefinitions"]
    assert (container["memory"], container["memoryReservation"], container["cpu"]) == (32, 32, 100)
    definitions.check_size(made, on_fargate=False)


@pytest.mark.parametrize(("change", "field"), [(Change(memory_mb=100), "memory"), (Change(cpu_units=10), "cpu")])
def test_something_has_to_be_left_for_the_container(change: Change, field: str) -> None:
    present = definition(app(memory=100, cpu=100), app("log"), cpu="256", memory="512")
    with pytest.raises(InvalidInputError, match="nothing would be left") as raised:
        definitions.following(present, "app", "2", change)
    assert raised.value.details == {"field": f"config.resource_limits.{field}"}


@pytest.mark.parametrize(
    ("cpu", "memory", "is_taken"),
    [(256, 512, True), (256, 3072, False), (1024, 8192, True), (1024, 2500, False), (8192, 20480, True),
     (8192, 17408, False), (16384, 122880, True), (300, 512, False)],
)  # fmt: skip
def test_fargate_takes_some_sizes_alone(cpu: int, memory: int, is_taken: bool) -> None:  # noqa: FBT001
    made = {"cpu": str(cpu), "memory": str(memory)}
    definitions.check_size(made, on_fargate=False)
    if is_taken:
        definitions.check_size(made, on_fargate=True)
        return
    with pytest.raises(InvalidInputError):
        definitions.check_size(made | {"requiresCompatibilities": ["FARGATE"]}, on_fargate=False)


BALANCED = {"containerName": "app", "advancedConfiguration": {
    "alternateTargetGroupArn": "t", "productionListenerRule": "r", "roleArn": "role"}}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "lack"),
    [
        ({"connects": True}, None),
        ({"balancers": (BALANCED,)}, None),
        ({}, "no load balancer"),
        ({"balancers": ({"containerName": "app"},)}, "roleArn"),
        ({"connects": True, "scheduling": "DAEMON"}, "a task on each instance"),
        ({"connects": True, "controller": "CODE_DEPLOY"}, "made by CODE_DEPLOY"),
        ({"connects": True, "configuration": {"lifecycleHooks": [{"targetType": "PAUSE"}]}}, "pause for somebody"),
    ],
)
def test_traffic_is_shifted_where_ecs_can(changed: dict[str, Any], lack: str | None) -> None:
    wanted = replace(service(), **changed)
    if "controller" not in changed:
        requirements.check(wanted, Strategy.ROLLING_UPDATE)
    if lack is None:
        requirements.check(wanted, Strategy.CANARY)
        return
    with pytest.raises(UnsuitedError, match=lack):
        requirements.check(wanted, Strategy.CANARY)


def test_a_traffic_shift_keeps_the_services_own_hooks_and_alarms() -> None:
    own = {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 5.0}, "alarms": {"alarmNames": ["slow"]},
           "lifecycleHooks": [{"hookTargetArn": "arn"}]}  # fmt: skip
    made = configurations.shifting(own, Strategy.CANARY, 90)
    assert made["strategy"] == "CANARY"
    assert made["alarms"] == own["alarms"]
    assert made["lifecycleHooks"][0] == {"hookTargetArn": "arn"}
    assert made["lifecycleHooks"][1]["timeoutConfiguration"]["timeoutInMinutes"] == 62
    assert "linearConfiguration" not in made
    assert configurations.rolling(own)["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert configurations.returning(own)["lifecycleHooks"] == []

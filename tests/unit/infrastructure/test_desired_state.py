"""Desired states: what a document may say, what differs from it, and what is done about that."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml

from infrastructure.functions import Version
from infrastructure.inventory.model import Kind, Resource, State
from infrastructure.model import Strategy
from infrastructure.releases import Artifact, Manifest
from infrastructure.scaling.errors import OutOfBoundsError
from infrastructure.scaling.model import Mode
from infrastructure.syncing import document, planning
from infrastructure.syncing.errors import DocumentError
from infrastructure.syncing.model import Planned, RollOut, Scale
from infrastructure.syncing.planning import Present
from pentarch.platform.clock import now

OLD, NEW = (hashlib.sha256(text).hexdigest() for text in (b"old", b"new"))
RUNNING = Version("1", OLD, {"EVENTS_TABLE": "E", "SERVICE_VERSION": "1.0.0"}, 512, ())
GATEWAY = ("LlmApiFunction", "LlmWorkerFunction")
DETAILS = {"logical_id": GATEWAY[0], "reserved_concurrency": None}
API = Resource("arn:api", "ai-gateway-api", Kind.FUNCTION, State.RUNNING, 1, now(), details=DETAILS)
WEB = Resource("arn:web", "web", Kind.CONTAINERS, State.RUNNING, 2, now())


def release(version: str, sha256: str) -> Manifest:
    functions = {name: Artifact(sha256=sha256) for name in GATEWAY}
    return Manifest(version=version, commit="c", build_date="d", functions=functions, layers={})


def present(running: Version = RUNNING, releases: Mapping[str, Manifest | None] | None = None) -> Present:
    known = {"1.0.0": None, "2.0.0": release("2.0.0", NEW)} | dict(releases or {})
    return Present({"ai-gateway": dict.fromkeys(GATEWAY, running)}, {"ai-gateway": [API], "web": [WEB]}, known)


def at_most_ten(_: Iterable[Resource], replicas: int) -> None:
    if replicas > 10:
        raise OutOfBoundsError(0, 10)


def plan(there: Present | None = None, *, web: Any = None, **service: Any) -> list[Planned]:
    told: dict[str, Any] = {"apiVersion": "pentarch/v1", "services": {"ai-gateway": service}}
    if web is not None:
        told["resources"] = {"web": {"replicas": web}}
    return planning.plan(document.read(yaml.safe_dump(told).encode()), there or present(), at_most_ten)


def faults_of(text: str) -> dict[str, list[str]]:
    with pytest.raises(DocumentError) as refused:
        document.read(text.encode())
    return refused.value.errors


def test_what_is_as_it_shall_be_makes_no_plan() -> None:
    limits = {"memory": "512Mi"}
    assert plan(version="1.0.0", resource_limits=limits, replicas=1, web=2) == []
    assert plan() == []


def test_a_service_is_rolled_out_before_it_is_scaled_and_each_difference_is_told() -> None:
    first, second, third = plan(version="2.0.0", strategy="canary", environment_variables={"A": "1"}, replicas=3, web=5)
    assert isinstance(first.wanted, RollOut)
    assert (first.wanted.change.release, first.wanted.strategy) == ("2.0.0", Strategy.CANARY)
    assert [one.path for one in first.differences] == [
        "services.ai-gateway.version",
        "services.ai-gateway.environment_variables.A",
    ]
    assert (first.differences[0].before, first.differences[0].after) == ("1.0.0", "2.0.0")
    assert second.wanted == Scale("ai-gateway", 3, Mode.PROVISIONED)
    assert third.wanted == Scale(WEB.id, 5, Mode.PROVISIONED)
    assert (third.differences[0].path, third.differences[0].before) == ("resources.web.replicas", 2)


def test_values_of_variables_are_told_as_fingerprints() -> None:
    environment = RUNNING.environment | {"TOKEN": "hush", "ROLLOUT_VARIABLES": "TOKEN"}
    [one] = plan(present(replace(RUNNING, environment=environment)), environment_variables={"TOKEN": "secret"})
    [difference] = one.differences
    assert difference.before.startswith("sha256:")
    assert "hush" not in str(difference)
    assert "secret" not in str(difference)


def test_null_takes_away_what_a_deployment_gave_and_nothing_else() -> None:
    given = replace(RUNNING, environment=RUNNING.environment | {"A": "1", "ROLLOUT_VARIABLES": "A"})
    [one] = plan(present(given), environment_variables={"A": None, "B": None})
    assert isinstance(one.wanted, RollOut)
    assert [each.path for each in one.differences] == ["services.ai-gateway.environment_variables.A"]
    assert one.wanted.change.removed == ("A", "B")
    assert plan(environment_variables={"A": None}) == []


def test_code_that_somebody_changed_under_the_same_version_is_drift() -> None:
    [one] = plan(present(releases={"1.0.0": release("1.0.0", NEW)}), version="1.0.0")
    assert [each.path for each in one.differences] == ["services.ai-gateway.code"]
    assert isinstance(one.wanted, RollOut)
    assert one.wanted.change.release == "1.0.0"


def test_everything_that_cannot_be_had_is_told_at_once() -> None:
    with pytest.raises(DocumentError) as refused:
        plan(
            present(releases={"3.0.0": None}),
            version="3.0.0",
            replicas=11,
            environment_variables={"EVENTS_TABLE": "mine"},
        )
    assert set(refused.value.errors) == {
        "services.ai-gateway.environment_variables.EVENTS_TABLE",
        "services.ai-gateway.replicas",
    }
    with pytest.raises(DocumentError, match=r"there is no release 3\.0\.0"):
        plan(present(releases={"3.0.0": None}), version="3.0.0")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("apiVersion: pentarch/v1\nservices: {a: {replica: 1}}", "services.a.replica"),
        ("apiVersion: pentarch/v1\nservices: {a: {version: 2.10}}", "services.a.version"),
        ("apiVersion: pentarch/v1\nservices: {a: {replicas: many}}", "services.a.replicas"),
        ("apiVersion: pentarch/v1\nservices: {a: {resource_limits: {gpu: 1}}}", "services.a.resource_limits.gpu"),
        ("apiVersion: pentarch/v2", "apiVersion"),
        ("services: {}", "apiVersion"),
        ("apiVersion: pentarch/v1\ndelete: everything", "delete"),
    ],
)
def test_what_is_not_known_is_refused_with_its_path(text: str, path: str) -> None:
    assert list(faults_of(text)) == [path]


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: [unclosed",
        "{'apiVersion'",
        '{"apiVersion": "pentarch/v1", "apiVersion": "pentarch/v1"}',
        "apiVersion: pentarch/v1\napiVersion: pentarch/v1",
        "a: &a [x]\nb: *a",
        "!!python/object/apply:os.system [ls]",
        "- a list",
        "",
        "[" * 5000,
        "\0",
    ],
)
def test_what_is_no_document_is_refused_and_not_shown(text: str) -> None:
    assert faults_of(text)


def test_json_is_taken_as_well() -> None:
    read = document.read(b'{\n\t"apiVersion": "pentarch/v1", "services": {"jobs": {"replicas": 2}}}')
    assert read.services["jobs"].replicas == 2
    assert list(faults_of("x" * (document.MAX_BYTES + 1))) == [""]

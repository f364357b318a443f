from pathlib import Path
from typing import Any, cast

import pytest

from local import build, containers
from local.clients import Clients
from local.place import Place
from local.stack import Resource, Stack

API = Resource("LlmApiFunction", "pentarch-LlmApi-1", "AWS::Lambda::Function")
EDGE = Resource("EdgeFunction", "pentarch-Edge-1", "AWS::Lambda::Function")


class Lambda:
    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        if FunctionName == API.physical_id:
            return {"Environment": {"Variables": {"EVENTS_TABLE": "pentarch-Events-1"}}}
        return {}


class Functions:
    def of_type(self, kind: str) -> list[Resource]:
        assert kind == "AWS::Lambda::Function"
        return [API, EDGE]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "template.yaml").write_text("Resources: {}")
    return Place(template=tmp_path / "template.yaml", home=tmp_path / ".local")


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was built: no `sam` runs."""
    found: list[dict[str, Any]] = []

    def make(_: Place, environ: dict[str, str], *, to: Path, more: list[str]) -> None:
        found.append({"environ": environ, "more": more})
        to.mkdir(parents=True, exist_ok=True)
        (to / "template.yaml").write_text("")

    monkeypatch.setattr(build, "build", make)
    return found


def test_functions_get_the_deployed_names_and_an_endpoint_that_they_can_reach() -> None:
    clients, stack = cast("Clients", {"lambda": Lambda()}), cast("Stack", Functions())

    found = containers.environment(clients, stack, "http://172.17.0.1:4566")

    assert found == {
        "LlmApiFunction": {"EVENTS_TABLE": "pentarch-Events-1", "AWS_ENDPOINT_URL": "http://172.17.0.1:4566"},
        "EdgeFunction": {"AWS_ENDPOINT_URL": "http://172.17.0.1:4566"},
    }


@pytest.mark.parametrize(
    ("endpoint", "seen"),
    [
        ("http://127.0.0.1:4566", "http://host.docker.internal:4566"),
        ("https://localhost", "https://host.docker.internal"),
        ("http://aws.example:4566", "http://aws.example:4566"),
    ],
)
def test_an_endpoint_of_this_machine_alone_goes_by_dockers_name(endpoint: str, seen: str) -> None:
    assert containers.seen_from_container(endpoint) == seen


def test_a_build_for_containers_has_the_whole_layer_and_is_made_once(place: Place, built: list[dict[str, Any]]) -> None:
    template, overrides = containers.make(place, {"PATH": "/bin"}, "3.12")
    containers.make(place, {"PATH": "/bin"}, "3.12")

    assert template == place.home / "containers" / "3.12" / "template.yaml"
    assert len(built) == 1
    assert built[0]["environ"] == {
        "PATH": "/bin",
        "PENTARCH_COMPILER": "",
        "PENTARCH_LAYER": "full",
        "PENTARCH_PYTHON": "3.12",
    }
    assert built[0]["more"] == overrides
    assert "PythonRuntime=python3.12" in overrides[1]


def test_a_change_of_the_source_is_built_again(place: Place, built: list[dict[str, Any]]) -> None:
    containers.make(place, {}, "3.13")
    place.template.write_text("Resources: {More: {}}")
    containers.make(place, {}, "3.13")

    assert len(built) == 2


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ('{"statusCode": 401}', False),
        ('{"batchItemFailures": []}', False),
        ('{"batchItemFailures": [{"itemIdentifier": "1"}]}', True),
        ('{"errorMessage": "no", "errorType": "ImportError"}', True),
        ("no JSON", True),
    ],
)
def test_what_a_function_raised_is_a_failure_though_sam_exits_with_0(answer: str, *, failure: bool) -> None:
    assert containers.is_failure(answer) is failure

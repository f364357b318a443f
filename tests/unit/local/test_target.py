import stat
from pathlib import Path
from typing import Any, cast

from local import target
from local.clients import Clients
from local.place import Place
from local.stack import Resource, Stack

REST = Resource("Api", "rest1", "AWS::ApiGateway::RestApi")
SOCKET = Resource("Socket", "ws1", "AWS::ApiGatewayV2::Api")


class Apis:
    """Stands for both API Gateway services."""

    def get_stages(self, **_: Any) -> dict[str, Any]:
        return {
            "item": [{"stageName": "Stage"}, {"stageName": "prod"}],
            "Items": [{"StageName": "live"}],
        }

    def get_api(self, **_: Any) -> dict[str, Any]:
        return {"ProtocolType": "WEBSOCKET"}


class Resources:
    name = "pentarch"

    def __init__(self, *resources: Resource) -> None:
        self._resources = resources

    def of_type(self, kind: str) -> list[Resource]:
        return [resource for resource in self._resources if resource.type == kind]


def addresses(*resources: Resource) -> dict[str, str]:
    place = Place(template=Path(), home=Path(), port=4600)
    clients = cast("Clients", {"apigateway": Apis(), "apigatewayv2": Apis()})
    return target.addresses(clients, place, cast("Stack", Resources(*resources)))


def test_the_base_url_is_a_path_and_names_the_declared_stage() -> None:
    assert addresses(REST)["base_url"] == "http://127.0.0.1:4600/_aws/execute-api/rest1/prod"


def test_the_socket_is_the_websocket_api_if_there_is_one() -> None:
    assert addresses(REST)["websocket_url"] == "ws://127.0.0.1:4600/_aws/execute-api/rest1/prod/ws"
    assert addresses(REST, SOCKET)["websocket_url"] == "ws://127.0.0.1:4600/_aws/execute-api/ws1/live"


def test_a_secure_endpoint_has_a_secure_socket() -> None:
    assert target.websocket("https://example.org/ws") == "wss://example.org/ws"


def test_the_target_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "target.json"
    file.write_text("{}")
    file.chmod(0o644)

    target.write(file, {"api_key": "k"})

    assert target.read(file) == {"api_key": "k"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_target_file_is_an_empty_target(tmp_path: Path) -> None:
    assert target.read(tmp_path / "target.json") == {}

"""What a client needs to talk to the stack, kept in a file that only its owner can read."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.clients import Clients
from local.place import REGION, Place
from local.stack import Stack

CREDENTIALS = ("api_key", "username", "password", "client_id", "client_secret", "user_api_key")

Target = dict[str, Any]


def addresses(clients: Clients, place: Place, stack: Stack) -> dict[str, str]:
    """Where the stack's APIs answer: by path, because names under localhost do not resolve everywhere."""
    root = f"{place.endpoint}/_aws/execute-api"
    found = {"endpoint_url": place.endpoint, "region": REGION, "stack_name": stack.name, "callback_host": place.host}
    for api in stack.of_type("AWS::ApiGateway::RestApi"):
        stages = clients["apigateway"].get_stages(restApiId=api.physical_id)["item"]
        names = [stage["stageName"] for stage in stages]
        found["base_url"] = f"{root}/{api.physical_id}/{_own_stage(names)}"
    found["websocket_url"] = websocket(found.get("base_url", place.endpoint) + "/ws")
    for api in stack.of_type("AWS::ApiGatewayV2::Api"):
        if clients["apigatewayv2"].get_api(ApiId=api.physical_id)["ProtocolType"] == "WEBSOCKET":
            stages = clients["apigatewayv2"].get_stages(ApiId=api.physical_id)["Items"]
            names = [stage["StageName"] for stage in stages]
            found["websocket_url"] = websocket(f"{root}/{api.physical_id}/{_own_stage(names)}")
    return found


def websocket(url: str) -> str:
    scheme, rest = url.split("://", 1)
    return f"{'wss' if scheme == 'https' else 'ws'}://{rest}"


def read(file: Path) -> Target:
    if not file.exists():
        return {}
    target: Target = json.loads(file.read_text())
    return target


def write(file: Path, target: Target) -> None:
    """Replace the file whole, so that a reader never sees half of it."""
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        json.dump(target, handle, indent=2)
        handle.write("\n")
    part.replace(file)


def curl(target: Target) -> str:
    return f"curl -H 'X-API-Key: {target['api_key']}' {target['base_url']}/api/v1/health"


def port_of(target: Target) -> int | None:
    return urlsplit(target["base_url"]).port


def _own_stage(names: list[str]) -> str:
    """SAM's older templates leave a stage called `Stage` beside the declared one."""
    return next((name for name in names if name != "Stage"), names[0])

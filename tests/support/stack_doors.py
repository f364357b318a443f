"""The stack's functions, invoked by name in this process: what the MCP server asks for its callers."""

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

import agents.api
import tools.api
from pentarch.platform import clients
from pentarch.tools.client import FUNCTION
from support.loops import call_elsewhere
from tools import runner

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


class Executions:
    """The executions' API as far as it is asked here: each ends after `looks` looks at its status."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, Any]] = []
        """The path and the parameters of each."""
        self.looks = 1
        self.end = "completed"

    def handler(self, event: dict[str, Any], _: object) -> dict[str, Any]:
        status, body = self._answer(event["httpMethod"], event["path"], event["body"])
        return {"statusCode": status, "headers": {}, "body": json.dumps(body)}

    def _answer(self, method: str, path: str, body: str | None) -> tuple[int, Any]:
        parts = path.removeprefix("/api/v1/").split("/")
        match method, parts:
            case "GET", ["workflows"]:
                row = {"id": "workflow-1", "name": "Pipeline", "description": "Reads, then judges"}
                return 200, {"data": [row], "pagination": {"totalPages": 1}}
            case "POST", [_, named, "execute"] if named.endswith("-1"):
                self.begun.append((path, json.loads(body or "{}")["parameters"]))
                return 202, {"execution_id": "exec-1", "status": "queued"}
            case "POST", ["executions", "exec-1", "cancel"]:
                return 200, {"execution_id": "exec-1", "status": "cancelled"}
            case "GET", ["executions", "exec-1", "status"]:
                self.looks -= 1
                return 200, {"status": self.end if self.looks <= 0 else "running"}
            case "GET", ["executions", "exec-1"]:
                return 200, {"id": "exec-1", "status": self.end, "final_result": {"text": "done"}}
        return 404, {"title": "Not found", "detail": "no such thing"}


class StackDoors:
    """Lambda, as far as the functions of the stack invoke each other; `asked` has paths in their order."""

    def __init__(self, executions: Executions) -> None:
        self.asked: list[str] = []
        self.down: set[str] = set()
        self._handlers: Mapping[str, Handler] = {
            "agents": agents.api.handler,
            "tools": tools.api.handler,
            "workflows": executions.handler,
            "runner": runner.handler,
        }

    def use(self, patch: pytest.MonkeyPatch) -> None:
        for name in ("agents", "tools", "workflows"):
            patch.setenv(f"{name.upper()}_API_FUNCTION", name)
        patch.setenv(FUNCTION, "runner")
        patch.setattr(clients, "prediction_functions", lambda _: self)

    def invoke(self, *, FunctionName: str, Payload: bytes) -> Any:  # noqa: N803 (as boto3 has it)
        if FunctionName in self.down:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "boom"}')}
        event = json.loads(Payload)
        self.asked.append(f"{event.get('httpMethod')} {event.get('path')}")
        answer = call_elsewhere(self._handlers[FunctionName], event)
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}

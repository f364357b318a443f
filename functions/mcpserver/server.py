"""What the server does with a request: begin, ping, list, call."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mcpserver import offers, protocol
from mcpserver.doors import Api, Door, Reply
from mcpserver.errors import RpcError
from pentarch import __version__

WAIT_S = 18.0
"""For an execution to end: API Gateway gives up after 29 s, and a cold start may have come before."""
_PAUSES_S = (0.3, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0)
"""Between looks; each look is a request that counts."""
ENDED = ("completed", "failed", "cancelled")
_NOT_FOUND = 404
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
INFO = {"name": "pentarch", "title": "Pentarch", "version": __version__}
KEEPABLE = ("server/discover", "tools/list")
"""Methods whose results a client of the modern version may keep for as long as they say."""
INSTRUCTIONS = (
    "The tools of this tenant, and its agents and workflows as tools. An agent or a workflow that does not end within "
    "seconds answers with the execution_id of what goes on; get_execution tells its state and its result."
)


@dataclass(frozen=True, slots=True)
class Server:
    door: Door
    sleep: Callable[[float], None] = field(default=lambda seconds: time.sleep(seconds))  # noqa: PLW0108 (tests replace it)

    def answer(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        match method:
            case "initialize":
                return {"protocolVersion": protocol.negotiated(params.get("protocolVersion")), **_introduction()}
            case "server/discover":
                return {"supportedVersions": list(protocol.ALL), **_introduction()}
            case "ping":
                return {}
            case "tools/list":
                cursor = params.get("cursor")
                if cursor is not None and not isinstance(cursor, str):
                    raise RpcError(protocol.INVALID_PARAMS, "cursor is a text")
                return offers.listed(self.door, cursor)
            case "tools/call":
                return self._call(params)
            case _:
                raise RpcError(protocol.METHOD_NOT_FOUND, f"there is no method {method}")

    def _call(self, params: Mapping[str, Any]) -> dict[str, Any]:
        name, arguments = params.get("name"), params.get("arguments")
        arguments = {} if arguments is None else arguments
        if not isinstance(name, str) or not isinstance(arguments, Mapping):
            raise RpcError(protocol.INVALID_PARAMS, "name is a text, and arguments an object")
        if name.startswith(offers.TOOL):
            return self._run_tool(name, arguments)
        if name.startswith(offers.AGENT):
            return self._execute(f"/api/v1/agents/{_part(name)}", name, arguments)
        if name.startswith(offers.WORKFLOW):
            return self._execute(f"/api/v1/workflows/{_part(name)}", name, arguments)
        if name in (offers.LOOK, offers.CANCEL):
            return self._see(name, arguments)
        raise _unknown(name)

    def _run_tool(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        reply = self.door.post(Api.TOOLS, f"/api/v1/tools/{_part(name)}/execute", {"parameters": dict(arguments)})
        if reply.status == _NOT_FOUND:
            raise _unknown(name)
        if not reply.ok:
            return _refused(reply)
        if reply.body["status"] == "completed":
            return _told(reply.body["result"] or {})
        error = reply.body.get("error") or {}
        return _told(error or {"status": "failed"}, text=str(error.get("message", "the tool failed")), is_error=True)

    def _execute(self, path: str, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Start, and wait a little; a state that is not read is no failure of what goes on."""
        if not self.door.knows(Api.WORKFLOWS):
            raise _unknown(name)
        begun = self.door.post(Api.WORKFLOWS, f"{path}/execute", {"parameters": dict(arguments)})
        if begun.status == _NOT_FOUND:
            raise _unknown(name)
        if not begun.ok:
            return _refused(begun)
        identifier = str(begun.body["execution_id"])
        status, waited = str(begun.body["status"]), 0.0
        for pause in _PAUSES_S:
            if status in ENDED or waited + pause > WAIT_S:
                break
            self.sleep(pause)
            waited += pause
            look = self.door.get(Api.WORKFLOWS, f"/api/v1/executions/{_part(identifier)}/status")
            status = str(look.body["status"]) if look.ok else status
        if status not in ENDED:
            return _told({"execution_id": identifier, "status": status})
        found = self.door.get(Api.WORKFLOWS, f"/api/v1/executions/{_part(identifier)}")
        return _execution(found.body) if found.ok else _told({"execution_id": identifier, "status": status})

    def _see(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        identifier = arguments.get("execution_id")
        if not isinstance(identifier, str) or not identifier or not self.door.knows(Api.WORKFLOWS):
            raise RpcError(protocol.INVALID_PARAMS, "execution_id is missing")
        path = f"/api/v1/executions/{_part(identifier)}"
        if name == offers.CANCEL:
            reply = self.door.post(Api.WORKFLOWS, f"{path}/cancel", {})
            return _told(reply.body) if reply.ok else _refused(reply)
        reply = self.door.get(Api.WORKFLOWS, path)
        return _execution(reply.body) if reply.ok else _refused(reply)


def _introduction() -> dict[str, Any]:
    return {
        "capabilities": {"tools": {"listChanged": False}},
        "serverInfo": INFO,
        "instructions": INSTRUCTIONS,
    }


def _execution(body: Mapping[str, Any]) -> dict[str, Any]:
    told = {"execution_id": body["id"], "status": body["status"], "result": body.get("final_result")}
    if body.get("error") is not None:
        told["error"] = body["error"]
    return _told(told, is_error=body["status"] == "failed")


def _told(content: Mapping[str, Any], *, text: str | None = None, is_error: bool = False) -> dict[str, Any]:
    """The result as an object, and as text for clients that read only that."""
    shown = json.dumps(content, ensure_ascii=False) if text is None else text
    return {"content": [{"type": "text", "text": shown}], "structuredContent": dict(content), "isError": is_error}


def _refused(reply: Reply) -> dict[str, Any]:
    """A refusal that a model may mend, or tell of: it is a result and no error of the protocol."""
    return {"content": [{"type": "text", "text": reply.problem}], "isError": True}


def _unknown(name: str) -> RpcError:
    return RpcError(protocol.INVALID_PARAMS, f"Unknown tool: {name}")


def _part(name: str) -> str:
    """A name as a part of a path, which it must not leave."""
    if not _NAME.fullmatch(name):
        raise _unknown(name)
    return name

"""What the server offers as tools: the tenant's tools, agents and workflows, and a look at what they started."""

import base64
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from mcpserver.doors import Api, Door
from mcpserver.errors import RpcError
from mcpserver.protocol import INTERNAL_ERROR, INVALID_PARAMS

PAGE = 100
TOOL = "tool-"
AGENT = "agent-"
WORKFLOW = "workflow-"
LOOK = "get_execution"
CANCEL = "cancel_execution"

_FORBIDDEN = 403
_ANY = {"type": "object", "properties": {}, "additionalProperties": True}
_TASK = {
    "type": "object",
    "properties": {
        "prompt": {"type": "string", "description": "What the agent is to do, in plain words"},
    },
    "additionalProperties": True,
}
_EXECUTION = {
    "type": "object",
    "properties": {"execution_id": {"type": "string", "minLength": 1, "maxLength": 64}},
    "required": ["execution_id"],
}


class _Shelf(NamedTuple):
    """Agents or workflows, of which there may be many pages."""

    api: Api
    path: str
    query: Mapping[str, str]
    schema: Mapping[str, Any]
    kind: str


_SHELVES = {
    "agents": _Shelf(Api.AGENTS, "/api/v1/agents", {"status": "active"}, _TASK, "agent"),
    "workflows": _Shelf(Api.WORKFLOWS, "/api/v1/workflows", {}, _ANY, "workflow"),
}


def listed(door: Door, cursor: str | None) -> dict[str, Any]:
    """A page of all that is offered; what the caller may not read is left out."""
    pages = dict.fromkeys(_SHELVES, 1) if cursor is None else _read(cursor)
    offers = [] if cursor is not None else _tools(door)
    following: dict[str, int] = {}
    for name, number in pages.items():
        shelf = _SHELVES[name]
        if not door.knows(shelf.api):
            continue
        asked = {"page": number, "pageSize": PAGE, "sortBy": "created_at", "sortOrder": "asc", **shelf.query}
        reply = door.get(shelf.api, shelf.path, asked)
        if reply.status == _FORBIDDEN:
            continue
        if not reply.ok:
            raise RpcError(INTERNAL_ERROR, reply.problem)
        offers += [_offer(row["id"], row["name"], row["description"], shelf) for row in reply.body["data"]]
        if reply.body["pagination"]["totalPages"] > number:
            following[name] = number + 1
    page: dict[str, Any] = {"tools": offers}
    if following:
        page["nextCursor"] = base64.urlsafe_b64encode(json.dumps(following).encode()).decode()
    return page


def _tools(door: Door) -> list[dict[str, Any]]:
    reply = door.get(Api.TOOLS, "/api/v1/tools")
    if not reply.ok and reply.status != _FORBIDDEN:
        raise RpcError(INTERNAL_ERROR, reply.problem)
    rows = reply.body["data"] if reply.ok else []
    offers = [
        {
            "name": row["id"],
            "title": row["name"],
            "description": row["description"],
            "inputSchema": row["input_schema"],
        }
        for row in rows
    ]
    if not door.knows(Api.WORKFLOWS):
        return offers
    look = "How far an execution of an agent or a workflow is, and its result"
    return [
        *offers,
        {"name": LOOK, "title": "Look at an execution", "description": look, "inputSchema": _EXECUTION},
        {"name": CANCEL, "title": "Cancel an execution", "description": "Cancel it", "inputSchema": _EXECUTION},
    ]


def _offer(identifier: str, name: str, description: str, shelf: _Shelf) -> dict[str, Any]:
    told = f"{description}\n\n" if description else ""
    return {
        "name": identifier,
        "title": name,
        "description": f"{told}Runs the {shelf.kind}: answers its result if it ends soon, else its execution_id.",
        "inputSchema": dict(shelf.schema),
    }


def _read(cursor: str) -> dict[str, int]:
    try:
        given = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, RecursionError):
        given = None
    pages = {name: given[name] for name in _SHELVES if name in given} if isinstance(given, dict) else {}
    if not pages or not all(type(number) is int and number > 0 for number in pages.values()):
        raise RpcError(INVALID_PARAMS, "cursor is the nextCursor of an earlier page")
    return pages

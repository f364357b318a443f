"""HTTP entry point of the MCP server: one route, where a client's JSON-RPC messages come in one by one."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import Response

from mcpserver import protocol
from mcpserver.doors import Door
from mcpserver.errors import RpcError
from mcpserver.server import INFO, KEEPABLE, Server
from pentarch.web.access import SELF, access
from pentarch.web.app import build_app, lambda_handler
from pentarch.web.context import context_of
from pentarch.web.replies import JsonReply
from pentarch.web.routes import governed_router

MAX_BODY_BYTES = 1024 * 1024
CREDENTIALS = ("authorization", "x-api-key")

router = governed_router(tags=["Model Context Protocol"])


@router.post("/mcp", summary="A JSON-RPC message of the Model Context Protocol", response_model=None)
@access(SELF)
async def receive(http: Request) -> Response:
    """Stateless: no session begins, and what a request needs to know is in it."""
    message: Any = None
    version = http.headers.get("mcp-protocol-version")
    try:
        message = _read(await http.body())
        protocol.require_version(version, message)
        if not protocol.is_request(message):
            return Response(status_code=202)  # a notification, or an answer to what this server never asks
        if version == protocol.MODERN:
            protocol.require_envelope(http.headers, message)
        result = _answer(http, message)
    except RpcError as refused:
        error = protocol.modern_error(refused) if version == protocol.MODERN else refused
        return JsonReply(protocol.failure(message, error), error.status)
    if version == protocol.MODERN:
        result = protocol.modern(result, INFO, keeps=message["method"] in KEEPABLE)
    return JsonReply(protocol.success(message, result))


def _answer(http: Request, message: Mapping[str, Any]) -> dict[str, Any]:
    headers = {name: http.headers[name] for name in CREDENTIALS if name in http.headers}
    server = Server(Door(headers, context_of(http).correlation_id))
    return server.answer(str(message["method"]), message.get("params") or {})


def _read(body: bytes) -> Any:  # noqa: ANN401 (any JSON value)
    if len(body) > MAX_BODY_BYTES:
        raise RpcError(protocol.INVALID_REQUEST, f"a message has at most {MAX_BODY_BYTES} bytes", status=413)
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise RpcError(protocol.PARSE_ERROR, "the body is not valid JSON", status=400) from None


app = build_app("Pentarch MCP server", router)
handler = lambda_handler(app)

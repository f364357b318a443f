"""The Model Context Protocol's frame: JSON-RPC messages and versions. Plain rules.

Spoken are the versions that begin with `initialize`, and the one in which every request says for itself what it needs
to be understood (https://modelcontextprotocol.io/specification, 2025-11-25 and 2026-07-28). The message's header tells
which.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from mcpserver.errors import RpcError

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
"""Those that begin with a handshake, the newest first."""
MODERN = "2026-07-28"
"""Without a handshake: each request carries version and capabilities in its `_meta`."""
ALL = (MODERN, *VERSIONS)
PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
UNSUPPORTED_VERSION = -32022
HEADER_MISMATCH = -32020
_STATUS = {METHOD_NOT_FOUND: 404, INVALID_PARAMS: 400}
"""HTTP statuses that the modern version gives to errors which the others tell with 200."""
_META = "io.modelcontextprotocol"
_ENCODED = ("=?base64?", "?=")


def negotiated(wanted: object) -> str:
    """The version that the client wants, or the newest one here: the client decides whether it speaks that."""
    return wanted if isinstance(wanted, str) and wanted in VERSIONS else VERSIONS[0]


def require_version(header: str | None, message: object) -> None:
    """Refuse a message of a version that is not spoken here; without the header it is one from before there was one."""
    opens = isinstance(message, Mapping) and message.get("method") == "initialize"
    if header is None or header in ALL or opens:
        return
    data = {"supported": list(ALL), "requested": header}
    raise RpcError(UNSUPPORTED_VERSION, "Unsupported protocol version", data=data, status=400)


def require_envelope(headers: Mapping[str, str], message: Mapping[str, Any]) -> None:
    """Refuse a modern request that lacks what each must say, or whose headers say something else than its body."""
    params = message.get("params") or {}
    meta = params.get("_meta")
    if not isinstance(meta, Mapping) or not {f"{_META}/protocolVersion", f"{_META}/clientCapabilities"} <= meta.keys():
        text = f"params._meta holds {_META}/protocolVersion and {_META}/clientCapabilities"
        raise RpcError(INVALID_PARAMS, text, status=400)
    said = {
        "mcp-protocol-version": meta[f"{_META}/protocolVersion"],
        "mcp-method": message["method"],
        "mcp-name": params.get("name") if message["method"] == "tools/call" else None,
    }
    for name, value in said.items():
        if value is not None and _decoded(headers.get(name)) != value:
            raise RpcError(HEADER_MISMATCH, f"the header {name} does not match the message", status=400)


def _decoded(value: str | None) -> str | None:
    """A header's value; what no header can hold comes in base64."""
    opening, closing = _ENCODED
    if value is None or not (value.startswith(opening) and value.endswith(closing)):
        return value
    try:
        return base64.b64decode(value[len(opening) : -len(closing)], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def modern(result: Mapping[str, Any], server_info: Mapping[str, Any], *, keeps: bool) -> dict[str, Any]:
    """A result as the modern version has it; one that may be kept is good for this client alone, and for no time."""
    told = {"resultType": "complete", "_meta": {f"{_META}/serverInfo": dict(server_info)}, **result}
    return told | ({"ttlMs": 0, "cacheScope": "private"} if keeps else {})


def modern_error(error: RpcError) -> RpcError:
    return RpcError(error.code, error.message, data=error.data, status=_STATUS.get(error.code, error.status))


def is_request(message: object) -> bool:
    """Whether a message wants an answer; RpcError for what is no message. Batches left the protocol in 2025."""
    if isinstance(message, list):
        raise RpcError(INVALID_REQUEST, "one message at a time", status=400)
    if not isinstance(message, Mapping) or message.get("jsonrpc") != "2.0":
        raise RpcError(INVALID_REQUEST, "the body is no JSON-RPC message", status=400)
    if "method" not in message:
        if "result" in message or "error" in message:
            return False
        raise RpcError(INVALID_REQUEST, "the message has no method", status=400)
    if not isinstance(message["method"], str) or not isinstance(message.get("params", {}), Mapping):
        raise RpcError(INVALID_REQUEST, "method is a text, and params an object", status=400)
    if "id" not in message:
        return False
    if not isinstance(message["id"], str | int) or isinstance(message["id"], bool):
        raise RpcError(INVALID_REQUEST, "an id is a text or a whole number", status=400)
    return True


def success(message: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": message["id"], "result": dict(result)}


def failure(message: object, error: RpcError) -> dict[str, Any]:
    """The id is null where none could be read."""
    told: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.data is not None:
        told["data"] = error.data
    given = message.get("id") if isinstance(message, Mapping) else None
    identifier = given if isinstance(given, str | int) and not isinstance(given, bool) else None
    return {"jsonrpc": "2.0", "id": identifier, "error": told}

"""The client's side of the Model Context Protocol over streamable HTTP: what a server offers, and one call.

Protocol: https://modelcontextprotocol.io/specification/2025-11-25/basic/transports (and its lifecycle and tools pages).
A session is opened for each run and closed after it; what a server sends beside the answer is passed over.
"""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, Self

from pentarch.platform import egress
from pentarch.platform.egress import EgressError, NotAllowedError, Reach, Reply
from tools.failures import Code, ToolFailedError

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26")
"""That this client speaks, the newest first; a server answers with one that both do."""
MAX_TOOLS = 500
_MAX_PAGES = 20
_MAX_BYTES = 2 * 1024 * 1024
_MAX_MESSAGE = 500
_UNAUTHORIZED = (401, 403)
_SUCCESS = range(200, 300)


def run(request: Mapping[str, Any]) -> dict[str, Any]:
    """`name` says which tool to call; without it the server is asked what it has."""
    with Session(request) as session:
        if request.get("name") is None:
            return {"server": session.server, "protocol": session.version, "tools": session.tools()}
        return session.call(request["name"], request["parameters"])


class Session:
    def __init__(self, request: Mapping[str, Any]) -> None:
        self._url = request["url"]
        self._reach = Reach(request["reach"])
        self._until = time.monotonic() + max(0.5, request["seconds"] - 0.5)
        self._authorization = request.get("authorization")
        self._effect_key = request.get("effect_key")
        self._id: str | None = None
        self._count = 0
        self.version = ""
        self.server: dict[str, Any] = {}

    def __enter__(self) -> Self:
        said = self._ask(
            "initialize",
            {
                "protocolVersion": VERSIONS[0],
                "capabilities": {},
                "clientInfo": {"name": "pentarch", "version": "1"},
            },
        )
        self.version = str(said.get("protocolVersion"))
        if self.version not in VERSIONS:
            msg = (
                f"the server speaks version {self.version[:40]} of the protocol, which is none of {', '.join(VERSIONS)}"
            )
            raise ToolFailedError(Code.UPSTREAM, msg)
        about = said.get("serverInfo")
        self.server = {name: str(about.get(name, ""))[:200] for name in ("name", "version")} if about else {}
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return self

    def __exit__(self, *_: object) -> None:
        """A server may keep a session until it is told of its end; that it ends is all that counts."""
        if self._id is None:
            return
        try:
            self._request("DELETE", None)
        except ToolFailedError:
            return

    def tools(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        for _ in range(_MAX_PAGES):
            said = self._ask("tools/list", {} if cursor is None else {"cursor": cursor})
            listed = said.get("tools")
            if not isinstance(listed, list):
                msg = "the server's list of tools is none"
                raise ToolFailedError(Code.UPSTREAM, msg)
            found += [one for one in listed if isinstance(one, dict)]
            cursor = said.get("nextCursor")
            if not isinstance(cursor, str) or len(found) >= MAX_TOOLS:
                break
        return found[:MAX_TOOLS]

    def call(self, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The content that the tool gives, its text in one piece, and its structured form where it has one."""
        more = {} if self._effect_key is None else {"_meta": {"pentarch/idempotency-key": self._effect_key}}
        said = self._ask("tools/call", {"name": name, "arguments": dict(arguments), **more})
        content = said.get("content")
        parts = [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []
        text = "\n".join(str(one.get("text", "")) for one in parts if one.get("type") == "text")
        if said.get("isError") is True:
            msg = f"the tool failed: {text[:_MAX_MESSAGE] or 'it does not say why'}"
            raise ToolFailedError(Code.UPSTREAM, msg)
        structured = said.get("structuredContent")
        return {"content": parts, "text": text} | ({} if structured is None else {"structured": structured})

    def _ask(self, method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        self._count += 1
        reply = self._send({"jsonrpc": "2.0", "id": self._count, "method": method, "params": dict(parameters)})
        if method == "initialize":
            self._id = reply.headers.get("mcp-session-id")
        for message in messages(reply):
            if message.get("id") != self._count or not ({"result", "error"} & message.keys()):
                continue  # a notification, or a request of the server's, which nobody here can answer
            if "error" in message:
                raise ToolFailedError(Code.UPSTREAM, f"the server refuses: {_told(message['error'])}")
            if isinstance(message["result"], dict):
                return message["result"]
        msg = "the server gives no answer to what it is asked"
        raise ToolFailedError(Code.UPSTREAM, msg)

    def _send(self, message: Mapping[str, Any]) -> Reply:
        reply = self._request("POST", json.dumps(message, ensure_ascii=False).encode())
        if reply.status in _UNAUTHORIZED:
            msg = f"the server refuses the credential, or wants one (status {reply.status})"
            raise ToolFailedError(Code.CREDENTIAL, msg)
        if reply.status not in _SUCCESS:
            msg = f"the server answers with status {reply.status}"
            raise ToolFailedError(Code.UPSTREAM, msg)
        return reply

    def _request(self, method: str, body: bytes | None) -> Reply:
        headers = {"Accept": "application/json, text/event-stream", "User-Agent": "pentarch"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self._authorization is not None:
            headers["Authorization"] = self._authorization
        if self._id is not None:
            headers["Mcp-Session-Id"] = self._id
        if self.version:
            headers["MCP-Protocol-Version"] = self.version
        left = self._until - time.monotonic()
        if left <= 0:
            msg = "the server does not answer in time"
            raise ToolFailedError(Code.TIMEOUT, msg)
        schemes = ("https",) if self._authorization is not None or self._reach is Reach.PUBLIC else ("https", "http")
        try:
            return egress.send(
                method,
                self._url,
                timeout_s=left,
                max_bytes=_MAX_BYTES,
                headers=headers,
                body=body,
                reach=self._reach,
                schemes=schemes,
            )
        except NotAllowedError as error:
            msg = f"the address is refused: {error}"
            raise ToolFailedError(Code.REFUSED, msg) from error
        except EgressError as error:
            code = Code.TIMEOUT if time.monotonic() >= self._until - 0.1 else Code.UPSTREAM
            msg = f"the server gives no answer: {error}"
            raise ToolFailedError(code, msg) from error


def messages(reply: Reply) -> Iterator[dict[str, Any]]:
    """The messages of a reply: one of JSON, or the events of a stream. What is none is passed over."""
    if reply.is_cut:
        msg = f"the server sends more than {_MAX_BYTES} bytes"
        raise ToolFailedError(Code.TOO_LARGE, msg)
    media = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    texts = events(reply.body.decode("utf-8", "replace")) if media == "text/event-stream" else [reply.body]
    for text in texts:
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            continue
        for one in said if isinstance(said, list) else [said]:
            if isinstance(one, dict):
                yield one


def events(text: str) -> Iterator[str]:
    """The data of each server-sent event."""
    data: list[str] = []
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []


def _told(error: Any) -> str:  # noqa: ANN401 (whatever the server says)
    message = error.get("message") if isinstance(error, dict) else error
    return str(message)[:_MAX_MESSAGE]

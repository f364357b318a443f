"""One request to an HTTP API, guarded: addresses inside are not asked, redirects not followed, answers bounded."""

import base64
import json
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from pentarch.platform import egress
from pentarch.platform.egress import EgressError, NotAllowedError, Reach
from tools.failures import Code, ToolFailedError

SCHEMES = ("http", "https")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_NOT_OURS = frozenset(
    {"connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization", "proxy-connection", "te",
     "trailer", "transfer-encoding", "upgrade"}
)  # fmt: skip
"""Headers of the connection, which are not the caller's to set."""
_KEPT_HEADERS = 50
_MAX_HEADER = 2000
_TEXTS = ("text/", "application/json", "application/xml", "application/javascript", "application/x-www-form-urlencoded")


def run(request: Mapping[str, Any]) -> dict[str, Any]:
    asked = request["parameters"]
    headers = checked_headers(asked.get("headers", {}))
    body = None if asked.get("body") is None else asked["body"].encode()
    if "json" in asked:
        body = json.dumps(asked["json"], ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"} | headers
    return ask(
        asked["method"],
        with_query(asked["url"], asked.get("query", {})),
        headers,
        body,
        max_bytes=asked["max_bytes"],
        request=request,
    )


def ask(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, *, max_bytes: int, request: Mapping[str, Any]
) -> dict[str, Any]:
    """The reply, whatever its status: what that means is for whoever asked. `request` has reach and time."""
    authorization = request.get("authorization")
    schemes = SCHEMES if authorization is None else ("https",)
    sent = dict(headers)
    if authorization is not None:
        place = request.get("credential_header") or "Authorization"
        sent = {name: value for name, value in headers.items() if name.lower() != place.lower()}
        sent[place] = authorization if place == "Authorization" else authorization.removeprefix("Bearer ")
    begun = time.perf_counter()
    try:
        reply = egress.send(
            method,
            url,
            timeout_s=max(0.1, request["seconds"] - 0.5),
            max_bytes=max_bytes,
            headers={"Accept": "*/*", "User-Agent": "pentarch"} | sent,
            body=body,
            reach=Reach(request["reach"]),
            schemes=schemes,
        )
    except NotAllowedError as error:
        msg = f"the address is refused: {error}"
        raise ToolFailedError(Code.REFUSED, msg) from error
    except EgressError as error:
        took = time.perf_counter() - begun
        code = Code.TIMEOUT if took >= request["seconds"] - 1 else Code.UPSTREAM
        msg = f"the address gives no answer: {error}"
        raise ToolFailedError(code, msg) from error
    return {
        "status": reply.status,
        "headers": {name: value[:_MAX_HEADER] for name, value in list(reply.headers.items())[:_KEPT_HEADERS]},
        **told_body(reply.body, reply.headers.get("content-type", "")),
        "truncated": reply.is_cut,
    }


def told_body(body: bytes, content_type: str) -> dict[str, Any]:
    """JSON as JSON, text as text, and anything else in base64."""
    media = content_type.partition(";")[0].strip().lower()
    if media == "application/json" or media.endswith("+json"):
        try:
            return {"encoding": "json", "body": json.loads(body, parse_constant=_refuse), "bytes": len(body)}
        except (ValueError, RecursionError):
            pass  # cut, or no JSON at all: it is told as text
    try:
        text = body.decode("utf-8", "strict" if not media.startswith(_TEXTS) else "replace")
    except UnicodeDecodeError:
        return {"encoding": "base64", "body": base64.b64encode(body).decode(), "bytes": len(body)}
    return {"encoding": "text", "body": text, "bytes": len(body)}


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers as they may be sent."""
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value) or not value.isascii():
            msg = f"the header {name[:50]!r} has a name or a value that no header may have"
            raise ToolFailedError(Code.BAD_PARAMETERS, msg)
        if name.lower() in _NOT_OURS:
            msg = f"the header {name} is of the connection, and cannot be set"
            raise ToolFailedError(Code.BAD_PARAMETERS, msg)
    return dict(headers)


def with_query(url: str, query: Mapping[str, Any]) -> str:
    if not query:
        return url
    try:
        parts = urlsplit(url)
    except ValueError as error:
        msg = "the address is none"
        raise ToolFailedError(Code.BAD_PARAMETERS, msg) from error
    pairs = [(name, str(value).lower() if isinstance(value, bool) else value) for name, value in query.items()]
    added = "&".join(part for part in (parts.query, urlencode(pairs)) if part)
    return urlunsplit(parts._replace(query=added))


def _refuse(text: str) -> Any:  # noqa: ANN401 (it never returns)
    msg = f"{text} is not JSON"
    raise ValueError(msg)

"""One operation of an HTTP API that a tenant described: its parameters put where they belong."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from tools.builtin.http_request import ask, checked_headers
from tools.failures import Code, ToolFailedError

MAX_BYTES = 200_000
_REFUSED = 400
_SHOWN = 500
SAFE = ("GET", "HEAD", "OPTIONS")


def run(request: Mapping[str, Any]) -> dict[str, Any]:
    target = request["target"]
    url, headers, body = filled(target, request["parameters"])
    if target["method"] not in SAFE and request.get("effect_key"):
        headers = {"Idempotency-Key": request["effect_key"]} | headers
    reply = ask(target["method"], url, headers, body, max_bytes=MAX_BYTES, request=request)
    if reply["status"] >= _REFUSED:
        said = reply["body"] if isinstance(reply["body"], str) else json.dumps(reply["body"], ensure_ascii=False)
        msg = f"the API answers with status {reply['status']}: {said[:_SHOWN]}"
        raise ToolFailedError(Code.UPSTREAM, msg)
    return reply


def filled(target: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[str, dict[str, str], bytes | None]:
    """Address, headers and body. An empty segment, or one of dots, would lead to another operation."""
    url: str = target["url"]
    query: list[tuple[str, str]] = []
    headers: dict[str, str] = {}
    for parameter in target["parameters"]:
        name = parameter["name"]
        if name not in given:
            continue
        value = given[name]
        match parameter["in"]:
            case "path":
                text = _text(value)
                if text in ("", ".", ".."):
                    msg = f"{name} cannot be {text!r}"
                    raise ToolFailedError(Code.BAD_PARAMETERS, msg)
                url = url.replace(f"{{{name}}}", quote(text, safe=""))
            case "query":
                query += [(name, _text(one)) for one in (value if isinstance(value, list) else [value])]
            case _:
                headers[name] = _text(value)
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query)
    body = None
    if target["body"] is not None and "body" in given:
        headers["Content-Type"] = target["body"]
        is_text = isinstance(given["body"], str) and "json" not in target["body"]
        body = (given["body"] if is_text else json.dumps(given["body"], ensure_ascii=False)).encode()
    return url, checked_headers(headers), body


def _text(value: Any) -> str:  # noqa: ANN401 (any JSON value)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

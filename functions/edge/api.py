"""Answers what no route takes, in the dialect of the path: unknown paths, and wrong methods of known ones.

And it hands out the reference of the whole bundle, which belongs to no slice: see `documents.py`.

It has no framework: it must be cheap, because anybody's stray request lands here. API Gateway itself answers a wrong
method of a known path (see GatewayResponses in the template); where something else routes, as the emulator does, such
a request comes here, so `routes.json` tells which paths are known. It is made from the template by `make routes`.
"""

import json
import os
import re
import time
from functools import cache
from pathlib import Path
from typing import Any

from edge.documents import METHODS, PAGES, answer
from pentarch.platform import clock
from pentarch.platform.correlation import accepted_or_new
from pentarch.platform.dialects import Failure, dialect_of
from pentarch.platform.errors import Meaning


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """The reply, and the one line that a request is counted by, as every other function writes it."""
    begun = time.perf_counter()
    correlation_id = accepted_or_new(_headers(event).get("x-correlation-id"))
    reply = _reply(event, correlation_id)
    line = {
        "level": "INFO",
        "message": "request",
        "timestamp": clock.iso(clock.now()),
        "service": os.environ.get("POWERTOOLS_SERVICE_NAME", "edge"),
        "correlation_id": correlation_id,
        "method": str(event.get("httpMethod") or "GET"),
        "status": reply["statusCode"],
        "milliseconds": round((time.perf_counter() - begun) * 1000, 1),
    }
    print(json.dumps(line, separators=(",", ":")), flush=True)  # noqa: T201
    return reply


def _headers(event: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}


def _reply(event: dict[str, Any], correlation_id: str) -> dict[str, Any]:
    path, method = str(event.get("path") or "/"), str(event.get("httpMethod") or "GET")
    given = _headers(event)
    headers = {"X-Correlation-ID": correlation_id, "X-Content-Type-Options": "nosniff", **_cors(given.get("origin"))}
    if method == "OPTIONS":
        return {"statusCode": 204, "headers": headers, "body": ""}
    if path in PAGES and method in METHODS:
        status, own, text = answer(path, given.get("if-none-match"))
        print(json.dumps({"message": "document", "path": path, "correlation_id": correlation_id}))  # noqa: T201
        return {"statusCode": status, "headers": headers | own, "body": "" if method == "HEAD" else text}
    methods = [*METHODS, "OPTIONS"] if path in PAGES else _methods_of(path)
    if methods:
        headers["Allow"] = ", ".join(methods)
    dialect = dialect_of(path)
    failure = Failure(
        meaning=Meaning.METHOD_NOT_ALLOWED if methods else Meaning.NOT_FOUND,
        message=f"there is no {method} {path}",
        details={"method": method, "path": path},
        errors={},
        correlation_id=correlation_id,
        timestamp=clock.iso(clock.now()),
    )
    status, body = dialect.render(failure)
    return {
        "statusCode": status,
        "headers": headers | {"Content-Type": dialect.media_type, "Cache-Control": "no-store"},
        "body": "" if method == "HEAD" else json.dumps(body),
    }


@cache
def _routes() -> list[tuple[re.Pattern[str], list[str]]]:
    listed: dict[str, list[str]] = json.loads(Path(__file__).with_name("routes.json").read_text())
    return [(re.compile(_expression(path)), methods) for path, methods in listed.items()]


def _expression(path: str) -> str:
    """A pattern for the paths that a template like `/v1/models/{model+}` takes."""
    parts = re.split(r"(\{\w+\+?\})", path)
    return "".join(
        (".+" if part.endswith("+}") else "[^/]+") if part.startswith("{") else re.escape(part) for part in parts
    )


def _methods_of(path: str) -> list[str]:
    return next((methods for pattern, methods in _routes() if pattern.fullmatch(path)), [])


def _cors(origin: str | None) -> dict[str, str]:
    allowed = os.environ.get("CORS_ORIGINS", "").split()
    if not origin or not ("*" in allowed or origin in allowed):
        return {}
    return {
        "Access-Control-Allow-Origin": "*" if "*" in allowed else origin,
        "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
        "Access-Control-Allow-Headers": "*",
        "Vary": "Origin",
    }

"""Answers the paths that no route knows, in the dialect of their reference.

It has no framework: it must be cheap, because anybody's stray request lands here.
"""

import os
import re
import uuid
from typing import Any

from pentarch.platform import clock
from pentarch.platform.dialects import Failure, dialect_of
from pentarch.platform.errors import Meaning

_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    import json

    path, method = str(event.get("path") or "/"), str(event.get("httpMethod") or "GET")
    given = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    correlation_id = _correlation_id(given.get("x-correlation-id"))
    headers = {"X-Correlation-ID": correlation_id, "X-Content-Type-Options": "nosniff", **_cors(given.get("origin"))}
    if method == "OPTIONS":
        return {"statusCode": 204, "headers": headers, "body": ""}
    dialect = dialect_of(path)
    failure = Failure(
        meaning=Meaning.NOT_FOUND,
        message=f"there is no {method} {path}",
        details={"method": method, "path": path},
        errors={},
        correlation_id=correlation_id,
        timestamp=clock.iso(clock.now()),
    )
    status, body = dialect.render(failure)
    print(json.dumps({"message": "no route", "method": method, "correlation_id": correlation_id}))  # noqa: T201
    return {
        "statusCode": status,
        "headers": headers | {"Content-Type": dialect.media_type, "Cache-Control": "no-store"},
        "body": "" if method == "HEAD" else json.dumps(body),
    }


def _correlation_id(given: str | None) -> str:
    return given if given and _ACCEPTED_ID.fullmatch(given) else str(uuid.uuid4())


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

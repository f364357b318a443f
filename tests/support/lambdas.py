"""Calling a handler as API Gateway does."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from support import answers

_DONE = 2
"""Of statuses: those that begin so."""
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    text: str

    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def data(self) -> Any:
        """What a MetaQore reply wraps."""
        return self.json()["data"]

    def expect(self, status: int) -> "Reply":
        assert self.status == status, f"{self.status}: {self.text}"
        return self


def rest_event(
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None,
    body: str | bytes | None = None,
    source_ip: str = "127.0.0.1",
) -> dict[str, Any]:
    """An event of a REST API's Lambda proxy integration."""
    sent = {"Host": "api.test", **(headers or {})}
    raw = body.encode() if isinstance(body, str) else body
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": {name: [str(value)] for name, value in query.items()} if query else None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": path,
            "httpMethod": method,
            "path": f"/prod{path}",
            "stage": "prod",
            "requestId": "00000000-0000-4000-8000-000000000000",
            "identity": {"sourceIp": source_ip},
            "apiId": "test",
        },
        "body": None if raw is None else base64.b64encode(raw).decode(),
        "isBase64Encoded": raw is not None,
    }


@dataclass(frozen=True, slots=True)
class Caller:
    """Sends requests to one handler with one set of headers."""

    handler: Handler
    headers: Mapping[str, str]

    def using(self, secret: str) -> "Caller":
        """The same API for somebody with an API key or a token."""
        return Caller(self.handler, {"Authorization": f"Bearer {secret}"})

    def get(self, path: str, **options: Any) -> Reply:
        return self.send("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> Reply:
        return self.send("POST", path, json=json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> Reply:
        return self.send("PUT", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> Reply:
        return self.send("DELETE", path, **options)

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        raw: str | bytes | None = None,
        form: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        source_ip: str = "127.0.0.1",
    ) -> Reply:
        path, _, asked = path.partition("?")  # an address that a reply has given may carry its query
        query = {**dict(parse_qsl(asked)), **(query or {})}
        body, media = raw, "application/json"
        if json is not None:
            body = _encoded(json)
        elif form is not None:
            body, media = urlencode(form), "application/x-www-form-urlencoded"
        sent = {**self.headers, **(headers or {})}
        if body is not None:
            sent.setdefault("Content-Type", media)
        event = rest_event(method, path, headers=sent, query=query, body=body, source_ip=source_ip)
        answer = self.handler(event, None)
        text = answer["body"]
        if answer.get("isBase64Encoded"):
            text = base64.b64decode(text).decode()
        found = {name.lower(): value for name, value in answer["headers"].items()}
        if text and answer["statusCode"] // 100 == _DONE and found.get("content-type") == "application/json":
            answers.check(method, path, text)
        return Reply(answer["statusCode"], found, text)


def _encoded(body: Any) -> str:
    return json.dumps(body)

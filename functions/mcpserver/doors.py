"""Asking the stack's own APIs for the caller, with the caller's credential.

So whoever comes by this protocol may do what they may do by HTTP and nothing else: the other slices' gates let them in,
count, refuse and write the events, and this function can neither read nor write a table of theirs.
"""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from pentarch.platform import clients
from pentarch.platform.observability import logger

_TIMEOUT_S = 28
_CORRELATION = "x-correlation-id"
_OUTAGE = 503


class Api(StrEnum):
    """The environment variables that name the functions behind the APIs."""

    AGENTS = "AGENTS_API_FUNCTION"
    TOOLS = "TOOLS_API_FUNCTION"
    WORKFLOWS = "WORKFLOWS_API_FUNCTION"


class Reply(NamedTuple):
    status: int
    body: Any

    @property
    def ok(self) -> bool:
        return self.status < 300  # noqa: PLR2004 (the range of successes)

    @property
    def problem(self) -> str:
        """Why it was refused, in words: the field's own message where there is one."""
        body = self.body if isinstance(self.body, Mapping) else {}
        errors = body.get("errors")
        if isinstance(errors, Mapping) and errors:
            return "; ".join(f"{field}: {' '.join(map(str, said))}" for field, said in errors.items())
        return str(body.get("detail") or body.get("title") or f"status {self.status}")


@dataclass(frozen=True, slots=True)
class Door:
    """For one request of one caller."""

    headers: Mapping[str, str]
    correlation_id: str

    def knows(self, api: Api) -> bool:
        return api in os.environ

    def get(self, api: Api, path: str, query: Mapping[str, Any] | None = None) -> Reply:
        return self._send(api, "GET", path, query=query)

    def post(self, api: Api, path: str, body: Mapping[str, Any]) -> Reply:
        return self._send(api, "POST", path, body=body)

    def _send(
        self,
        api: Api,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Reply:
        event = _event(method, path, {**self.headers, _CORRELATION: self.correlation_id}, query or {}, body)
        try:
            answer = clients.prediction_functions(_TIMEOUT_S).invoke(
                FunctionName=os.environ[api], Payload=json.dumps(event).encode()
            )
            said = json.loads(answer["Payload"].read())
            text = said["body"]
            if said.get("isBase64Encoded"):
                text = base64.b64decode(text).decode()
            return Reply(int(said["statusCode"]), json.loads(text) if text else None)
        except (BotoCoreError, ClientError, ValueError, KeyError, TypeError):
            logger().warning("an API of the stack does not answer", api=str(api), exc_info=True)
            return Reply(_OUTAGE, {"detail": "a part of the stack does not answer at the moment"})


def _event(
    method: str, path: str, headers: Mapping[str, str], query: Mapping[str, Any], body: Mapping[str, Any] | None
) -> dict[str, Any]:
    """As API Gateway's proxy integration sends a request."""
    sent = {"content-type": "application/json", **headers}
    texts = {name: str(value) for name, value in query.items()}
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": texts or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in texts.items()} or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": path,
            "httpMethod": method,
            "path": path,
            "stage": "mcp",
            "requestId": headers.get(_CORRELATION, ""),
            "identity": {"sourceIp": "127.0.0.1"},
            "apiId": "mcp",
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }

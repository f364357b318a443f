"""Asking the stack's own APIs from inside: an API's function is invoked with what API Gateway would send.

So whoever is asked for may do what they may do by HTTP and nothing else: the other slices' gates let them in, count,
refuse and write the events, and the asking function can neither read nor write a table of theirs.
"""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from pentarch.platform import clients
from pentarch.platform.observability import logger

_TIMEOUT_S = 28
_CORRELATION = "x-correlation-id"
_OUTAGE = 503
ON_BEHALF = "on_behalf_of"
"""Where an event's request context names whom the request is made for; API Gateway writes that context itself."""


class Reply(NamedTuple):
    status: int
    body: Any
    """What its JSON says, or the bytes of what is none."""
    retry_after: bool = False
    """Whether it says that the same request may succeed later."""
    raw: bytes = b""
    media_type: str = "application/json"

    @property
    def ok(self) -> bool:
        return self.status < 300  # noqa: PLR2004 (the range of successes)

    @property
    def accepted(self) -> bool:
        """A success, or an address to go on at."""
        return self.status < 400  # noqa: PLR2004 (the range of refusals)

    @property
    def problem(self) -> str:
        """Why it was refused, in words: the field's own message where there is one."""
        body = self.body if isinstance(self.body, Mapping) else {}
        error = body.get("error")
        if isinstance(error, Mapping) and error.get("message"):
            return str(error["message"])
        errors = body.get("errors")
        if isinstance(errors, Mapping) and errors:
            return "; ".join(f"{field}: {' '.join(map(str, said))}" for field, said in errors.items())
        return str(body.get("detail") or body.get("title") or f"status {self.status}")


@dataclass(frozen=True, slots=True)
class Door:
    """For one request of one caller."""

    headers: Mapping[str, str]
    correlation_id: str
    on_behalf: Mapping[str, Any] | None = None
    """A caller in place of a credential: only functions that say so take such a request (see `web.delegation`)."""

    def knows(self, api: str) -> bool:
        """`api` names the environment variable that names the API's function, here and below."""
        return api in os.environ

    def get(self, api: str, path: str, query: Mapping[str, Any] | None = None) -> Reply:
        return self._send(api, "GET", path, query=query)

    def post(self, api: str, path: str, body: Mapping[str, Any]) -> Reply:
        return self._send(api, "POST", path, body=body)

    def _send(
        self,
        api: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Reply:
        event = _event(method, path, {**self.headers, _CORRELATION: self.correlation_id}, query or {}, body)
        if self.on_behalf is not None:
            event["requestContext"][ON_BEHALF] = dict(self.on_behalf)
        try:
            answer = clients.prediction_functions(_TIMEOUT_S).invoke(
                FunctionName=os.environ[api], Payload=json.dumps(event).encode()
            )
            said = json.loads(answer["Payload"].read())
            return _reply(said)
        except (BotoCoreError, ClientError, ValueError, KeyError, TypeError):
            logger().warning("an API of the stack does not answer", api=api, exc_info=True)
            return Reply(_OUTAGE, {"detail": "a part of the stack does not answer at the moment"})


def _reply(said: Mapping[str, Any]) -> Reply:
    raw = base64.b64decode(said["body"]) if said.get("isBase64Encoded") else str(said["body"] or "").encode()
    many: Mapping[str, list[str]] = said.get("multiValueHeaders") or {}
    headers = {name.lower(): values[-1] for name, values in many.items()}
    headers |= {name.lower(): value for name, value in (said.get("headers") or {}).items()}
    media_type = headers.get("content-type", "application/json").partition(";")[0]
    body = json.loads(raw) if raw and media_type.endswith("json") else raw or None
    return Reply(int(said["statusCode"]), body, "retry-after" in headers, raw, media_type)


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
            "stage": "inside",
            "requestId": headers.get(_CORRELATION, ""),
            "identity": {"sourceIp": "127.0.0.1"},
            "apiId": "inside",
        },
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }

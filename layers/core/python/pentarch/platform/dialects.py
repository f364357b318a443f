"""How each published API reference words success and failure: data, and one renderer per shape.

A domain error knows its meaning (`pentarch.platform.errors.Meaning`); the dialect of the request's path gives it the
code, the status and the body that its reference documents.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pentarch.platform.errors import Meaning

_TYPE_URIS = {
    400: "https://tools.ietf.org/html/rfc7231#section-6.5.1",
    401: "https://tools.ietf.org/html/rfc7235#section-3.1",
    402: "https://tools.ietf.org/html/rfc7231#section-6.5.2",
    403: "https://tools.ietf.org/html/rfc7231#section-6.5.3",
    404: "https://tools.ietf.org/html/rfc7231#section-6.5.4",
    405: "https://tools.ietf.org/html/rfc7231#section-6.5.5",
    409: "https://tools.ietf.org/html/rfc7231#section-6.5.8",
    429: "https://tools.ietf.org/html/rfc6585#section-4",
    500: "https://tools.ietf.org/html/rfc7231#section-6.6.1",
    503: "https://tools.ietf.org/html/rfc7231#section-6.6.4",
}


class Failure(NamedTuple):
    """One refusal, before a dialect words it."""

    meaning: Meaning
    message: str
    details: Mapping[str, Any]
    errors: Mapping[str, list[str]]
    """Messages by field path; empty unless the request's own fields were at fault."""
    correlation_id: str
    timestamp: str
    retry_after: int | None = None
    own_code: str | None = None
    """The error's own code, which a dialect tells if its reference documents such codes."""


class Dialect(NamedTuple):
    name: str
    codes: Mapping[Meaning, tuple[str, int]]
    body: Callable[[str, int, Failure], dict[str, Any]]
    media_type: str = "application/json"
    challenge: str = "Bearer"
    """The scheme that a 401 asks for (RFC 9110, 11.6.1)."""
    tells_own_codes: bool = False

    def render(self, failure: Failure) -> tuple[int, dict[str, Any]]:
        """Status and body for a refusal."""
        code, status = self.codes.get(failure.meaning) or COMMON[failure.meaning]
        if self.tells_own_codes and failure.own_code is not None:
            code = failure.own_code
        return status, self.body(code, status, failure)


COMMON: Mapping[Meaning, tuple[str, int]] = {
    Meaning.INVALID: ("VALIDATION_ERROR", 400),
    Meaning.UNAUTHENTICATED: ("AUTHENTICATION_ERROR", 401),
    Meaning.FORBIDDEN: ("AUTHORIZATION_ERROR", 403),
    Meaning.NOT_FOUND: ("NOT_FOUND", 404),
    Meaning.METHOD_NOT_ALLOWED: ("METHOD_NOT_ALLOWED", 405),
    Meaning.CONFLICT: ("CONFLICT", 409),
    Meaning.TOO_LARGE: ("PAYLOAD_TOO_LARGE", 413),
    Meaning.UNSUPPORTED_MEDIA: ("UNSUPPORTED_MEDIA_TYPE", 415),
    Meaning.RATE_LIMITED: ("RATE_LIMITED", 429),
    Meaning.QUOTA_EXCEEDED: ("QUOTA_EXCEEDED", 402),
    Meaning.MODEL_NOT_FOUND: ("VALIDATION_ERROR", 400),
    Meaning.MODEL_NOT_LOADED: ("MODEL_NOT_LOADED", 422),
    Meaning.POLICY_REFUSED: ("AUTHORIZATION_ERROR", 403),
    Meaning.UPSTREAM_FAILED: ("SERVICE_UNAVAILABLE", 503),
    Meaning.UPSTREAM_TIMEOUT: ("SERVICE_UNAVAILABLE", 503),
    Meaning.UNAVAILABLE: ("SERVICE_UNAVAILABLE", 503),
    Meaning.INTERNAL: ("INTERNAL_ERROR", 500),
}


def _plain_error(code: str, _: int, failure: Failure) -> dict[str, Any]:
    return {"error": {"code": code, "message": failure.message, "details": dict(failure.details)}}


def _enveloped_error(code: str, status: int, failure: Failure) -> dict[str, Any]:
    return {"success": False, **_plain_error(code, status, failure), "timestamp": failure.timestamp}


def _identified_error(code: str, status: int, failure: Failure) -> dict[str, Any]:
    error = _plain_error(code, status, failure)["error"]
    return {"error": error | {"request_id": failure.correlation_id, "timestamp": failure.timestamp}}


def _problem(code: str, status: int, failure: Failure) -> dict[str, Any]:
    titles = {400: "One or more validation errors occurred.", 429: "Rate limit exceeded"}
    body: dict[str, Any] = {
        "type": _TYPE_URIS.get(status, "about:blank"),
        "title": titles.get(status, code.replace("_", " ").capitalize()),
        "status": status,
        "traceId": failure.correlation_id,
        "detail": failure.message,
    }
    if failure.errors:
        body["errors"] = dict(failure.errors)
    if failure.retry_after is not None:
        body["retry_after"] = failure.retry_after
    return body


_OPENAI_TYPES = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error",
                 402: "insufficient_quota", 404: "invalid_request_error", 429: "rate_limit_error"}  # fmt: skip


def _openai_error(code: str, status: int, failure: Failure) -> dict[str, Any]:
    kind = _OPENAI_TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")  # noqa: PLR2004
    field = failure.details.get("field")
    return {"error": {"message": failure.message, "type": kind, "param": field, "code": code.lower()}}


def _oauth_error(code: str, _: int, failure: Failure) -> dict[str, Any]:
    error = str(failure.details.get("oauth_error", code))
    return {"error": error, "error_description": failure.message, "correlation_id": failure.correlation_id}


METAQORE = Dialect("metaqore", {}, _enveloped_error)
METAFORGE = Dialect("metaforge", {Meaning.UPSTREAM_TIMEOUT: ("TIMEOUT", 504)}, _plain_error, tells_own_codes=True)
META_AGENTS = Dialect("meta-agents", {}, _problem, media_type="application/problem+json")
CAIO = Dialect(
    "caio",
    {
        Meaning.POLICY_REFUSED: ("SECURITY_VIOLATION", 403),
    },
    _plain_error,
    tells_own_codes=True,
)
AI_SEMBLE = Dialect(
    "ai-semble",
    {
        Meaning.INVALID: ("INVALID_REQUEST", 400),
        Meaning.UNAUTHENTICATED: ("AUTHENTICATION_REQUIRED", 401),
        Meaning.FORBIDDEN: ("INSUFFICIENT_PERMISSIONS", 403),
        Meaning.NOT_FOUND: ("RESOURCE_NOT_FOUND", 404),
        Meaning.MODEL_NOT_FOUND: ("INVALID_REQUEST", 400),
        Meaning.POLICY_REFUSED: ("INSUFFICIENT_PERMISSIONS", 403),
        Meaning.RATE_LIMITED: ("RATE_LIMIT_EXCEEDED", 429),
    },
    _identified_error,
)
OPENAI = Dialect(
    "openai",
    {
        Meaning.INVALID: ("INVALID_REQUEST_ERROR", 400),
        Meaning.UNAUTHENTICATED: ("INVALID_API_KEY", 401),
        Meaning.MODEL_NOT_FOUND: ("MODEL_NOT_FOUND", 404),
        Meaning.QUOTA_EXCEEDED: ("INSUFFICIENT_QUOTA", 402),
        Meaning.RATE_LIMITED: ("RATE_LIMIT_EXCEEDED", 429),
    },
    _openai_error,
)
OAUTH = Dialect(
    "oauth",
    {
        Meaning.INVALID: ("invalid_request", 400),
        Meaning.UNAUTHENTICATED: ("invalid_client", 401),
        Meaning.FORBIDDEN: ("unauthorized_client", 400),
        Meaning.RATE_LIMITED: ("temporarily_unavailable", 429),
        Meaning.INTERNAL: ("server_error", 500),
        Meaning.UNAVAILABLE: ("temporarily_unavailable", 503),
    },
    _oauth_error,
    challenge='Basic realm="pentarch"',
)

_BY_PREFIX: tuple[tuple[str, Dialect], ...] = (
    ("/api/v2", AI_SEMBLE),
    ("/api/v1/llm", METAQORE),
    ("/api/v1/session", METAFORGE),
    ("/api/v1/agents", META_AGENTS),
    ("/api/v1/agent", METAFORGE),
    ("/api/v1/workflows", META_AGENTS),
    ("/api/v1/executions", META_AGENTS),
    ("/api/v1/tools", META_AGENTS),
    ("/api/v1/pending", METAFORGE),
    ("/api/v1/approve", METAFORGE),
    ("/api/v1/reject", METAFORGE),
    ("/api/v1/revise", METAFORGE),
    ("/api/v1/skills", METAFORGE),
    ("/api/v1/status", METAFORGE),
    ("/api/v1/workspace", METAFORGE),
    ("/api/v1/ws", METAFORGE),
    ("/api/v1/update", CAIO),
    ("/api/v1/restart", CAIO),
    ("/api/v1/version", CAIO),
    ("/api/v1", METAQORE),
    ("/v1", OPENAI),
    ("/oauth2", OAUTH),
)


def dialect_of(path: str) -> Dialect:
    """The dialect of a path; what no reference owns answers as CAIO does, with the plainest body."""
    return next((dialect for prefix, dialect in _BY_PREFIX if path.startswith(prefix)), CAIO)


def enveloped(data: object, *, timestamp: str, message: str | None = None) -> dict[str, Any]:
    """A success as MetaQore wraps it."""
    body: dict[str, Any] = {"success": True, "data": data, "timestamp": timestamp}
    if message is not None:
        body["message"] = message
    return body


def person(subject: str) -> str:
    """A subject as Meta-Agents writes one: `user-789`."""
    return subject.replace(":", "-", 1)

"""Each reference's documented codes and shapes, as tables."""

import pytest

from pentarch.platform.dialects import COMMON, Dialect, Failure, dialect_of, enveloped
from pentarch.platform.errors import Meaning

M = Meaning
AT = "2026-07-01T12:00:00.000Z"


def failure(meaning: Meaning = M.INVALID, *, retry_after: int | None = None, fields: bool = False) -> Failure:
    errors = {"name": ["is required"]} if fields else {}
    return Failure(meaning, "what went wrong", {"reason": "why"}, errors, "corr-1", AT, retry_after)


METAQORE_DOCUMENTED = {
    M.INVALID: ("VALIDATION_ERROR", 400),
    M.UNAUTHENTICATED: ("AUTHENTICATION_ERROR", 401),
    M.FORBIDDEN: ("AUTHORIZATION_ERROR", 403),
    M.NOT_FOUND: ("NOT_FOUND", 404),
    M.CONFLICT: ("CONFLICT", 409),
    M.RATE_LIMITED: ("RATE_LIMITED", 429),
    M.INTERNAL: ("INTERNAL_ERROR", 500),
    M.UNAVAILABLE: ("SERVICE_UNAVAILABLE", 503),
}
METAFORGE_DOCUMENTED = {
    M.INVALID: ("VALIDATION_ERROR", 400),
    M.NOT_FOUND: ("NOT_FOUND", 404),
    M.UPSTREAM_TIMEOUT: ("TIMEOUT", 504),
}
AI_SEMBLE_DOCUMENTED = {
    M.UNAUTHENTICATED: ("AUTHENTICATION_REQUIRED", 401),
    M.FORBIDDEN: ("INSUFFICIENT_PERMISSIONS", 403),
    M.NOT_FOUND: ("RESOURCE_NOT_FOUND", 404),
    M.INVALID: ("INVALID_REQUEST", 400),
    M.RATE_LIMITED: ("RATE_LIMIT_EXCEEDED", 429),
    M.UNAVAILABLE: ("SERVICE_UNAVAILABLE", 503),
    M.MODEL_NOT_LOADED: ("MODEL_NOT_LOADED", 422),
    M.QUOTA_EXCEEDED: ("QUOTA_EXCEEDED", 402),
}
CAIO_DOCUMENTED = {M.POLICY_REFUSED: ("SECURITY_VIOLATION", 403), M.NOT_FOUND: ("NOT_FOUND", 404)}
PATHS = {
    "/api/v1/specialists": METAQORE_DOCUMENTED,
    "/api/v1/sessions": METAFORGE_DOCUMENTED,
    "/api/v2/models": AI_SEMBLE_DOCUMENTED,
    "/api/services": CAIO_DOCUMENTED,
}
DOCUMENTED = [(path, meaning, *expected) for path, table in PATHS.items() for meaning, expected in table.items()]


@pytest.mark.parametrize(("path", "meaning", "code", "status"), DOCUMENTED)
def test_a_meaning_has_the_code_and_status_that_its_reference_documents(
    path: str, meaning: Meaning, code: str, status: int
) -> None:
    got, body = dialect_of(path).render(failure(meaning))
    assert (body["error"]["code"], got) == (code, status)


META_AGENTS_DOCUMENTED = {
    M.INVALID: 400, M.UNAUTHENTICATED: 401, M.FORBIDDEN: 403, M.NOT_FOUND: 404, M.CONFLICT: 409,
    M.RATE_LIMITED: 429, M.INTERNAL: 500, M.UNAVAILABLE: 503,
}  # fmt: skip


@pytest.mark.parametrize(("meaning", "status"), META_AGENTS_DOCUMENTED.items())
def test_meta_agents_refuses_with_problems(meaning: Meaning, status: int) -> None:
    dialect = dialect_of("/api/v1/agents/1")
    got, body = dialect.render(failure(meaning))
    assert got == body["status"] == status
    assert dialect.media_type == "application/problem+json"
    assert body["type"].startswith("https://tools.ietf.org/html/rfc")
    assert body["traceId"] == "corr-1"


@pytest.mark.parametrize("meaning", list(Meaning))
@pytest.mark.parametrize(
    "path", ["/api/v1/llm", "/api/v1/status", "/api/v1/tools", "/health", "/api/v2", "/v1", "/oauth2"]
)
def test_every_meaning_has_an_error_status_in_every_dialect(path: str, meaning: Meaning) -> None:
    status, body = dialect_of(path).render(failure(meaning))
    assert 400 <= status < 600
    assert body
    assert meaning in COMMON


def test_the_bodies_are_the_documented_ones() -> None:
    plain = {"code": "NOT_FOUND", "message": "what went wrong", "details": {"reason": "why"}}
    assert dialect_of("/api/v1/infrastructure").render(failure(M.NOT_FOUND))[1] == {
        "success": False, "error": plain, "timestamp": AT
    }  # fmt: skip
    assert dialect_of("/api/v1/pending").render(failure(M.NOT_FOUND))[1] == {"error": plain}
    assert dialect_of("/configurations").render(failure(M.NOT_FOUND))[1] == {"error": plain}
    assert dialect_of("/api/v2/jobs").render(failure(M.NOT_FOUND))[1] == {
        "error": plain | {"code": "RESOURCE_NOT_FOUND", "request_id": "corr-1", "timestamp": AT}
    }
    assert dialect_of("/oauth2/v2.0/token").render(failure(M.INVALID))[1] == {
        "error": "invalid_request", "error_description": "what went wrong", "correlation_id": "corr-1"
    }  # fmt: skip
    assert dialect_of("/v1/chat/completions").render(failure(M.MODEL_NOT_FOUND)) == (
        404,
        {
            "error": {
                "message": "what went wrong",
                "type": "invalid_request_error",
                "param": None,
                "code": "model_not_found",
            }
        },
    )


def test_a_problem_names_the_fields_and_the_wait() -> None:
    _, body = dialect_of("/api/v1/workflows").render(failure(fields=True))
    assert body["title"] == "One or more validation errors occurred."
    assert body["errors"] == {"name": ["is required"]}
    _, body = dialect_of("/api/v1/executions").render(failure(M.RATE_LIMITED, retry_after=7))
    assert (body["title"], body["retry_after"]) == ("Rate limit exceeded", 7)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v1/llm/generate", "metaqore"),
        ("/api/v1/specialists", "metaqore"),
        ("/api/v1/keys", "metaqore"),
        ("/api/v1/sessions/1", "metaforge"),
        ("/api/v1/session/1", "metaforge"),
        ("/api/v1/agents", "meta-agents"),
        ("/api/v1/agent/run", "metaforge"),
        ("/api/v1/update", "caio"),
        ("/api/discover", "caio"),
        ("/", "caio"),
        ("/.well-known/jwks.json", "caio"),
        ("/api/v2/auth/login", "ai-semble"),
        ("/v1/models", "openai"),
        ("/oauth2/v2.0/token", "oauth"),
    ],
)
def test_a_path_has_the_dialect_of_its_reference(path: str, name: str) -> None:
    found: Dialect = dialect_of(path)
    assert found.name == name


def test_a_success_is_wrapped_as_metaqore_does() -> None:
    assert enveloped([], timestamp=AT) == {"success": True, "data": [], "timestamp": AT}
    assert enveloped({}, timestamp=AT, message="done")["message"] == "done"


def test_only_a_reference_that_documents_codes_of_single_errors_tells_them() -> None:
    own = failure(M.NOT_FOUND)._replace(own_code="SERVICE_NOT_FOUND")
    for path in ("/api/services", "/api/v1/status"):
        assert dialect_of(path).render(own)[1]["error"]["code"] == "SERVICE_NOT_FOUND"
    for path in ("/api/v1/llm", "/api/v1/agents", "/api/v2/jobs", "/v1/models"):
        assert dialect_of(path).render(own)[1] == dialect_of(path).render(failure(M.NOT_FOUND))[1]

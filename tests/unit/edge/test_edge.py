"""What no route takes."""

import json

import pytest

from edge.api import handler
from support.lambdas import rest_event
from support.routes import FILE, text


def ask(method: str, path: str, headers: dict[str, str] | None = None) -> dict[str, object]:
    return handler(rest_event(method, path, headers=headers), None)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/v1/nowhere", "NOT_FOUND"),
        ("/api/v2/nowhere", "RESOURCE_NOT_FOUND"),
        ("/api/services-of-nobody", "NOT_FOUND"),
        ("/", "NOT_FOUND"),
    ],
)
def test_an_unknown_path_is_404_in_the_dialect_of_its_reference(path: str, code: str) -> None:
    reply = ask("GET", path)
    assert reply["statusCode"] == 404
    assert json.loads(str(reply["body"]))["error"]["code"] == code


def test_an_unknown_path_of_meta_agents_is_a_problem() -> None:
    reply = ask("GET", "/api/v1/agents/1/2/3")
    body = json.loads(str(reply["body"]))
    assert (body["status"], reply["headers"]["Content-Type"]) == (404, "application/problem+json")  # type: ignore[index]


@pytest.mark.parametrize("path", ["/api/v1/llm/generate", "/api/v2/jobs/job_1", "/v1/models/pentarch/extractive"])
def test_a_wrong_method_of_a_known_path_is_405_and_names_the_right_ones(path: str) -> None:
    reply = ask("PATCH", path)
    assert reply["statusCode"] == 405
    assert "OPTIONS" in reply["headers"]["Allow"]  # type: ignore[index]


def test_a_callers_correlation_id_comes_back_and_an_odd_one_does_not() -> None:
    assert ask("GET", "/x", {"X-Correlation-ID": "abc-1"})["headers"]["X-Correlation-ID"] == "abc-1"  # type: ignore[index]
    assert ask("GET", "/x", {"X-Correlation-ID": "a b\r\n"})["headers"]["X-Correlation-ID"] != "a b\r\n"  # type: ignore[index]


def test_a_head_request_gets_no_body() -> None:
    assert ask("HEAD", "/x")["body"] == ""


def test_a_browser_may_see_the_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "https://app.test")
    allowed = ask("OPTIONS", "/x", {"Origin": "https://app.test"})
    other = ask("OPTIONS", "/x", {"Origin": "https://evil.test"})
    assert allowed["headers"]["Access-Control-Allow-Origin"] == "https://app.test"  # type: ignore[index]
    assert "Access-Control-Allow-Origin" not in other["headers"]  # type: ignore[operator]


def test_the_route_table_is_the_templates() -> None:
    assert FILE.read_text() == text(), "run `make routes`"

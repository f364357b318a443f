"""What no route takes."""

import base64
import hashlib
import json
import re

import pytest

from edge.api import handler
from ops.requests import answered
from support.lambdas import rest_event
from support.routes import FILE, text

LAMBDA_ANSWER_BYTES = 6 * 1024 * 1024


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


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("OPTIONS", 204)])
def test_the_line_of_a_request_counts_as_one(capsys: pytest.CaptureFixture[str], method: str, status: int) -> None:
    ask(method, "/nowhere")
    [line] = capsys.readouterr().out.splitlines()
    [one] = answered({"logStream": "s", "logEvents": [{"id": "1", "message": line}]})
    assert (one.service, one.status) == ("edge", status)
    assert one.milliseconds >= 0


def test_the_route_table_is_the_templates() -> None:
    assert FILE.read_text() == text(), "run `make routes`"


def test_the_reference_is_handed_out_to_everybody() -> None:
    reply = ask("GET", "/openapi.json")
    assert (reply["statusCode"], reply["headers"]["Content-Type"]) == (200, "application/json")  # type: ignore[index]
    assert json.loads(str(reply["body"]))["openapi"].startswith("3.1")
    assert len(str(reply["body"]).encode()) < LAMBDA_ANSWER_BYTES


def test_who_has_the_reference_already_is_told_so_in_few_bytes() -> None:
    etag = ask("GET", "/openapi.json")["headers"]["ETag"]  # type: ignore[index]
    reply = ask("GET", "/openapi.json", {"If-None-Match": etag})
    assert (reply["statusCode"], reply["body"]) == (304, "")


def test_the_page_of_the_reference_runs_its_own_script_alone() -> None:
    reply = ask("GET", "/docs")
    assert reply["statusCode"] == 200
    page = str(reply["body"])
    assert re.findall(r"""(?:src|href)=["'](?!openapi\.json)""", page) == []
    policy = reply["headers"]["Content-Security-Policy"]  # type: ignore[index]
    [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert "unsafe" not in policy


def test_a_wrong_method_of_the_reference_is_405() -> None:
    reply = ask("POST", "/docs")
    assert (reply["statusCode"], reply["headers"]["Allow"]) == (405, "GET, HEAD, OPTIONS")  # type: ignore[index]
    assert ask("HEAD", "/docs")["body"] == ""

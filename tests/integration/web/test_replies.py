"""What every reply has: its dialect, its correlation id, and nothing that should not be told."""

from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from pentarch.web.app import build_app, lambda_handler
from support.lambdas import Caller
from support.tenants import make_tenant

from .conftest import router

THINGS = "/api/v1/llm/things"
ID = "x-correlation-id"


def test_a_correlation_id_is_echoed_and_known_inside(api: Caller) -> None:
    reply = api.get("/api/v1/agents/1", headers={"X-Correlation-ID": "order-66/a:b"}).expect(200)
    assert reply.headers[ID] == reply.json()["correlation_id"] == "order-66/a:b"


@pytest.mark.parametrize("given", [None, "", "with space", "x" * 129, "new\nline", "<script>"])
def test_a_correlation_id_that_is_no_token_is_replaced(api: Caller, given: str | None) -> None:
    headers = {} if given is None else {"X-Correlation-ID": given}
    reply = api.get("/api/v1/agents/1", headers=headers).expect(200)
    assert reply.headers[ID] != given
    assert len(reply.headers[ID]) == 36


def test_refusals_carry_the_correlation_id_too(api: Caller, anybody: Caller) -> None:
    headers = {"X-Correlation-ID": "one"}
    assert anybody.get("/api/v2/models", headers=headers).expect(401).json()["error"]["request_id"] == "one"
    assert api.get("/api/v1/agents/x", headers=headers).expect(400).json()["traceId"] == "one"
    assert api.get("/api/v1/agents/broken/fault", headers=headers).expect(500).headers[ID] == "one"


def test_replies_are_neither_stored_nor_guessed_at(api: Caller) -> None:
    reply = api.get("/api/v2/models").expect(200)
    assert (reply.headers["cache-control"], reply.headers["x-content-type-options"]) == ("no-store", "nosniff")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": 7}, "name"),
        ({"name": "x" * 11}, "name"),
        ({"name": "x", "size": -1}, "size"),
        ({"name": "x", "size": "big"}, "size"),
        ([], "body"),
        ("text", "body"),
        (None, "body"),
    ],
)
def test_wrong_types_are_refused_by_field(api: Caller, body: Any, field: str) -> None:
    error = api.post(THINGS, body).expect(400).json()["error"]
    assert error["code"] == "VALIDATION_ERROR"
    assert error["details"]["field"] == field
    assert field in error["details"]["errors"]


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b'{"name": "cut sho',
        b"\xff\xfe",
        b'{"name": NaN}',
        b'{"name": "\\ud800"}',
        b'{"size": 1e999}',
        b"[" * 100_000,
    ],
)
def test_malformed_json_is_a_refusal_and_no_fault(api: Caller, raw: bytes) -> None:
    assert api.post(THINGS, raw=raw).expect(400).json()["error"]["code"] == "VALIDATION_ERROR"


@pytest.mark.parametrize("media_type", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
def test_json_is_read_whatever_the_header_calls_it(api: Caller, media_type: str) -> None:
    api.post(THINGS, raw='{"name": "x"}', headers={"Content-Type": media_type}).expect(201)
    api.post(THINGS, raw="name=x", headers={"Content-Type": media_type}).expect(400)


@pytest.mark.parametrize(
    ("path", "place", "code"),
    [
        ("/api/v1/llm/nowhere", ("error", "code"), "NOT_FOUND"),
        ("/api/v2/nowhere", ("error", "code"), "RESOURCE_NOT_FOUND"),
        ("/api/v1/agents", ("status",), 404),
        ("/nowhere", ("error", "code"), "NOT_FOUND"),
        ("/api/v2/models/", ("error", "code"), "RESOURCE_NOT_FOUND"),
    ],
)
def test_an_unknown_path_is_refused_in_its_dialect(
    api: Caller, path: str, place: tuple[str, ...], code: str | int
) -> None:
    found: Any = api.get(path).expect(404).json()
    for name in place:
        found = found[name]
    assert found == code


def test_a_wrong_method_is_refused_in_the_dialect_and_told_the_right_one(api: Caller) -> None:
    reply = api.delete("/api/v2/models").expect(405)
    assert reply.json()["error"]["code"] == "METHOD_NOT_ALLOWED"
    assert reply.headers["allow"] == "GET"
    problem = api.put("/api/v1/agents/1").expect(405)
    assert problem.headers["content-type"] == "application/problem+json"


def test_an_outage_of_a_store_is_a_503_to_try_again(api: Caller) -> None:
    reply = api.get("/api/v1/agents/broken/outage").expect(503)
    assert reply.headers["retry-after"] == "1"
    assert "dynamodb" not in reply.text


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://dynamodb.internal.example"),
        ClientError({"Error": {"Code": "ThrottlingException", "Message": "IdentityTable"}}, "BatchGetItem"),
    ],
)
def test_an_outage_at_the_gate_is_a_503_in_the_dialect(
    api: Caller, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", fail)
    reply = api.get("/api/v2/models").expect(503)
    assert reply.json()["error"]["code"] == "SERVICE_UNAVAILABLE"
    assert "internal" not in reply.text
    assert "Identity" not in reply.text


@pytest.mark.parametrize("how", ["fault", "answer"])
def test_an_unexpected_error_tells_nothing_but_where_to_look(api: Caller, how: str) -> None:
    reply = api.get(f"/api/v1/agents/broken/{how}").expect(500)
    assert "secret" not in reply.text
    assert "Traceback" not in reply.text
    assert reply.json()["traceId"] == reply.headers[ID]


ORIGIN = {"Origin": "https://app.example"}


@pytest.fixture
def browser(anybody: Caller, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setenv("CORS_ORIGINS", "https://app.example https://other.example")
    return Caller(lambda_handler(build_app("toy", router)), anybody.headers)


def test_a_browser_may_ask_beforehand_without_a_credential(browser: Caller) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,x-api-key"}
    reply = browser.send("OPTIONS", THINGS, headers=ORIGIN | asked).expect(200)
    assert reply.headers["access-control-allow-origin"] == "https://app.example"
    assert "POST" in reply.headers["access-control-allow-methods"]
    assert "x-api-key" in reply.headers["access-control-allow-headers"]
    browser.send("OPTIONS", THINGS, headers={"Origin": "https://evil.example"} | asked).expect(400)


def test_a_browser_may_read_every_reply_and_its_limits(browser: Caller) -> None:
    known = browser.using(make_tenant("acme"))
    for caller, path, status in (
        (browser, "/open", 200),
        (browser, "/api/v2/models", 401),
        (known, "/api/v2/models", 200),
        (known, "/nowhere", 404),
        (known, "/api/v1/agents/broken/fault", 500),
        (known, "/api/v1/agents/broken/outage", 503),
    ):
        reply = caller.get(path, headers=ORIGIN).expect(status)
        assert reply.headers["access-control-allow-origin"] == "https://app.example"
        assert "X-RateLimit-Remaining" in reply.headers["access-control-expose-headers"]


def test_another_origin_is_told_nothing(browser: Caller) -> None:
    assert "access-control-allow-origin" not in browser.get("/open", headers={"Origin": "https://evil.example"}).headers

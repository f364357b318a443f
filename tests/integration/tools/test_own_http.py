"""A tenant's own tools: operations of HTTP APIs, described by OpenAPI."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.http_api import HttpApi
from support.lambdas import Caller
from support.log import events_of
from support.tenants import make_key
from support.tools import PATH, completed, execute, failed

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpApi]:
    monkeypatch.setenv("TOOLS_REACH", "local")
    with HttpApi() as running:
        yield running


def described(api: HttpApi, **operations: Any) -> dict[str, Any]:
    return {
        "openapi": "3.0.3",
        "servers": [{"url": f"{api.url}/v1"}],
        "paths": {
            "/items/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                **(operations or {"get": ITEM}),
            }
        },
        "components": {"schemas": {"Order": {"type": "object", "properties": {"count": {"type": "integer"}}}}},
    }


ITEM = {
    "operationId": "getItem",
    "summary": "An item of the shop",
    "parameters": [
        {"name": "fields", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
        {"name": "X-Lang", "in": "header", "schema": {"type": "string"}},
    ],
}
ORDER = {
    "operationId": "order",
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
    },
}


def added(acme: Caller, api: HttpApi, name: str = "Shop item", **more: Any) -> Any:
    body = {"name": name, "kind": "http", "openapi": described(api), **more}
    return acme.post(PATH, body).expect(201).json()


def test_an_operation_becomes_a_tool_that_runs(acme: Caller, api: HttpApi) -> None:
    made = added(acme, api)
    assert (made["id"], made["description"], made["kind"]) == ("tool-shop-item", "An item of the shop", "http")
    assert made["input_schema"]["required"] == ["id"]
    assert made["id"] in [row["id"] for row in acme.get(PATH).expect(200).json()["data"]]
    assert acme.get(f"{PATH}/shop_item").expect(200).json() == made
    api.says({"name": "lamp"})

    told = completed(acme, made["id"], {"id": "a/b", "fields": ["name", "price"], "X-Lang": "en"})

    assert (told["status"], told["body"]) == (200, {"name": "lamp"})
    [asked] = api.asked
    assert (asked.method, asked.path) == ("GET", "/v1/items/a%2Fb?fields=name&fields=price")
    assert asked.headers["x-lang"] == "en"


def test_parameters_are_held_against_the_description(acme: Caller, api: HttpApi) -> None:
    made = added(acme, api)
    told = execute(acme, made["id"], {"fields": "name", "more": 1}).expect(400).json()
    assert set(told["errors"]) == {"parameters.id", "parameters.fields", "parameters"}
    for dots in ("..", ".", ""):
        assert failed(acme, made["id"], {"id": dots})["code"] == "bad_parameters"
    assert failed(acme, made["id"], {"id": "1", "X-Lang": "a\r\nHost: evil"})["code"] == "bad_parameters"
    assert api.asked == []


def test_an_effect_is_asked_for_with_a_key_and_happens_once(acme: Caller, api: HttpApi) -> None:
    made = added(acme, api, openapi=described(api, post=ORDER))
    asked = {"id": "lamp", "body": {"count": 2}}
    first = execute(acme, made["id"], asked, key="order-1").expect(200).json()
    assert execute(acme, made["id"], asked, key="order-1").expect(200).json() == first
    [sent] = api.asked
    assert (sent.method, sent.body) == ("POST", b'{"count": 2}')
    assert len(sent.headers["idempotency-key"]) == 64
    assert [event.type for event in events_of("acme")] == ["tool.created", "tool.started", "tool.executed"]


def test_an_error_of_the_api_is_the_tools_failure(acme: Caller, api: HttpApi) -> None:
    made = added(acme, api)
    api.says({"error": "no lamp"}, status=404)
    error = failed(acme, made["id"], {"id": "lamp"})
    assert error["code"] == "upstream_failed"
    assert "404" in error["message"]
    assert "no lamp" in error["message"]


def test_names_are_unique(acme: Caller, other: Caller, api: HttpApi) -> None:
    added(acme, api)
    body = {"name": "shop-ITEM", "kind": "http", "openapi": described(api)}
    acme.post(PATH, body).expect(409)
    acme.post(PATH, body | {"name": "Git"}).expect(409)
    other.post(PATH, body).expect(201)


def test_a_tool_is_changed_and_removed(acme: Caller, other: Caller, api: HttpApi) -> None:
    made = added(acme, api)
    path = f"{PATH}/{made['id']}"
    changed = acme.put(path, {"description": "Another"}).expect(200).json()
    assert (changed["description"], changed["input_schema"]) == ("Another", made["input_schema"])
    changed = acme.put(path, {"openapi": described(api, post=ORDER)}).expect(200).json()
    assert changed["input_schema"]["required"] == ["id", "body"]
    for method in ("GET", "PUT", "DELETE"):
        other.send(method, path, json={} if method == "PUT" else None).expect(404)
    acme.delete(path).expect(204)
    acme.get(path).expect(404)
    acme.delete(path).expect(404)
    execute(acme, made["id"], {"id": "1"}).expect(404)
    for method in ("PUT", "DELETE"):
        acme.send(method, f"{PATH}/tool-git", json={} if method == "PUT" else None).expect(404)


def test_what_is_no_operation_is_refused(acme: Caller, api: HttpApi, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = described(api)
    for fragment in (
        {},
        {**whole, "openapi": "2.0"},
        {**whole, "servers": []},
        {**whole, "servers": [{"url": "/v1"}]},
        {**whole, "servers": [{"url": "file:///etc/passwd"}]},
        {**whole, "paths": {}},
        described(api, get=ITEM, post=ORDER),
        described(api, get={"parameters": [{"$ref": "#/nowhere"}]}),
        described(api, get={"parameters": [{"name": "a", "in": "cookie"}]}),
        described(api, get={"parameters": [{"name": "a", "in": "query", "schema": {"type": "nonsense"}}]}),
    ):
        told = acme.post(PATH, {"name": "x", "kind": "http", "openapi": fragment}).expect(400).json()
        assert next(iter(told["errors"])).startswith("openapi")
    acme.post(PATH, {"name": "", "kind": "http", "openapi": whole}).expect(400)
    acme.post(PATH, {"name": "x", "kind": "http"}).expect(400)
    acme.post(PATH, {"name": "x", "kind": "other", "openapi": whole}).expect(400)
    monkeypatch.setenv("TOOLS_REACH", "off")
    acme.post(PATH, {"name": "x", "kind": "http", "openapi": whole}).expect(400)
    assert events_of("acme") == []


def test_one_of_several_operations_is_named(acme: Caller, api: HttpApi) -> None:
    both = described(api, get=ITEM, post=ORDER)
    assert added(acme, api, "One", openapi=both, operation="getItem")["input_schema"]["required"] == ["id"]
    two = added(acme, api, "Two", openapi=both, operation="POST /items/{id}")
    assert two["input_schema"]["required"] == ["id", "body"]


def test_a_tool_that_was_allowed_once_is_not_asked_where_it_may_not_be(
    acme: Caller, api: HttpApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = added(acme, api)
    monkeypatch.setenv("TOOLS_REACH", "off")
    assert failed(acme, made["id"], {"id": "1"})["code"] == "refused"
    assert api.asked == []


def test_a_credential_is_named_after_its_host(acme: Caller, api: HttpApi) -> None:
    body = {"name": "x", "kind": "http", "openapi": described(api), "credential": "shop"}
    told = acme.post(PATH, body).expect(400).json()
    assert "127.0.0.1" in told["errors"]["credential"][0]


def test_a_viewer_adds_no_tool_and_a_developer_does(acme: Caller, api: HttpApi) -> None:
    body = {"name": "x", "kind": "http", "openapi": described(api)}
    acme.using(make_key("acme", "viewer")).post(PATH, body).expect(403)
    acme.using(make_key("acme", "developer")).post(PATH, body).expect(201)


def test_a_request_is_made_and_answered(acme: Caller, api: HttpApi) -> None:
    api.says([1, 2])
    told = completed(
        acme, "tool-http-request",
        {"url": f"{api.url}/x?a=1", "method": "POST", "query": {"b": "2 3", "c": True}, "json": {"d": 4}},
    )  # fmt: skip
    assert (told["status"], told["encoding"], told["body"]) == (200, "json", [1, 2])
    [asked] = api.asked
    assert (asked.path, asked.body) == ("/x?a=1&b=2+3&c=true", b'{"d": 4}')
    api.status, api.headers = 302, {"Location": "http://169.254.169.254/"}
    assert completed(acme, "tool-http-request", {"url": api.url})["status"] == 302
    assert len(api.asked) == 2
    api.status, api.headers, api.body = 200, {}, b"x" * 5000
    told = completed(acme, "tool-http-request", {"url": api.url, "max_bytes": 100})
    assert (len(told["body"]), told["truncated"]) == (100, True)


def test_a_request_may_not_say_everything(acme: Caller, api: HttpApi, monkeypatch: pytest.MonkeyPatch) -> None:
    for headers in ({"Host": "evil"}, {"Transfer-Encoding": "chunked"}, {"a b": "c"}, {"a": "b\r\nc: d"}):
        assert failed(acme, "tool-http-request", {"url": api.url, "headers": headers})["code"] == "bad_parameters"
    execute(acme, "tool-http-request", {"url": api.url, "body": "a", "json": 1}).expect(400)
    monkeypatch.setenv("TOOLS_REACH", "off")
    for url in (api.url, "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "ftp://x/", "file:///etc/passwd",
                "http://user:pw@example.com/", "http://0.0.0.0/", "http://127.1/", "http://10.0.0.1/"):  # fmt: skip
        assert failed(acme, "tool-http-request", {"url": url})["code"] == "refused", url
    assert api.asked == []

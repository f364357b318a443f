"""From OpenAPI's descriptions to tools: what becomes of them, whatever they hold."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.builtin.http_operation import filled
from tools.failures import ToolFailedError
from tools.openapi import OpenApiError, operation_of


def described(path: str = "/items/{id}", servers: Any = None, **operation: Any) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "servers": servers or [{"url": "https://{where}.example.com/v1/", "variables": {"where": {"default": "api"}}}],
        "paths": {path: {"get": operation}},
        "components": {
            "parameters": {"Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}},
            "schemas": {"Node": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}},
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
        },
        "security": [{"key": []}],
    }


ID = {"$ref": "#/components/parameters/Id"}


def test_references_servers_and_keys_are_followed() -> None:
    made = operation_of(described(parameters=[ID], description="Reads"))
    assert made.input_schema["properties"] == {"id": {"type": "string"}}
    assert made.target["url"] == "https://api.example.com/v1/items/{id}"
    assert made.target["credential_header"] == "X-API-Key"
    assert (made.description, made.acts) == ("Reads", False)


def test_a_schema_that_holds_itself_ends() -> None:
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}}
    made = operation_of(described("/x", requestBody=body))
    assert made.input_schema["properties"]["body"] == {"type": "object", "properties": {"next": {}}}
    assert "required" not in made.input_schema


def test_the_operations_parameter_has_the_last_word() -> None:
    fragment = described(parameters=[{"name": "n", "in": "query", "schema": {"type": "integer"}}], summary="s")
    fragment["paths"]["/items/{id}"]["parameters"] = [ID, {"name": "n", "in": "query", "schema": {"type": "string"}}]
    assert operation_of(fragment).input_schema["properties"]["n"] == {"type": "integer"}


@pytest.mark.parametrize(
    "servers",
    [
        [{"url": "https://{host}/"}],
        [{"url": "ftp://example.com"}],
        [{"url": "https://example.com/?a=b"}],
        [{"url": "https://[::1"}],
        [{}],
        ["https://example.com"],
    ],
    ids=["template", "scheme", "query", "brackets", "none", "text"],
)
def test_a_server_is_a_whole_address(servers: Any) -> None:
    with pytest.raises(OpenApiError):
        operation_of(described("/x", servers))


def test_two_parameters_of_one_name_and_a_path_without_its_own_are_refused() -> None:
    twice = [ID, {"name": "id", "in": "query", "schema": {}}]
    nameless = described("/x", parameters=[{"in": "query"}])
    for fragment in (described(parameters=twice), described(parameters=[]), nameless):
        with pytest.raises(OpenApiError):
            operation_of(fragment)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, st.sampled_from(["parameters", "requestBody", "security", "servers"]))
def test_rubbish_in_a_description_is_refused_and_breaks_nothing(value: Any, place: str) -> None:
    try:
        made = operation_of(described("/x", **{place: value}))
    except OpenApiError:
        return
    assert made.input_schema["type"] == "object"


@given(st.text(max_size=20))
def test_a_value_never_leaves_its_segment_of_the_path(value: str) -> None:
    target = {
        "method": "GET",
        "url": "https://example.com/a/{id}/b",
        "parameters": [{"name": "id", "in": "path"}],
        "body": None,
    }
    try:
        url, _, _ = filled(target, {"id": value})
    except ToolFailedError:
        assert value in ("", ".", "..")
        return
    assert url.startswith("https://example.com/a/")
    assert url.endswith("/b")
    assert len(url.split("/")) == 6
    assert not set("?#") & set(url)

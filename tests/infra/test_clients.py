"""The Python client against the OpenAPI document: every route has a named method, and sends what the route knows."""

import inspect
import json
import subprocess
import sys
import typing
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import httpx
import pytest

from pentarch_client import Pentarch
from pentarch_client._sync.client import ClientBase, Group
from pentarch_client.requests import TEMPLATE

ROOT = Path(__file__).parents[2]
DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text())
METHODS = {"get", "put", "post", "delete", "patch"}
DOCUMENTED = {
    (method.upper(), path): operation
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
    if method in METHODS
}
PAGES = {"cursor", "before", "page", "offset", "last"}
"""What iterating sends by itself."""
HANDS_FREE = {"wait", "wait_for_training", "wait_for_deployment", "wait_for_check", "events", "upload"}
"""They are made of other methods, or go on for long; their parts are called here."""


class Recorder:
    """Answers everything, and keeps what was asked by which route."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        if request.headers.get("Accept") == "text/event-stream":
            end = "[DONE]" if request.url.path.startswith("/v1") else '{"event":"complete","data":{}}'
            return httpx.Response(200, text=f"data: {end}\n\n", headers={"Content-Type": "text/event-stream"})
        if request.url.path.endswith("/results"):
            return httpx.Response(200, text="")
        return httpx.Response(200, json={"success": True, "data": _Anything()})


class _Anything(dict[str, Any]):
    """JSON in which every list that a client reads is empty, and every thing a thing."""

    def __init__(self) -> None:
        lists = [
            "models",
            "resources",
            "schedules",
            "frameworks",
            "skills",
            "data",
            "events",
            "items",
            "entries",
            "rows",
        ]
        things = ["specialist", "dataset", "upload"]
        super().__init__({name: [] for name in lists} | {name: {} for name in things})


def groups() -> Iterator[tuple[str, type]]:
    for name, group in inspect.getmembers_static(Pentarch, lambda one: isinstance(one, Group)):
        yield name, group._kind


def public(kind: type) -> Iterator[str]:
    for name, _ in inspect.getmembers(kind, inspect.isfunction):
        if not name.startswith("_") and name not in HANDS_FREE:
            yield name


CALLS = sorted((group, method) for group, kind in groups() for method in public(kind))


def call(group: str, method: str) -> list[httpx.Request]:
    """Call a method with every argument that it takes, and iterate over what it gives."""
    recorder = Recorder()
    client = Pentarch("https://api.test", "pk", http=httpx.Client(transport=httpx.MockTransport(recorder)), retries=0)
    function = getattr(getattr(client, group), method)
    signature = inspect.signature(function)
    hints = typing.get_type_hints(function)
    given = [
        (parameter, _value(parameter.name, hints.get(parameter.name, str)))
        for parameter in signature.parameters.values()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    found = function(**{parameter.name: value for parameter, value in given})
    if hasattr(found, "__iter__") and not isinstance(found, str | bytes | Mapping | list):
        list(found)
    return recorder.asked


def _value(name: str, hint: Any) -> Any:
    if get_origin(hint) in {Union, UnionType}:
        hint = next(part for part in get_args(hint) if part is not type(None))
    kind = get_origin(hint) or hint
    if name == "messages":
        return [{"role": "user", "content": "x"}]
    if name in {"steps", "configurations"}:
        return [{}]
    simple: dict[Any, Any] = {
        str: "x",
        int: 1,
        float: 0.5,
        bool: True,
        bytes: b"x",
        datetime: datetime(2026, 1, 1, tzinfo=UTC),
    }
    if kind in simple:
        return simple[kind]
    if hint is Any:
        return {"x": 1}
    return {} if issubclass(kind, Mapping) else ["x"]


@pytest.mark.parametrize(("group", "method"), CALLS, ids=str)
def test_a_method_asks_a_documented_route_for_what_it_documents(group: str, method: str) -> None:
    asked = call(group, method)
    assert asked
    for request in asked:
        place = (request.method, request.extensions[TEMPLATE])
        operation = DOCUMENTED[place]
        parameters = [_resolved(one) for one in operation.get("parameters", ())]
        known = {one["name"] for one in parameters if one["in"] == "query"}
        assert set(request.url.params) - PAGES <= known, "the query has what the route does not know"
        takes_key = any(one["in"] == "header" and one["name"] == "Idempotency-Key" for one in parameters)
        assert "Idempotency-Key" in request.headers or not takes_key or request.method != "POST"
        body = _properties(operation)
        if body is not None and request.headers.get("Content-Type") == "application/json" and request.content:
            assert set(json.loads(request.content)) <= body, "the body has what the route does not know"


def test_every_route_of_the_document_has_a_method() -> None:
    reached = {(request.method, request.extensions[TEMPLATE]) for place in CALLS for request in call(*place)}
    reached.add(("GET", "/api/v1/sessions/{id}/events"))  # `sessions.events`, which does not end by itself
    assert sorted(DOCUMENTED.keys() - reached) == []


def test_each_references_client_is_a_part_of_the_whole() -> None:
    kinds = {kind for _, kind in groups()}
    for client in ClientBase.__subclasses__():
        for name, group in inspect.getmembers_static(client, lambda one: isinstance(one, Group)):
            assert group._kind in kinds, f"{client.__name__}.{name}"


def test_the_plain_half_is_what_the_asynchronous_one_makes() -> None:
    check = subprocess.run(
        [sys.executable, ROOT / "sdk/python/unasync.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (check.returncode, check.stdout) == (0, ""), "run `make sdk`"


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    reference = part.get("$ref")
    if reference is None:
        return part
    found: Any = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return dict(found)


def _properties(operation: dict[str, Any]) -> set[str] | None:
    """The names that a JSON body may have; None where the document leaves that open."""
    content = _resolved(operation.get("requestBody", {})).get("content", {}).get("application/json")
    if content is None:
        return None
    schema = _resolved(content["schema"])
    return _names(schema)


def _names(schema: dict[str, Any]) -> set[str] | None:
    parts = [_resolved(part) for key in ("anyOf", "oneOf", "allOf") for part in schema.get(key, ())]
    told = [_names(part) for part in parts if part.get("type") != "null"]
    if told:
        return None if None in told else set().union(*(names for names in told if names))
    return set(schema["properties"]) if schema.get("properties") else None

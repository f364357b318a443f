"""The OpenAPI document: it is what the functions serve, and each operation is described whole."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

import apidoc.document
from apidoc.answers import answers, schemas
from apidoc.examples import Example, examples
from apidoc.place import FILE, TYPES
from apidoc.typescript import declarations
from support.answers import operations as operations_answering
from support.template import ROOT, routes

Json = dict[str, Any]
EDGE = "EdgeFunction"


@cache
def document() -> Json:
    found: Json = json.loads(FILE.read_text())
    return found


def operations() -> Iterator[tuple[str, str, Json]]:
    for path, found in document()["paths"].items():
        for method, operation in found.items():
            yield method.upper(), path, operation


PARTED = "/api/v2/models/{model_id}/{name}"
"""The same routes again, for ids with a slash that a gateway parts the path at."""


def ids_of(lacking: list[Json]) -> list[str]:
    return [str(operation["operationId"]) for operation in lacking]


def test_the_committed_document_is_what_the_functions_serve() -> None:
    made = apidoc.document.document()
    assert FILE.read_text() == apidoc.document.text(made), "run `make openapi`"
    assert TYPES.read_text() == declarations(made), "run `make openapi`"
    assert (ROOT / "docs" / "openapi.json").resolve() == FILE


def test_the_document_is_valid_openapi() -> None:
    assert [str(error) for error in OpenAPIV31SpecValidator(document()).iter_errors()] == []


def test_every_route_of_the_template_is_an_operation_and_no_other() -> None:
    listed = {
        (route.method, route.path.replace("+}", "}"))
        for route in routes()
        if route.method != "OPTIONS" and route.function != EDGE and not route.path.startswith(PARTED)
    }
    assert {(method, path) for method, path, _ in operations()} == listed


def test_every_operation_has_an_id_of_its_own() -> None:
    counted = Counter(operation["operationId"] for _, _, operation in operations())
    assert [name for name, times in counted.items() if times > 1] == []


def test_every_operation_has_a_summary_a_tag_and_its_security() -> None:
    lacking = [
        operation
        for _, _, operation in operations()
        if not (operation.get("summary") and operation.get("tags") and "security" in operation)
    ]
    assert ids_of(lacking) == []


def test_every_operation_tells_how_it_refuses() -> None:
    refusing = [op for _, _, op in operations() if not {"500", "503"} <= set(op["responses"])]
    assert ids_of(refusing) == []
    guarded = [op for _, _, op in operations() if op["security"] and not {"401", "429"} <= set(op["responses"])]
    assert ids_of(guarded) == []


def test_every_operation_has_an_example_of_its_request_and_of_its_answer() -> None:
    """An answer of 204 has no body to show."""
    no_request = [
        operation
        for _, _, operation in operations()
        if any("example" not in body for body in operation.get("requestBody", {"content": {}})["content"].values())
    ]
    no_answer = [
        operation
        for _, _, operation in operations()
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        and status != "204"
        and not any("example" in body for body in answer.get("content", {}).values())
    ]
    assert (ids_of(no_request), ids_of(no_answer)) == ([], []), "give them examples in infra/apidoc/examples"


def test_every_json_answer_has_a_schema() -> None:
    lacking = [
        operation
        for _, _, operation in operations()
        for answer in _answers(operation)
        if "application/json" in answer.get("content", {}) and "schema" not in answer["content"]["application/json"]
    ]
    assert ids_of(lacking) == [], "say in infra/apidoc/answers what they answer"


def test_no_answer_is_of_an_operation_that_is_gone() -> None:
    assert set(answers()) - {operation["operationId"] for _, _, operation in operations()} == set()


def test_every_named_object_is_in_an_answer() -> None:
    unused = [name for name in schemas() if f'"#/components/schemas/{name}"' not in FILE.read_text()]
    assert unused == []


def test_no_example_is_of_an_operation_that_is_gone() -> None:
    assert set(examples()) - {operation["operationId"] for _, _, operation in operations()} == set()


@pytest.mark.parametrize("place", ["request", "answer"])
def test_every_example_fits_its_schema(place: str) -> None:
    wrong = {
        operation["operationId"]: [error.message for error in errors]
        for _, _, operation in operations()
        for body in (_requests(operation) if place == "request" else _answers(operation))
        if "example" in body and (errors := list(_validator(body.get("schema", {})).iter_errors(body["example"])))
    }
    assert wrong == {}


def test_no_example_of_an_answer_has_members_that_its_schema_lacks() -> None:
    wrong = {
        operation.name: faults
        for operation in operations_answering()
        for example in [examples().get(operation.name, Example())]
        if example.response is not None
        and example.response_type == "application/json"
        and (faults := operation.faults(example.response))
    }
    assert wrong == {}


def _requests(operation: Json) -> list[Json]:
    return list(operation.get("requestBody", {"content": {}})["content"].values())


def _answers(operation: Json) -> list[Json]:
    found = []
    for answer in operation["responses"].values():
        whole = document()["components"]["responses"][answer["$ref"].split("/")[-1]] if "$ref" in answer else answer
        found += list(whole.get("content", {}).values())
    return found


def _validator(schema: Json) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document()["components"]})

"""Holds every answer that a test gets from a handler against what the document says of its operation."""

import json
import re
from functools import cache
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator

from apidoc.answers import documented
from apidoc.place import FILE

Json = dict[str, Any]
_PLACE = re.compile(r"\{\w+\}")


class Operation(NamedTuple):
    name: str
    method: str
    path: str
    answer: Draft202012Validator | None
    """Of its JSON; None where it answers something else."""

    def faults(self, answered: object) -> list[str]:
        """What of an answer is otherwise than the document says, or not in it."""
        found = self.answer.iter_errors(answered) if self.answer else ()
        return [f"{error.json_path}: {error.message}" for error in found]


def check(method: str, path: str, body: str) -> None:
    """Fail the test whose answer is not what the document tells of."""
    operation = _operation(method, path)
    if operation is not None and operation.answer is not None:  # else a path of the test's own, or somebody's file
        faults = operation.faults(json.loads(body))
        assert not faults, f"{operation.name} answers otherwise than infra/apidoc/answers says: {faults}"


@cache
def operations() -> list[Operation]:
    """Every operation, its answer's objects closed: clients may expect more members to come, a test must not."""
    document = json.loads(FILE.read_text())
    _close(document)
    components = {"components": {"schemas": document["components"]["schemas"]}}
    return [
        Operation(operation["operationId"], method.upper(), path, _validator(operation, components))
        for path, found in document["paths"].items()
        for method, operation in found.items()
    ]


def _validator(operation: Json, components: Json) -> Draft202012Validator | None:
    schema = documented(operation)
    return None if schema is None else Draft202012Validator(schema | components)


def _close(schema: object) -> None:
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            schema.setdefault("additionalProperties", False)
        for one in schema.values():
            _close(one)
    elif isinstance(schema, list):
        for one in schema:
            _close(one)


def _operation(method: str, path: str) -> Operation | None:
    return next((one for known, pattern, one in _patterns() if known == method and pattern.fullmatch(path)), None)


@cache
def _patterns() -> list[tuple[str, re.Pattern[str], Operation]]:
    """In the order in which they are tried: what names most of a path itself first, ids with slashes last."""
    ordered = sorted(operations(), key=lambda one: len(_PLACE.sub("", one.path)), reverse=True)
    return [
        (one.method, re.compile(place.join(map(re.escape, _PLACE.split(one.path)))), one)
        for place in ("[^/]+", ".+")
        for one in ordered
    ]

"""The template as data, for tests that hold it against rules and for tables made from it."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).parents[2]


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short tags as their long forms."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if tag == "GetAtt":
            value = str(value).split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    return {name: value}


_Loader.add_multi_constructor("!", _long_form)


@cache
def template() -> dict[str, Any]:
    text = (ROOT / "template.yaml").read_text()
    return yaml.load(text, _Loader)  # type: ignore[no-any-return]  # noqa: S506 (a SafeLoader with more tags)


def resources(kind: str | None = None) -> dict[str, Any]:
    """Resources by logical id, of one type or all."""
    return {
        name: resource for name, resource in template()["Resources"].items() if kind is None or resource["Type"] == kind
    }


class Route(NamedTuple):
    function: str
    """Its logical id."""
    method: str
    path: str


@cache
def routes() -> list[Route]:
    """What the API's definition sends to which function."""
    paths = template()["Resources"]["Api"]["Properties"]["DefinitionBody"]["paths"]
    return [
        Route(_target(operation), method.upper(), path)
        for path, operations in paths.items()
        for method, operation in operations.items()
    ]


def _target(operation: dict[str, Any]) -> str:
    uri = json.dumps(operation["x-amazon-apigateway-integration"]["uri"])
    [function] = set(re.findall(r"functions/\$\{(\w+)\.", uri))
    return str(function)


def table_variable(logical_id: str) -> str:
    """The environment variable that names a table: EventsTable -> EVENTS_TABLE."""
    return logical_id.removesuffix("Table").upper() + "_TABLE"

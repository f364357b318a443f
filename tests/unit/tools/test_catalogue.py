"""The built-in tools as they are offered: to callers, and to models."""

import re

import pytest
from jsonschema import Draft202012Validator

from pentarch.tools import catalogue, service, validation
from pentarch.tools.errors import UnknownToolsError
from pentarch.tools.model import MAX_ID, ToolSpec, id_of

TOOLS = list(catalogue.built_in().values())
NOT_AT_THE_TOP = {"oneOf", "anyOf", "allOf", "not", "enum", "if"}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.id)
def test_a_models_maker_takes_the_tool_as_a_function(tool: ToolSpec) -> None:
    assert re.fullmatch(r"[a-zA-Z0-9_-]+", tool.id)
    assert len(tool.id) <= MAX_ID
    assert not NOT_AT_THE_TOP & set(tool.input_schema)
    assert validation.schema_fault(tool.input_schema) is None
    for rule in tool.rules:
        Draft202012Validator.check_schema(rule.schema)


@pytest.mark.parametrize("name", ["git", "tool-git", "Git", " GIT ", "tool-Git"])
def test_names_and_ids_lead_to_one_tool(name: str) -> None:
    assert id_of(name) == "tool-git"


def test_an_underscore_is_a_hyphen_in_an_id() -> None:
    names = ["file_reader", "tool-file-reader", "security_scanner"]
    assert [spec.id for spec in service.of("acme", names)] == ["tool-file-reader", "tool-security-scanner"]


@pytest.mark.parametrize("name", ["", "tool-", "---", "tool"])
def test_a_name_of_nothing_has_no_id(name: str) -> None:
    assert id_of(name) == ""
    with pytest.raises(UnknownToolsError):
        service.of("acme", [name])


@pytest.mark.parametrize("depth", [0, 1001, 1.5, True, None])
def test_a_bound_of_the_schema_is_kept(depth: object) -> None:
    git = catalogue.built_in()["tool-git"]
    asked = {"repository": "https://example.com/x.git", "depth": depth}
    assert list(validation.faults(git, asked)) == ["parameters.depth"]


def test_defaults_are_filled_in_and_what_is_given_stays() -> None:
    git = catalogue.built_in()["tool-git"]
    filled = validation.with_defaults(git, {"repository": "x", "max_entries": 7})
    assert filled == {"operation": "clone", "max_entries": 7, "repository": "x", "from_merge_base": False}

"""The built-in tools, as the files of `builtin/` say; their code is the tools' slice's."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pentarch.tools.model import PREFIX, Rule, ToolSpec

_FILES = Path(__file__).parent / "builtin"
ORDER = (
    "git",
    "linter",
    "security-scanner",
    "file-reader",
    "markdown-generator",
    "http-request",
    "json-transform",
    "sql-query",
)
"""In which they are listed."""


@cache
def built_in() -> Mapping[str, ToolSpec]:
    """By their ids."""
    specs = (_read(name) for name in ORDER)
    return {spec.id: spec for spec in specs}


def _read(name: str) -> ToolSpec:
    said = json.loads((_FILES / f"{name}.json").read_text())
    return ToolSpec(
        id=PREFIX + name,
        name=said["name"],
        description=said["description"],
        category=said["category"],
        capabilities=tuple(said["capabilities"]),
        input_schema=said["input_schema"],
        acts=said["acts"],
        rules=tuple(Rule(**rule) for rule in said["rules"]),
    )

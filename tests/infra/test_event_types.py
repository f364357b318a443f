"""Every event that webhooks can listen to, those of both references first, is made by real code."""

import ast
from functools import cache
from pathlib import Path

import pytest

from pentarch.events.published import ALIASES, PUBLISHED
from support.template import ROOT

DOCUMENTED = (
    "specialist.trained",
    "specialist.deployed",
    "compliance.check_completed",
    "compliance.violation",
    "infrastructure.scaled",
    "infrastructure.deployment_completed",
    "deployment.completed",
    "job.completed",
    "job.failed",
    "model.loaded",
)
"""By the MetaQore and the Ai-semble reference, in their lists and examples."""
_LISTS = {"published.py", "handover.py", "matching.py", "totals.py", "live.py"}
"""Files that name events without making any."""


@cache
def sources() -> tuple[tuple[Path, ast.Module], ...]:
    found = [path for folder in ("functions", "layers/core/python/pentarch") for path in (ROOT / folder).rglob("*.py")]
    return tuple((path, ast.parse(path.read_text())) for path in found if path.name not in _LISTS)


@cache
def given_to_calls() -> frozenset[str]:
    """Every name, attribute and text that some call is given, also in a part of an argument."""
    found: set[str] = set()
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                for argument in (*node.args, *(one.value for one in node.keywords)):
                    found |= _said(argument)
            elif isinstance(node, ast.Return | ast.Yield) and node.value is not None:
                found |= _said(node.value)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.IfExp | ast.Subscript):
                found |= _said(node.value)  # chosen first, and given to a call then
            elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Tuple | ast.Dict):
                values = node.value.elts if isinstance(node.value, ast.Tuple) else node.value.values
                found |= {value.attr for value in values if isinstance(value, ast.Attribute)}
    return frozenset(found)


def _said(expression: ast.expr) -> set[str]:
    found: set[str] = set()
    for part in ast.walk(expression):
        if isinstance(part, ast.Attribute):
            found.add(part.attr)
        elif isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            found.add(part.value)
    return found


@cache
def constants() -> dict[str, frozenset[str]]:
    """By text: the module's names that hold it, by itself or as a value of a dictionary."""
    found: dict[str, set[str]] = {}
    for _, tree in sources():
        for node in tree.body:
            if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
                continue
            values = node.value.values if isinstance(node.value, ast.Dict) else [*ast.walk(node.value)]
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
            for value in values:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found.setdefault(value.value, set()).update(names)
    return {text: frozenset(names) for text, names in found.items()}


def is_made(event_type: str) -> bool:
    return bool(({event_type} | constants().get(event_type, frozenset())) & given_to_calls())


@pytest.mark.parametrize("documented", DOCUMENTED)
def test_a_documented_event_is_published_and_made(documented: str) -> None:
    event_type = ALIASES.get(documented, documented)
    assert event_type in PUBLISHED
    assert is_made(event_type)


def test_whatever_is_published_is_made_by_some_code() -> None:
    assert sorted(name for name in PUBLISHED if not is_made(name)) == []
    assert not is_made("nothing.of_the_kind")

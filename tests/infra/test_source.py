"""Rules about the source that no linter knows."""

import ast
from pathlib import Path

from support.template import ROOT

SOURCES = [path for folder in ("functions", "layers/core/python/pentarch") for path in (ROOT / folder).rglob("*.py")]


def calls(path: Path) -> list[str]:
    tree = ast.parse(path.read_text())
    return [
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]


def test_nothing_scans_a_table() -> None:
    assert len(SOURCES) > 50
    scanning = [str(path) for path in SOURCES if {"scan", "rate_limited_scan", "get_paginator_scan"} & set(calls(path))]
    assert scanning == []


def test_no_file_is_too_long_to_hold_in_the_head() -> None:
    long = {
        str(path.relative_to(ROOT)): count for path in SOURCES if (count := len(path.read_text().splitlines())) > 350
    }
    assert long == {}

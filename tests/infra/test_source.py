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


HTTP = {"aiohttp", "ftplib", "httpx", "http.client", "requests", "smtplib", "socket", "urllib.request", "urllib3"}
"""What reaches other machines."""
GUARDED = "layers/core/python/pentarch/platform/egress.py"
BY_THEMSELVES = {
    "functions/infrastructure/inventory/kubernetes.py": "the account's own clusters, as EKS names them",
    "functions/infrastructure/functions.py": "the zips of the account's own functions, as Lambda names them",
    "functions/tools/builtin/remote.py": "git servers: over a connection that the guard makes",
    "layers/core/python/pentarch/llm/providers/bedrock_failures.py": "only the names of botocore's errors",
    "layers/core/python/pentarch/llm/providers/calls.py": "only looks names up, for the transport",
    "layers/core/python/pentarch/llm/providers/transport.py": "model providers: asks the guard for the address",
    "layers/core/python/pentarch/llm/providers/openai_http.py": "model providers, by that transport",
    "layers/core/python/pentarch/llm/providers/openai_compatible.py": "model providers, by that transport",
}
"""Files with a client of their own, and where it goes."""


def modules_of(path: Path) -> set[str]:
    """Everything that a file imports, at any depth, with the modules that these lie in."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_whatever_goes_to_an_address_of_a_user_goes_through_the_guard() -> None:
    reaching = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if any(name == http or name.startswith(f"{http}.") for name in modules_of(path) for http in HTTP)
    }
    assert GUARDED in reaching
    assert reaching - {GUARDED} == set(BY_THEMSELVES)

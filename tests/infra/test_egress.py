"""Requests to addresses that users give go through the egress guard: nobody else opens a connection of his own."""

import ast
from collections.abc import Iterator
from pathlib import Path

from support.template import ROOT

CONNECTING = ("aiohttp", "dulwich.client", "ftplib", "http.client", "httpx", "jwt.PyJWKClient", "openai", "paramiko",
              "requests", "smtplib", "socket", "telnetlib", "urllib.request", "urllib3", "websockets")  # fmt: skip
_CORE = "layers/core/python/pentarch"
OTHERS = {
    f"{_CORE}/platform/egress.py": "the guard itself",
    f"{_CORE}/llm/providers/transport.py": "asks the guard for the addresses of a registered service's model",
    f"{_CORE}/llm/providers/openai_http.py": "over that transport",
    f"{_CORE}/llm/providers/openai_compatible.py": "names the types of that transport's replies",
    f"{_CORE}/llm/providers/calls.py": "resolves names of providers, which the operator's secret lists",
    f"{_CORE}/llm/providers/bedrock_failures.py": "names the errors of AWS's own client",
    f"{_CORE}/identity/federation.py": "asks the issuers that the template's parameter lists for their keys",
    "functions/infrastructure/functions.py": "fetches a function's code from where Lambda says that it lies",
    "functions/infrastructure/inventory/kubernetes.py": "asks clusters at the endpoints that EKS tells",
    "functions/tools/builtin/remote.py": "Git over connections that the guard makes",
}
"""Files that may, and why none of them follows what a user gave past the guard."""


def test_only_the_guard_and_what_needs_none_opens_connections() -> None:
    found = {
        str(path.relative_to(ROOT))
        for folder in ("functions", _CORE)
        for path in (ROOT / folder).rglob("*.py")
        if any(_connects(name) for name in _imported(path))
    }
    assert found == set(OTHERS)


def _connects(name: str) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in CONNECTING)


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from (f"{node.module}.{one.name}" for one in node.names)

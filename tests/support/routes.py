"""The route table that the template lists, for the edge function: which methods a known path has."""

import json

from support.template import ROOT, routes

FILE = ROOT / "functions" / "edge" / "routes.json"
_OWN = "EdgeFunction"


def listed() -> dict[str, list[str]]:
    """Methods by path, both sorted."""
    table: dict[str, set[str]] = {}
    for route in routes():
        if route.function != _OWN:
            table.setdefault(route.path, set()).add(route.method)
    return {path: sorted(table[path]) for path in sorted(table)}


def text() -> str:
    return json.dumps(listed(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())

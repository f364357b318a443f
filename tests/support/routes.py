"""The route table that the template lists, for the edge function: which methods a known path has."""

import json

from support.template import ROOT, resources

FILE = ROOT / "functions" / "edge" / "routes.json"
_OWN = "EdgeFunction"


def listed() -> dict[str, list[str]]:
    """Methods by path, both sorted."""
    table: dict[str, set[str]] = {}
    for name, function in resources("AWS::Serverless::Function").items():
        for event in function["Properties"].get("Events", {}).values():
            if event["Type"] == "Api" and name != _OWN:
                table.setdefault(event["Properties"]["Path"], set()).add(event["Properties"]["Method"])
    return {path: sorted(table[path]) for path in sorted(table)}


def text() -> str:
    return json.dumps(listed(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())

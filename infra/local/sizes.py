"""Add up what Lambda adds up: a function's code and its layers, unzipped. `python -m local.sizes BUILT_TEMPLATE`."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

LIMIT_BYTES = 250 * 1024 * 1024
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
MEGABYTE = 1024 * 1024


def sizes(built_template: Path) -> dict[str, int]:
    """Bytes per function of what `sam build` left; a layer that AWS publishes is not there and not counted."""
    template = yaml.safe_load(built_template.read_text())
    resources = template["Resources"]
    shared = template.get("Globals", {}).get("Function", {}).get("Layers", [])
    layers = {
        name: _size(built_template.parent / resource["Properties"]["ContentUri"])
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::LayerVersion"
    }
    return {
        name: _size(built_template.parent / resource["Properties"]["CodeUri"])
        + sum(layers.get(layer, 0) for layer in set(refs([shared, resource["Properties"].get("Layers", [])])))
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def too_large(built_template: Path) -> dict[str, int]:
    return {name: size for name, size in sizes(built_template).items() if size > LIMIT_BYTES}


def refs(node: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a template
    """What a list of layers names, on either side of a condition."""
    if isinstance(node, Mapping):
        if isinstance(node.get("Ref"), str):
            yield node["Ref"]
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from refs(part)


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def main(arguments: list[str]) -> int:
    built_template = Path(arguments[0])
    for name, size in sorted(sizes(built_template).items()):
        print(f"{size / MEGABYTE:8.1f} MB  {name}")
    return 1 if too_large(built_template) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

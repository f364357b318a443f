"""What the site does beside what its configuration says: no page is left out, and no link leads out of it."""

import re
from pathlib import Path
from typing import Any

_HOME = "What it does"
"""Where a page goes whose folder the navigation does not name."""


def on_config(config: Any) -> Any:  # noqa: ANN401 (MkDocs' configuration has no stubs)
    """Put pages that the navigation does not name behind those of their folder: each decision, and each new page."""
    root = Path(config["docs_dir"])
    named = set(_named(config["nav"]))
    for file in sorted(root.rglob("*.md")):
        place = file.relative_to(root).as_posix()
        if place not in named:
            _section(config["nav"], file.parent.relative_to(root).as_posix()).append(place)
    return config


def on_page_markdown(markdown: str, page: Any, **_: object) -> str:  # noqa: ANN401 (likewise)
    """A link to a file of the repository is a link there and a name here."""
    depth = page.file.src_uri.count("/")
    return re.sub(rf"\[([^\]]+)\]\((?:\.\./){{{depth + 1},}}[^)]+\)", r"\1", markdown)


def _named(entries: list[Any]) -> list[str]:
    found: list[str] = []
    for entry in entries:
        inner = next(iter(entry.values())) if isinstance(entry, dict) else entry
        found += _named(inner) if isinstance(inner, list) else [inner]
    return found


def _section(nav: list[Any], folder: str) -> list[Any]:
    """The section that has a page of the folder, or else that of what the stack does."""
    sections = {name: inner for entry in nav if isinstance(entry, dict) for name, inner in entry.items()}
    lists = {name: inner for name, inner in sections.items() if isinstance(inner, list)}
    for inner in lists.values():
        if folder != "." and any(place.startswith(f"{folder}/") for place in _named(inner)):
            return inner
    return lists[_HOME]

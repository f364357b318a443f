"""What a request and its answer look like, by operation: data, kept beside this file, one file for each reference."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FOLDER = Path(__file__).with_name("examples")


class Example(NamedTuple):
    request: Any = None
    """The body as JSON, or text where the body is no JSON; None where there is none."""
    response: Any = None
    """The answer's body likewise; None where it is empty."""
    request_type: str = "application/json"
    response_type: str = "application/json"
    refusals: Sequence[str] = ()
    """Meanings of refusals that its declaration does not tell of."""


@cache
def examples() -> dict[str, Example]:
    """Examples by operation id."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Example] = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        for name, given in (yaml.load(file.read_text(), loader) or {}).items():  # noqa: S506 (a safe loader)
            found[name] = Example(**given)
    return found

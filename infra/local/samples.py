"""The sample events of `events/`: which function one is for, and what is filled in before it is sent."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from local.errors import LocalStackError
from local.target import CREDENTIALS, Target

_PLACEHOLDER = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def function_of(event: str, functions: Iterable[str]) -> str | None:
    """The function whose name the event's begins with: `llm-api-generate` is for LlmApiFunction."""
    fitting = [name for name in functions if f"{event}-".startswith(f"{prefix(name)}-")]
    return max(fitting, key=len, default=None)


def prefix(function: str) -> str:
    """LlmApiFunction: llm-api."""
    return _WORD.sub("-", function.removesuffix("Function")).lower()


def read(directory: Path, event: str) -> str:
    file = directory / f"{event.removesuffix('.json')}.json"
    if not file.is_file():
        known = ", ".join(sorted(found.stem for found in directory.glob("*.json")))
        message = f"There is no {file}; there are {known}."
        raise LocalStackError(message)
    return file.read_text()


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in the place of `${API_KEY}` and the like, inside of JSON's strings."""
    missing = sorted(set(_PLACEHOLDER.findall(text)) - values.keys())
    if missing:
        message = f"The event needs {', '.join(missing)}: `make up` makes credentials, NAME=value gives another."
        raise LocalStackError(message)
    return _PLACEHOLDER.sub(lambda found: json.dumps(values[found[1]])[1:-1], text)


def pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        message = f"{text!r} is not NAME=value."
        raise LocalStackError(message)
    return name, value


def values(target: Target) -> dict[str, str]:
    """What the target file knows of what events ask for."""
    return {name.upper(): str(target[name]) for name in CREDENTIALS if name in target}

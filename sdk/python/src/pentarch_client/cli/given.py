"""What is given on the command line: `key=value` pairs, JSON, files."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from pentarch_client.errors import PentarchError


class NoSuchThingError(PentarchError):
    """What was named is not there."""


Pairs = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="NAME=VALUE", help="A parameter; the value is JSON or a text."),
]


def parameters(pairs: Iterable[str] | None) -> dict[str, Any]:
    """`epochs=5` is a number, `tone=dry` a text, `files='["a"]'` a list."""
    told: dict[str, Any] = {}
    for pair in pairs or ():
        name, is_pair, text = pair.partition("=")
        if not is_pair or not name:
            msg = f"{pair!r} is not NAME=VALUE"
            raise typer.BadParameter(msg)
        try:
            told[name] = json.loads(text)
        except ValueError:
            told[name] = text
    return told


def document(file: str) -> Any:  # noqa: ANN401 (JSON)
    """A JSON file; - is standard input."""
    try:
        return json.loads(content(file))
    except ValueError as error:
        msg = f"{file} is not JSON: {error}"
        raise typer.BadParameter(msg) from error


def content(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror}"
        raise typer.BadParameter(msg) from error


def keep(data: bytes, file: str | None) -> None:
    """Write a result to a file, or to standard output."""
    if file is None or file == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        Path(file).write_bytes(data)

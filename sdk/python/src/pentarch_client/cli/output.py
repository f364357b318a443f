"""Tables for people, JSON for programs."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

Json = Annotated[bool, typer.Option("--json", help="JSON, for programs.")]

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def say(text: str) -> None:
    """A line beside the result: it is on standard error, so that a result can be piped."""
    err.print(text, markup=False)


def tell(text: str) -> None:
    """A line of the result."""
    out.print(text, markup=False)


def as_json(value: Any) -> None:  # noqa: ANN401 (JSON)
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str | tuple[str, Callable[[Any], str]]]) -> None:
    """A column is a field's name, or a heading and what makes its text of a row."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    readers: list[Callable[[Any], str]] = []
    for column in columns:
        heading, reader = (column, _field(column)) if isinstance(column, str) else column
        shown.add_column(heading.replace("_", " "), overflow="fold")
        readers.append(reader)
    count = 0
    for row in rows:
        shown.add_row(*(reader(row) for reader in readers))
        count += 1
    if count:
        Console(highlight=False).print(shown)
    else:
        say("nothing")


def facts(row: Mapping[str, Any], names: Sequence[str] | None = None) -> None:
    """A thing's fields, one below the other."""
    shown = Table(box=None, show_header=False, pad_edge=False)
    shown.add_column(style="dim")
    shown.add_column(overflow="fold")
    for name in names or row.keys():
        if row.get(name) is not None:
            shown.add_row(name.replace("_", " "), text_of(row[name]))
    Console(highlight=False).print(shown)


def text_of(value: Any) -> str:  # noqa: ANN401 (JSON)
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | bool) else str(value)


def is_terminal() -> bool:
    return sys.stdout.isatty()


def _field(name: str) -> Callable[[Any], str]:
    return lambda row: text_of(row.get(name))

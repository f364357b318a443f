"""Tables for people, JSON for programs."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

Json = Annotated[bool, typer.Option("--json", help="JSON, for programs.")]

_WIDE = 500
_TIME = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$")

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
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    readers: list[Callable[[Any], str]] = []
    for column in columns:
        heading, reader = (column, _field(column)) if isinstance(column, str) else column
        shown.add_column(heading.replace("_", " "), overflow="fold", no_wrap=not readers)
        readers.append(reader)
    count = 0
    for row in rows:
        shown.add_row(*(reader(row) for reader in readers))
        count += 1
    if count:
        _tables().print(shown)
    else:
        say("nothing")


def facts(row: Mapping[str, Any], names: Sequence[str] | None = None) -> None:
    """A thing's fields, one below the other, without those that are empty."""
    shown = {
        name.replace("_", " "): row[name] for name in names or row.keys() if row.get(name) not in (None, [], {}, "")
    }
    width = max(map(len, shown), default=0)
    for name, value in shown.items():
        tell(f"{name:<{width}}  {text_of(value)}")


def _tables() -> Console:
    """As wide as the terminal; where there is none nothing is broken into lines."""
    return Console(highlight=False, width=None if is_terminal() else _WIDE)


def text_of(value: Any) -> str:  # noqa: ANN401 (JSON)
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    if isinstance(value, dict | list | bool):
        return json.dumps(value, ensure_ascii=False)
    return _TIME.sub(r"\1 \2", str(value))


def is_terminal() -> bool:
    return sys.stdout.isatty()


def _field(name: str) -> Callable[[Any], str]:
    return lambda row: text_of(row.get(name))

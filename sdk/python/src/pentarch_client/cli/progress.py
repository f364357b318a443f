"""Progress bars, on standard error and only for people."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pentarch_client.cli import output
from pentarch_client.records import Record

R = TypeVar("R", bound=Record)


@contextmanager
def bar(what: str, share: Callable[[R], float | None], words: Callable[[R], str]) -> Iterator[Callable[[R], None]]:
    """Give what is to be called with each look: `share` is from 0 to 1, None while nobody knows."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[words]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=output.err, transient=True, disable=not output.err.is_terminal) as progress:
        task = progress.add_task(what, total=None, words="")

        def tell(seen: R) -> None:
            done = share(seen)
            progress.update(task, total=None if done is None else 1.0, completed=done or 0.0, words=words(seen))

        yield tell

"""Checking what Pentarch decided and recorded, where nobody else has a hand in it: no network, no credential."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from pentarch_client.cli import output
from pentarch_client.errors import PentarchError


class UnreadableError(PentarchError):
    """A file that is not there, or is not what was asked for."""

    def __init__(self, file: str, error: Exception) -> None:
        super().__init__(f"{file} cannot be read: {error}")


def add_to(app: typer.Typer) -> None:
    app.command("verify-route")(verify_route)
    app.command("verify-audit")(verify_audit)


def verify_route(
    file: Annotated[str, typer.Argument(help="A trace as /api/traces/{id} returns it; - for standard input.")],
) -> None:
    """Make a routing decision again from its trace."""
    from pentarch_client.proofs.routing import traces

    with _reading(file):
        trace = json.loads(_text(file))
        faults = traces.verify(trace)
    for fault in faults:
        output.tell(fault)
    if faults:
        raise typer.Exit(1)
    output.tell(f"{trace.get('trace_id', file)} holds: the decision follows from what it was made from")


def verify_audit(
    file: Annotated[
        str, typer.Argument(help="An export in JSON, documents of the bucket, or a proof; - for standard input.")
    ],
    public_key: Annotated[
        list[str] | None,
        typer.Option(metavar="PEM", help="The file of a key to trust, as /api/v1/compliance/audit/root tells it."),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="An earlier reply of .../audit/root: a trail cut off at its end lacks it."),
    ] = None,
) -> None:
    """Check an exported audit trail, and name what was tampered with."""
    from pentarch_client.proofs.sealing.examination import examine_text

    with _reading(file):
        keys = [_text(key) for key in public_key or ()]
        verdict = examine_text(_text(file), keys, None if head is None else _text(head))
    for line in verdict.lines():
        output.tell(line)
    if not verdict.holds:
        raise typer.Exit(1)


@contextmanager
def _reading(file: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableError(file, error) from error


def _text(file: str) -> str:
    return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")

"""All commands, and what becomes of an error."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from pentarch_client import __version__, errors
from pentarch_client.cli import (
    access,
    approvals,
    compliance,
    config,
    generate,
    infra,
    jobs,
    train,
    verify,
    workflows,
)
from pentarch_client.cli.given import NoSuchThingError
from pentarch_client.cli.output import say

app = typer.Typer(
    name="pentarch",
    help="Pentarch from the command line. `pentarch login` first; each command says more with --help.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

FAILED = 1
"""What was asked for failed, or does not hold."""
NOT_ALLOWED = 3
NOT_FOUND = 4
REFUSED = 5
OUT_OF_REACH = 6
INTERRUPTED = 130


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    pass


for _part in (access, generate, jobs, train, workflows, approvals, compliance, config, infra, verify):
    _part.add_to(app)


def run(arguments: Sequence[str] | None = None) -> int:
    """The exit code. Errors are one line on standard error."""
    try:
        typer.main.get_command(app).main(arguments, prog_name="pentarch")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except KeyboardInterrupt:
        say("stopped")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stdout = None  # whoever read it has gone, and flushing it would fail again
        return FAILED
    except (errors.PentarchError, OSError, ValueError) as error:
        say(f"pentarch: {error}")
        return code_of(error)
    return 0


def code_of(error: Exception) -> int:
    match error:
        case errors.AuthenticationError() | errors.PermissionDeniedError():
            return NOT_ALLOWED
        case errors.NotFoundError() | NoSuchThingError():
            return NOT_FOUND
        case errors.ServerError() | errors.ConnectionFailedError():
            return OUT_OF_REACH
        case errors.ApiError():
            return REFUSED
        case _:
            return FAILED

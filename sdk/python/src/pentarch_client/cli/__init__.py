"""The command `pentarch`."""

import sys


def main() -> None:
    try:
        import typer as _  # noqa: F401
    except ModuleNotFoundError:
        sys.exit("the command needs more than the clients do: pip install 'pentarch[cli]'")
    from pentarch_client.cli.app import run

    sys.exit(run())

"""Versioned configurations."""

from json import dumps
from typing import Annotated

import typer

from pentarch_client.cli import given, kept, output

app = typer.Typer(help="Versioned configurations of the tenant.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="CONFIGURATION")]
Value = Annotated[str, typer.Argument(metavar="FILE", help="The value, in JSON; - for standard input.")]


def add_to(parent: typer.Typer) -> None:
    parent.add_typer(app, name="config")


@app.command("list")
def list_(
    kind: Annotated[str | None, typer.Option("--type", help="Only those of a type.")] = None,
    *,
    json: output.Json = False,
) -> None:
    """List configurations."""
    with kept.client() as client:
        found = list(client.configurations.list(config_type=kind))
    if json:
        output.as_json(found)
    else:
        output.table(found, ["config_id", "config_type", "name", "version", "state", "updated_at"])


@app.command()
def show(config_id: Id, *, json: output.Json = False) -> None:
    """Show a configuration."""
    with kept.client() as client:
        found = client.configurations.get(config_id)
    output.as_json(found) if json else output.facts(found)


@app.command()
def create(
    kind: Annotated[str, typer.Argument(metavar="TYPE")],
    name: Annotated[str, typer.Argument()],
    value: Value,
    *,
    json: output.Json = False,
) -> None:
    """Create a configuration."""
    with kept.client() as client:
        found = client.configurations.create(kind, name, given.document(value))
    output.as_json(found) if json else output.tell(f"{found.config_id} {found.state}")


@app.command("set")
def set_(
    config_id: Id,
    value: Value,
    version: Annotated[int | None, typer.Option(help="The version that this is a change of.")] = None,
    *,
    json: output.Json = False,
) -> None:
    """Give a configuration its next version."""
    with kept.client() as client:
        found = client.configurations.update(config_id, given.document(value), expected_version=version)
    output.as_json(found) if json else output.tell(f"{found.config_id} version {found.version} {found.state}")


@app.command()
def history(config_id: Id, *, json: output.Json = False) -> None:
    """List a configuration's versions, newest first."""
    with kept.client() as client:
        found = list(client.configurations.history(config_id))
    output.as_json(found) if json else output.table(found, ["version", "state", "change", "created_at", "created_by"])


@app.command()
def rollback(config_id: Id, version: Annotated[int, typer.Argument()]) -> None:
    """Make a new version with the value of an earlier one."""
    with kept.client() as client:
        found = client.configurations.rollback(config_id, version)
    output.tell(f"{found.config_id} version {found.version} {found.state}")


@app.command()
def delete(config_id: Id) -> None:
    """Delete a configuration."""
    with kept.client() as client:
        output.tell(f"{config_id} {client.configurations.delete(config_id).state}")


@app.command()
def export(file: Annotated[str | None, typer.Option("--output", "-o")] = None) -> None:
    """Give a snapshot of all that is in force."""
    with kept.client() as client:
        given.keep(dumps(client.configurations.export(), indent=2).encode(), file)


@app.command("import")
def import_(
    file: Annotated[str, typer.Argument(help="A snapshot; - for standard input.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    json: output.Json = False,
) -> None:
    """Put a snapshot in, whole or not at all."""
    snapshot = given.document(file)
    with kept.client() as client:
        found = client.configurations.import_(snapshot["configurations"], hash=snapshot.get("hash"), dry_run=dry_run)
    output.as_json(found) if json else output.facts(found, ["dry_run", "created", "updated", "unchanged"])

"""What runs, roll-outs, and their way back."""

from typing import Annotated

import typer

from pentarch_client import Pentarch
from pentarch_client.cli import given, kept, output
from pentarch_client.cli.progress import bar
from pentarch_client.models import Deployment

app = typer.Typer(help="What runs, and rolling out changes of it.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="DEPLOYMENT")]


def add_to(parent: typer.Typer) -> None:
    parent.add_typer(app, name="infra")


@app.command("list")
def list_(
    kind: Annotated[str | None, typer.Option("--type", help="kubernetes, docker, vm or lambda.")] = None,
    status: Annotated[str | None, typer.Option(help="running, stopped or failed.")] = None,
    *,
    json: output.Json = False,
) -> None:
    """List what runs."""
    with kept.client() as client:
        found = client.infrastructure.list(type=kind, status=status)
    if json:
        output.as_json(found)
    else:
        output.table(found, ["name", "type", "status", "replicas", "cpu_usage", "memory_usage"])


@app.command()
def deploy(
    service: Annotated[str, typer.Argument()],
    version: Annotated[str, typer.Argument()],
    strategy: Annotated[str, typer.Option(help="rolling_update, blue_green or canary.")] = "rolling_update",
    config: Annotated[str | None, typer.Option(help="A file with the configuration, in JSON.")] = None,
    *,
    json: output.Json = False,
) -> None:
    """Roll out a version or a configuration of a service, and watch it."""
    told = None if config is None else given.document(config)
    with kept.client() as client:
        begun = client.infrastructure.deploy(service, version, strategy=strategy, config=told)
        _watched(client, begun.deployment_id, json=json)


@app.command()
def deployments(
    kind: Annotated[str | None, typer.Option(help="service, specialist or configuration.")] = None,
    status: Annotated[str | None, typer.Option(help="deploying, completed, rolled_back...")] = None,
    *,
    json: output.Json = False,
) -> None:
    """List roll-outs, the latest first."""
    with kept.client() as client:
        found = client.infrastructure.deployments(kind=kind, status=status, limit=20).page().entries
    if json:
        output.as_json(found)
    else:
        output.table(found, ["deployment_id", "kind", "resource", "version", "strategy", "status", "start_time"])


@app.command()
def watch(deployment_id: Id, *, json: output.Json = False) -> None:
    """Watch a roll-out until it has ended."""
    with kept.client() as client:
        _watched(client, deployment_id, json=json)


@app.command()
def rollback(
    deployment_id: Id, version: Annotated[str | None, typer.Option("--to", help="A version that was deployed.")] = None
) -> None:
    """Go back to the version before, or to a named one."""
    with kept.client() as client:
        output.facts(client.infrastructure.rollback(deployment_id, target_version=version))


@app.command()
def scale(
    service: Annotated[str, typer.Argument()],
    replicas: Annotated[int, typer.Argument()],
    mode: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Let more or fewer of a service run."""
    with kept.client() as client:
        output.facts(client.infrastructure.scale(service, replicas, mode=mode))


@app.command()
def status(*, json: output.Json = False) -> None:
    """Say how the stack is: load, jobs and alerts."""
    with kept.client() as client:
        found = client.operations.status()
    output.as_json(found) if json else output.facts(found)


def _watched(client: Pentarch, deployment_id: str, *, json: bool) -> None:
    with bar(deployment_id, lambda seen: seen.progress, lambda seen: f"{seen.service} {seen.status}") as tell:
        done = client.infrastructure.wait_for_deployment(deployment_id, on_progress=tell)
    if json:
        output.as_json(done)
    else:
        _show(done)
    if done.status != "completed":
        raise typer.Exit(1)


def _show(done: Deployment) -> None:
    output.facts(done, ["deployment_id", "service", "version", "strategy", "status", "reason"])
    for event in done.events or []:
        output.tell(f"{event.timestamp} {event.level:<7} {event.message}")

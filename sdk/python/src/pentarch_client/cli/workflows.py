"""Workflows and their executions."""

from typing import Annotated

import typer

from pentarch_client import Pentarch
from pentarch_client.cli import given, kept, output
from pentarch_client.cli.progress import bar
from pentarch_client.models import Execution, ExecutionStatus

app = typer.Typer(help="Workflows and their executions.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="WORKFLOW")]
Run = Annotated[str, typer.Argument(metavar="EXECUTION")]
Comment = Annotated[str | None, typer.Option("--comment", "-c")]


def add_to(parent: typer.Typer) -> None:
    parent.add_typer(app, name="workflows")


@app.command("list")
def list_(*, json: output.Json = False) -> None:
    """List workflows."""
    with kept.client() as client:
        found = list(client.workflows.list())
    output.as_json(found) if json else output.table(found, ["id", "name", "type", "status", "version", "updated_at"])


@app.command()
def create(file: Annotated[str, typer.Argument(help="A definition in JSON; - for standard input.")]) -> None:
    """Create a workflow."""
    definition = given.document(file)
    with kept.client() as client:
        output.tell(client.workflows.create(**definition).id)


@app.command()
def run(
    workflow_id: Id,
    *,
    parameters: given.Pairs = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Watch until it has ended.")] = False,
    json: output.Json = False,
) -> None:
    """Execute a workflow."""
    with kept.client() as client:
        begun = client.workflows.execute(workflow_id, given.parameters(parameters))
        if watch:
            _watched(client, begun.execution_id, json=json)
        elif json:
            output.as_json(begun)
        else:
            output.tell(begun.execution_id)


@app.command()
def watch(execution_id: Run, *, json: output.Json = False) -> None:
    """Watch an execution until it has ended."""
    with kept.client() as client:
        _watched(client, execution_id, json=json)


@app.command()
def executions(
    workflow_id: Annotated[str | None, typer.Option("--workflow")] = None,
    status: Annotated[str | None, typer.Option()] = None,
    *,
    json: output.Json = False,
) -> None:
    """List executions, newest first."""
    with kept.client() as client:
        found = client.executions.list(workflow_id=workflow_id, status=status).page().entries
    if json:
        output.as_json(found)
    else:
        output.table(found, ["id", "workflow_id", "agent_id", "status", "started_at", "duration"])


@app.command()
def show(execution_id: Run, *, json: output.Json = False) -> None:
    """Show an execution with its steps."""
    with kept.client() as client:
        _show(client.executions.get(execution_id), json=json)


@app.command()
def logs(execution_id: Run, level: Annotated[str | None, typer.Option()] = None, *, json: output.Json = False) -> None:
    """Show what an execution's steps wrote."""
    with kept.client() as client:
        found = list(client.executions.logs(execution_id, level=level))
    if json:
        output.as_json(found)
        return
    for line in found:
        output.tell(f"{line.timestamp} {line.level:<7} {line.step_id or '-'}  {line.message}")


@app.command()
def cancel(execution_id: Run) -> None:
    """Cancel an execution."""
    with kept.client() as client:
        output.tell(client.executions.cancel(execution_id).status)


@app.command()
def approve(
    execution_id: Run, step_id: Annotated[str, typer.Argument(metavar="STEP")], comment: Comment = None
) -> None:
    """Approve what a step waits for."""
    with kept.client() as client:
        output.facts(client.executions.approve(execution_id, step_id, comment=comment))


@app.command()
def reject(execution_id: Run, step_id: Annotated[str, typer.Argument(metavar="STEP")], comment: Comment = None) -> None:
    """Reject what a step waits for."""
    with kept.client() as client:
        output.facts(client.executions.reject(execution_id, step_id, comment=comment))


def _watched(client: Pentarch, execution_id: str, *, json: bool) -> None:
    def words(seen: ExecutionStatus) -> str:
        at = seen.progress
        return f"{seen.status} {at.current_step}/{at.total_steps} {at.current_step_name or ''}"

    with bar(execution_id, lambda seen: seen.progress.percentage / 100, words) as tell:
        done = client.executions.wait(execution_id, on_progress=tell)
    _show(done, json=json)
    if done.status != "completed":
        raise typer.Exit(1)


def _show(execution: Execution, *, json: bool) -> None:
    if json:
        output.as_json(execution)
        return
    output.facts(execution, ["id", "workflow_name", "agent_id", "status", "started_at", "completed_at", "duration"])
    output.table(execution.steps or [], ["step_id", "step_name", "status", "duration"])
    if execution.final_result is not None:
        output.tell(output.text_of(execution.final_result))

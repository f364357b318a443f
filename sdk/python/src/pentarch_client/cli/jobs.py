"""Jobs over many inputs."""

from typing import Annotated

import typer

from pentarch_client import Pentarch
from pentarch_client.cli import given, kept, output
from pentarch_client.cli.progress import bar
from pentarch_client.models import Job

app = typer.Typer(help="Jobs over many inputs.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="JOB")]


def add_to(parent: typer.Typer) -> None:
    parent.add_typer(app, name="jobs")


@app.command("list")
def list_(
    status: Annotated[str | None, typer.Option()] = None,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 20,
    *,
    json: output.Json = False,
) -> None:
    """List jobs, newest first."""
    with kept.client() as client:
        found = client.jobs.list(status=status, limit=limit).page().entries
    output.as_json(found) if json else output.table(found, ["job_id", "name", "status", "progress", "created_at"])


@app.command()
def create(
    name: Annotated[str, typer.Argument()],
    inputs: Annotated[str | None, typer.Option(help="A file with an input in each line; - for standard input.")] = None,
    *,
    service: Annotated[str, typer.Option()] = "llm",
    source: Annotated[str | None, typer.Option(help="Inputs at an s3:// prefix or in a data: address.")] = None,
    priority: Annotated[str | None, typer.Option(help="low, normal, high or urgent.")] = None,
    at: Annotated[str | None, typer.Option(help="When to begin, in ISO 8601.")] = None,
    parameters: given.Pairs = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it has ended.")] = False,
    json: output.Json = False,
) -> None:
    """Create a job."""
    told = given.parameters(parameters)
    if inputs is not None:
        told["inputs"] = [line for line in given.content(inputs).decode().splitlines() if line.strip()]
    if source is not None:
        told["input_source"] = source
    with kept.client() as client:
        job = client.jobs.create(name, service, told, priority=priority, scheduled_at=at)
        if wait:
            job = _watched(client, job.job_id)
    _show(job, json=json)
    _judge(job)


@app.command()
def show(job_id: Id, *, json: output.Json = False) -> None:
    """Show a job's state and log."""
    with kept.client() as client:
        _show(client.jobs.get(job_id), json=json)


@app.command()
def watch(job_id: Id, *, json: output.Json = False) -> None:
    """Wait for a job's end, with its progress."""
    with kept.client() as client:
        job = _watched(client, job_id)
    _show(job, json=json)
    _judge(job)


@app.command()
def results(
    job_id: Id, file: Annotated[str | None, typer.Option("--output", "-o", help="Where to write them.")] = None
) -> None:
    """Give a job's results, as JSON lines unless the job said otherwise."""
    with kept.client() as client:
        given.keep(client.jobs.results_file(job_id), file)


@app.command()
def cancel(job_id: Id, *, json: output.Json = False) -> None:
    """Cancel a job; what was done by then is kept."""
    with kept.client() as client:
        found = client.jobs.cancel(job_id)
    output.as_json(found) if json else output.tell(f"{found.job_id} {found.status}")


@app.command()
def retry(job_id: Id, *, json: output.Json = False) -> None:
    """Make a job of the inputs that failed in another."""
    with kept.client() as client:
        _show(client.jobs.retry(job_id), json=json)


def _watched(client: Pentarch, job_id: str) -> Job:
    def words(job: Job) -> str:
        seen = job.progress
        return f"{job.status} {seen.completed}/{seen.total}" if seen else job.status

    def share(job: Job) -> float | None:
        return job.progress.percentage / 100 if job.progress and job.progress.total else None

    with bar(job_id, share, words) as tell:
        return client.jobs.wait(job_id, on_progress=tell)


def _show(job: Job, *, json: bool) -> None:
    if json:
        output.as_json(job)
        return
    output.facts(job, ["job_id", "name", "status", "priority", "created_at", "estimated_completion"])
    if job.progress:
        output.facts(job.progress)
    for line in job.logs or []:
        output.tell(f"{line.timestamp} {line.level:<7} {line.message}")


def _judge(job: Job) -> None:
    if job.status in {"failed", "cancelled"}:
        raise typer.Exit(1)

"""Sessions: agents that propose, people who decide."""

from pathlib import Path
from typing import Annotated

import typer
from rich.syntax import Syntax

from pentarch_client import Pentarch
from pentarch_client.cli import given, kept, output
from pentarch_client.cli.progress import bar
from pentarch_client.models import Run

approvals = typer.Typer(help="What agents propose, and deciding on it.", no_args_is_help=True)
sessions = typer.Typer(help="Running skills on files of the workspace.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="SESSION")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Without asking.")]
WAITS = "pending_approval"


def add_to(app: typer.Typer) -> None:
    app.add_typer(approvals, name="approvals")
    app.add_typer(sessions, name="sessions")


@approvals.command("list")
def list_(*, json: output.Json = False) -> None:
    """List what waits for somebody."""
    with kept.client() as client:
        found = list(client.sessions.pending())
    if json:
        output.as_json(found)
        return
    changes = ("changes", lambda one: ", ".join(f"{each.path} {each.diff}" for each in one.artifacts))
    output.table(found, ["session_id", "skill", "created", "expires", changes])


@approvals.command()
def show(session_id: Id, *, json: output.Json = False) -> None:
    """Show what a session proposes: the diff of each file."""
    with kept.client() as client:
        seen = client.sessions.status(session_id)
        if json:
            diffs = {each.path: client.sessions.diff(session_id, each.path) for each in seen.artifacts or []}
            output.as_json({**seen, "diffs": diffs})
        else:
            _show(client, seen)


@approvals.command()
def review(session_id: Id) -> None:
    """Show what a session proposes, and ask whether to apply it."""
    with kept.client() as client:
        seen = client.sessions.status(session_id)
        _show(client, seen)
        if seen.status != WAITS:
            raise typer.Exit(1)
        answer = typer.prompt("[a]pprove, [r]eject, ask for a re[v]ision, or [l]eave it", default="l")[:1].lower()
        if answer == "a":
            _approve(client, seen, None)
        elif answer == "r":
            output.tell(client.sessions.reject(session_id, typer.prompt("Reason")).status)
        elif answer == "v":
            output.tell(client.sessions.revise(session_id, typer.prompt("What to change")).status)


@approvals.command()
def approve(
    session_id: Id,
    comment: Annotated[str | None, typer.Option("--comment", "-c")] = None,
    *,
    yes: Yes = False,
) -> None:
    """Show what a session proposes, and apply just that."""
    with kept.client() as client:
        seen = client.sessions.status(session_id)
        _show(client, seen)
        if not yes:
            typer.confirm("Apply it?", abort=True)
        _approve(client, seen, comment)


@approvals.command()
def reject(session_id: Id, reason: Annotated[str, typer.Option("--reason", "-r", prompt="Reason")]) -> None:
    """Turn down what a session proposes."""
    with kept.client() as client:
        output.tell(client.sessions.reject(session_id, reason).status)


@sessions.command()
def run(
    skill: Annotated[str, typer.Argument()],
    files: Annotated[list[str] | None, typer.Argument(help="Files of the workspace.")] = None,
    *,
    upload: Annotated[
        bool, typer.Option("--upload", help="Write these files, from here, to the workspace first.")
    ] = False,
    arguments: given.Pairs = None,
    json: output.Json = False,
) -> None:
    """Run a skill's agent, and wait until it has done its part."""
    paths = files or []
    with kept.client() as client:
        for path in paths if upload else ():
            client.workspace.write(path, given.content(path))
        session = client.run_skill(skill, paths, given.parameters(arguments))
        with bar(skill, lambda seen: seen.progress, lambda seen: seen.message or seen.status) as tell:
            seen = session.wait_for_completion(on_progress=tell)
        if json:
            output.as_json(seen)
        else:
            _show(client, seen)
            if seen.status == WAITS:
                output.say(f"decide with: pentarch approvals review {seen.session_id}")
    if seen.status == "failed":
        raise typer.Exit(1)


@sessions.command()
def watch(session_id: Id) -> None:
    """Tell a session's events as they happen, until its agent has done its part."""
    with kept.client() as client:
        for event in client.sessions.events(session_id):
            output.tell(f"{event.timestamp} {event.event:<18} {event.data.message or event.data.status or ''}")
            if event.event == "session.complete":
                return


@sessions.command()
def fetch(
    path: Annotated[str, typer.Argument(help="A file of the workspace.")],
    file: Annotated[Path | None, typer.Option("--output", "-o")] = None,
) -> None:
    """Give a file of the workspace."""
    with kept.client() as client:
        given.keep(client.workspace.read(path), None if file is None else str(file))


def _show(client: Pentarch, seen: Run) -> None:
    output.facts(seen, ["session_id", "status", "agent", "message", "reason"])
    if seen.error is not None:
        output.tell(f"{seen.error.code}: {seen.error.message}")
    for each in seen.artifacts or []:
        output.tell(f"\n{each.path} {each.diff}")
        diff = client.sessions.diff(seen.session_id, each.path)
        output.out.print(Syntax(diff, "diff", background_color="default") if output.out.is_terminal else diff)


def _approve(client: Pentarch, seen: Run, comment: str | None) -> None:
    """By the digest of what was shown: if it has changed since, nothing is applied."""
    digest = seen.approval.digest if seen.approval else None
    done = client.sessions.approve(seen.session_id, comment=comment, digest=digest)
    output.tell(f"{done.status}: {', '.join(done.artifacts)}")

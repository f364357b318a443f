"""Specialists: small models of one's own."""

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.text import Text

from pentarch_client import Pentarch
from pentarch_client.cli import chart, given, kept, output
from pentarch_client.cli.progress import bar
from pentarch_client.models import Specialist, Training

specialists = typer.Typer(help="Small models of one's own.", no_args_is_help=True)

_WIDTH = 60

Name = Annotated[str, typer.Argument(metavar="SPECIALIST", help="Its id or its name.")]


def add_to(app: typer.Typer) -> None:
    app.command()(train)
    app.add_typer(specialists, name="specialists")


def train(
    specialist: Name,
    dataset: Annotated[str, typer.Argument(help="A CSV or JSON-lines file, a dataset's id, or an address.")],
    *,
    kind: Annotated[str, typer.Option("--type", help="supervised, unsupervised or reinforcement.")] = "supervised",
    epochs: Annotated[int | None, typer.Option()] = None,
    parameters: given.Pairs = None,
    create: Annotated[
        bool, typer.Option("--create", help="Propose the specialist if there is none of that name.")
    ] = False,
    skill: Annotated[list[str] | None, typer.Option(help="What a new one is for; may be given several times.")] = None,
    deploy: Annotated[str | None, typer.Option(help="staging or production: deploy what was learned.")] = None,
    wait: Annotated[bool, typer.Option(help="Watch until it has ended.")] = True,
    json: output.Json = False,
) -> None:
    """Train a specialist, and watch its loss. A file is uploaded first."""
    told = given.parameters(parameters) | ({} if epochs is None else {"epochs": epochs})
    with kept.client() as client:
        found = _found(client, specialist)
        if found is None and create:
            found = client.specialists.create(specialist, skill or [specialist])
        if found is None:
            msg = f"there is no specialist {specialist!r}; --create proposes it"
            raise given.NoSuchThingError(msg)
        begun = client.specialists.train(found.id, _uploaded(client, dataset), type=kind, parameters=told)
        if not wait:
            output.as_json(begun) if json else output.tell(f"{begun.training_job_id} {begun.status}")
            return
        with _watching(found.name) as tell:
            done = client.specialists.wait_for_training(found.id, begun.training_job_id, on_progress=tell)
        output.as_json(done) if json else _show(done)
        if done.status != "completed":
            raise typer.Exit(1)
        if deploy is not None:
            _deploy(client, found, deploy)


@specialists.command("list")
def list_(*, json: output.Json = False) -> None:
    """List specialists, newest first."""
    with kept.client() as client:
        found = list(client.specialists.list())
    if json:
        output.as_json(found)
    else:
        output.table(found, ["id", "name", "status", "skills", "performance_score", "latest_version"])


@specialists.command()
def show(specialist: Name, *, json: output.Json = False) -> None:
    """Show a specialist and its trainings."""
    with kept.client() as client:
        found = client.specialists.get(_found_or_refuse(client, specialist).id)
    if json:
        output.as_json(found)
        return
    output.facts(found, ["id", "name", "description", "status", "skills", "performance_score", "latest_version"])
    output.table(found.training_history, ["job_id", "status", "version", "epochs", "accuracy", "loss", "created_at"])


@specialists.command()
def predict(specialist: Name, text: Annotated[str, typer.Argument()], *, json: output.Json = False) -> None:
    """Ask a deployed specialist."""
    with kept.client() as client:
        found = client.specialists.predict(_found_or_refuse(client, specialist).id, text=text)
    if json:
        output.as_json(found)
    else:
        output.tell(f"{found.prediction} ({found.confidence})")


@specialists.command("deploy")
def deploy_(specialist: Name, environment: Annotated[str, typer.Argument(help="staging or production.")]) -> None:
    """Deploy a specialist's latest version, once its probe holds."""
    with kept.client() as client:
        _deploy(client, _found_or_refuse(client, specialist), environment)


@specialists.command()
def rollback(specialist: Name, *, json: output.Json = False) -> None:
    """Go back to the version before, at once."""
    with kept.client() as client:
        found = client.specialists.rollback(_found_or_refuse(client, specialist).id)
    output.as_json(found) if json else output.facts(found)


def _found(client: Pentarch, name: str) -> Specialist | None:
    return next((one for one in client.specialists.list() if name in {one.id, one.name}), None)


def _found_or_refuse(client: Pentarch, name: str) -> Specialist:
    found = _found(client, name)
    if found is None:
        msg = f"there is no specialist {name!r}"
        raise given.NoSuchThingError(msg)
    return found


def _uploaded(client: Pentarch, dataset: str) -> str:
    """The id of a file that is uploaded for this; anything else as it is."""
    file = Path(dataset)
    if not file.is_file():
        return dataset
    is_table = mimetypes.guess_type(dataset)[0] == "text/csv" or file.suffix == ".csv"
    return client.datasets.upload(file.name, file.read_bytes(), format="csv" if is_table else "jsonl").id


@contextmanager
def _watching(name: str) -> Iterator["_Watch"]:
    watch = _Watch(name)
    if not output.err.is_terminal:
        yield watch
        return
    with Live(console=output.err, refresh_per_second=4, transient=True) as live:
        watch.live = live
        yield watch


class _Watch:
    """Shows what a training tells: how far it is, and its loss so far."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.live: Live | None = None

    def __call__(self, seen: Training) -> None:
        if self.live is None:
            return
        epochs = f"epoch {seen.current_epoch or 0}/{seen.total_epochs or '?'}"
        metrics: dict[str, float] = seen.metrics or {}
        measured = (f"{name} {metrics[name]:.4g}" for name in ("loss", "accuracy") if metrics.get(name) is not None)
        head = Text("  ".join([self._name, seen.phase or seen.status, epochs, *measured]))
        share = Padding(ProgressBar(total=1.0, completed=seen.progress or 0.0, width=_WIDTH), 0)
        self.live.update(Group(head, share, _curve(seen)))


def _show(seen: Training) -> None:
    output.tell(f"{seen.job_id} {seen.status}" + (f", version {seen.version}" if seen.version else ""))
    if seen.error is not None:
        output.tell(f"{seen.error.code}: {seen.error.message}")
        for fault in seen.error.faults or []:
            output.tell(f"  line {fault.line}: {fault.problem}" if fault.line else f"  {fault.problem}")
    if seen.loss_curve:
        output.tell(f"loss over {len(seen.loss_curve)} epochs")
        output.out.print(_curve(seen))
    if seen.metrics:
        output.tell(_measured(seen))


def _curve(seen: Training) -> Text:
    losses = [epoch.loss for epoch in seen.loss_curve or [] if epoch.loss is not None]
    return Text("\n".join(chart.lines(losses)))


def _measured(seen: Training) -> str:
    numbers = {name: value for name, value in (seen.metrics or {}).items() if isinstance(value, int | float)}
    return "  ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in numbers.items())


def _deploy(client: Pentarch, specialist: Specialist, environment: str) -> None:
    begun = client.specialists.deploy(specialist.id, environment)
    with bar(f"deploying to {environment}", lambda _: None, lambda seen: seen.status) as tell:
        done = client.specialists.wait_for_deployment(specialist.id, begun.deployment_id, on_progress=tell)
    output.tell(f"{done.deployment_id} {done.status}" + (f": {done.reason}" if done.reason else ""))
    if done.status in {"failed", "rolled_back"}:
        raise typer.Exit(1)

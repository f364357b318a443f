"""Asking models."""

import sys
from json import dumps
from typing import Annotated

import typer

from pentarch_client.cli import given, kept, output


def add_to(app: typer.Typer) -> None:
    for command in (generate, trace, models, usage):
        app.command()(command)


def generate(
    prompt: Annotated[str, typer.Argument(help="What to ask; - reads it from standard input.")],
    *,
    model: Annotated[str | None, typer.Option("--model", "-m")] = None,
    agent: Annotated[str | None, typer.Option("--agent", help="A specialist, by its name or a skill.")] = None,
    max_tokens: Annotated[int | None, typer.Option()] = None,
    temperature: Annotated[float | None, typer.Option()] = None,
    sensitivity: Annotated[str | None, typer.Option(help="PUBLIC, INTERNAL, SENSITIVE or CRITICAL.")] = None,
    stream: Annotated[bool, typer.Option(help="Show the answer as it comes.")] = True,
    json: output.Json = False,
) -> None:
    """Ask a model. The answer goes to standard output as it comes, what is known of it to standard error."""
    text = sys.stdin.read() if prompt == "-" else prompt
    with kept.client() as client:
        if json or not stream:
            found = client.llm.generate(
                text,
                model=model,
                agent_name=agent,
                max_tokens=max_tokens,
                temperature=temperature,
                sensitivity=sensitivity,
            )
            output.as_json(found) if json else typer.echo(found.response)
            return
        with client.llm.stream(
            text,
            model=model,
            agent_name=agent,
            max_tokens=max_tokens,
            temperature=temperature,
            sensitivity=sensitivity,
        ) as pieces:
            for piece in pieces:
                sys.stdout.write(piece)
                sys.stdout.flush()
        typer.echo()
        done = pieces.completion
    if done is not None and output.is_terminal():
        output.say(f"{done.model} | {done.total_tokens} tokens | {done.sensitivity} | trace {done.trace_id}")


def trace(
    trace_id: Annotated[str, typer.Argument(metavar="TRACE", help="As the answer named it.")],
    file: Annotated[str | None, typer.Option("--output", "-o", help="Where to write it.")] = None,
) -> None:
    """Give the decision behind an answer, with all that it was made from. `pentarch verify-route` checks it."""
    with kept.client() as client:
        found = client.routing.trace(trace_id)
    given.keep(dumps(found, indent=2, ensure_ascii=False).encode() + b"\n", file)


def models(*, json: output.Json = False) -> None:
    """List the models that can be called."""
    with kept.client() as client:
        found = client.llm.models()
    if json:
        output.as_json(found)
    else:
        output.table(found, ["name", "provider", "context_window", "max_sensitivity", "supported_features"])


def usage(*, json: output.Json = False) -> None:
    """Say what was used in the last 30 days."""
    with kept.client() as client:
        found = client.llm.usage()
    if json:
        output.as_json(found)
    else:
        output.table(found.rows, ["day", "model", "requests", "prompt_tokens", "completion_tokens", "cost_usd"])

"""Assessments, and handing over the audit trail."""

from typing import Annotated

import typer

from pentarch_client.cli import given, kept, output
from pentarch_client.cli.progress import bar

app = typer.Typer(help="Assessments, and the audit trail.", no_args_is_help=True)

File = Annotated[str | None, typer.Option("--output", "-o", help="Where to write it; else to standard output.")]


def add_to(parent: typer.Typer) -> None:
    parent.add_typer(app, name="compliance")


@app.command()
def check(
    framework: Annotated[str, typer.Argument(help="SOC2, GDPR, HIPAA or PCI-DSS.")],
    report: Annotated[str | None, typer.Option(help="Write the report, a PDF, to this file.")] = None,
    minimum: Annotated[float | None, typer.Option(help="Fail (exit code 1) below this share, from 0 to 1.")] = None,
    *,
    json: output.Json = False,
) -> None:
    """Assess a framework."""
    with kept.client() as client:
        found = client.compliance.check(framework)
        if not found.is_over:
            with bar(framework, lambda _: None, lambda seen: seen.status) as tell:
                found = client.compliance.wait_for_check(found.check_id, on_progress=tell)
        if report is not None:
            given.keep(client.compliance.report(found.check_id), report)
        if found.report_url is not None:
            found["report_url"] = client.base_url + found.report_url
    if json:
        output.as_json(found)
    else:
        output.facts(found, ["check_id", "framework", "status", "overall_compliance", "assessed_share", "report_url"])
        output.table(found.controls or [], ["id", "name", "status", "score", "evidence_count"])
    if found.status == "failed" or (minimum is not None and (found.overall_compliance or 0.0) < minimum):
        raise typer.Exit(1)


@app.command()
def status(*, json: output.Json = False) -> None:
    """Say where each framework stands."""
    with kept.client() as client:
        found = client.compliance.status()
    if json:
        output.as_json(found)
    else:
        output.table(found, ["name", "overall_score", "last_assessment", "next_assessment", "critical_findings"])


@app.command()
def audit(
    action: Annotated[str | None, typer.Option()] = None,
    resource: Annotated[str | None, typer.Option()] = None,
    since: Annotated[str | None, typer.Option(help="A day, or a time in ISO 8601.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.")] = 50,
    *,
    json: output.Json = False,
) -> None:
    """Show the audit trail, newest first."""
    with kept.client() as client:
        found = client.compliance.audit(action=action, resource=resource, start_date=since, limit=limit).page().entries
    output.as_json(found) if json else output.table(found, ["timestamp", "type", "action", "resource", "actor"])


@app.command()
def export(
    form: Annotated[str, typer.Option("--format", "-f", help="json, csv, pdf or ocsf.")] = "json",
    framework: Annotated[str | None, typer.Option(help="With this framework's latest assessment.")] = None,
    since: Annotated[str | None, typer.Option(help="A day, or a time in ISO 8601.")] = None,
    until: Annotated[str | None, typer.Option(help="A day, or a time in ISO 8601.")] = None,
    *,
    file: File = None,
) -> None:
    """Export the audit trail. `pentarch verify-audit` checks one in JSON."""
    with kept.client() as client, bar("export", lambda _: None, lambda seen: seen.status) as tell:
        data = client.compliance.export(form, framework=framework, start_date=since, end_date=until, on_progress=tell)
    given.keep(data, file)
    if file is not None:
        output.say(f"{len(data)} bytes in {file}")


@app.command()
def key(file: File = None) -> None:
    """Give the public key that the trail is sealed with, for `verify-audit --public-key`."""
    with kept.client() as client:
        given.keep(client.compliance.root().public_key.encode(), file)

"""The Python clients and the command, as their users have them, against the deployed stack."""

import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from local.target import Target
from pentarch_client import Pentarch
from pentarch_client.cli import app

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "sdk" / "python" / "examples"
PRD = "# Supply\n\nThe supply must give 0 to 30 V.\n"


@pytest.fixture
def client(stack: Target, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pentarch]:
    for name, value in (("URL", "base_url"), ("API_KEY", "api_key"), ("WEBSOCKET_URL", "websocket_url")):
        monkeypatch.setenv(f"PENTARCH_{name}", str(stack[value]))
    with Pentarch() as client:
        yield client


def run(source: str, stack: Target) -> dict[str, Any]:
    """Run an example as it is written, but for addresses and credentials."""
    for placeholder, value in (
        ("http://localhost:3000", "base_url"),
        ("https://your-domain.com/api/v2", "base_url"),
        ("https://your-domain.com", "base_url"),
        ("your-api-key", "api_key"),
        ("your_api_key", "api_key"),
        ("your-client-id", "client_id"),
        ("your-client-secret", "client_secret"),
    ):
        end = "/api/v2" if placeholder.endswith("/api/v2") else ""
        source = re.sub(rf"(['\"]){re.escape(placeholder)}\1", lambda _, v=value, e=end: repr(f"{stack[v]}{e}"), source)  # type: ignore[misc]
    names: dict[str, Any] = {}
    try:
        exec(compile(source, "example", "exec"), names)  # noqa: S102 (the project's own examples)
    finally:
        names["client"].close()
    return names


def test_metaqores_example(stack: Target, client: Pentarch) -> None:
    names = run((EXAMPLES / "gateway.py").read_text(), stack)
    assert names["response"].response
    assert client.specialists.get(names["specialist"].id).skills == ["security", "code-analysis"]


def test_metaforges_example(stack: Target, client: Pentarch) -> None:
    client.workspace.write("PRD.md", PRD)
    names = run((EXAMPLES / "skill.py").read_text(), stack)
    assert names["session"].status == "approved"
    assert b"0 to 30 V" in client.workspace.read("constraints.json")
    told = []
    for event in client.live(sessions=[names["session"].id], last=0):
        told.append((event.seq, event.event))
        if event.event == "session.approved":
            break
    assert [name for _, name in told][-2:] == ["session.complete", "session.approved"]
    assert told == sorted(set(told))
    [first] = [seq for seq, name in told if name == "session.started"]
    resumed = next(iter(client.sessions.events(names["session"].id, last=first)))
    assert (resumed.seq, resumed.event) == told[[seq for seq, _ in told].index(first) + 1]


@pytest.mark.usefixtures("client")
def test_ai_sembles_example(stack: Target, capsys: pytest.CaptureFixture[str]) -> None:
    names = run((EXAMPLES / "text.py").read_text(), stack)
    assert capsys.readouterr().out.strip() == names["response"].generated_text.strip() != ""


def test_a_pipelines_example(stack: Target, client: Pentarch) -> None:
    names = run((EXAMPLES / "pipeline.py").read_text(), stack)
    assert names["execution"].status == "completed"
    client.workflows.delete(names["workflow"].id)
    client.agents.delete(names["agent"].id)


def test_a_routings_example(stack: Target, client: Pentarch, capsys: pytest.CaptureFixture[str]) -> None:
    run((EXAMPLES / "routing.py").read_text(), stack)
    assert capsys.readouterr().out.splitlines()[-1] == "True"
    client.services.deregister("summaries-1")


def test_the_command_logs_in_renews_its_tokens_asks_and_checks(
    stack: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pentarch(*arguments: str) -> str:
        assert app.run(arguments) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    kept, trace = tmp_path / "login.json", str(tmp_path / "trace.json")
    monkeypatch.setenv("PENTARCH_CONFIG", str(tmp_path))
    monkeypatch.setattr("sys.stdin", StringIO(f"{stack['password']}\n"))
    pentarch("login", "--url", str(stack["base_url"]), "-u", str(stack["username"]), "--stdin")
    login = json.loads(kept.read_text())
    login["tokens"]["ends_at"] = 0
    kept.write_text(json.dumps(login))
    assert pentarch("generate", "Repeat this word: hello") == "hello\n"
    assert json.loads(kept.read_text())["tokens"]["refresh"] != login["tokens"]["refresh"]
    answer = json.loads(pentarch("generate", "--json", "Repeat this word: hello"))
    pentarch("trace", answer["trace_id"], "-o", trace)
    assert f"{answer['trace_id']} holds" in pentarch("verify-route", trace)
    pentarch("logout")
    assert not kept.exists()

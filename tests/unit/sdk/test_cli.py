"""The command: what it prints, where, and with which exit code."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from pentarch_client import Pentarch
from pentarch_client.cli import app, chart, kept
from pentarch_client.credentials import Tokens
from support.api_double import ApiDouble, Reply, streamed, told

URL = "https://api.test"
Api = Callable[..., ApiDouble]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Api:
    """Let the command's clients speak to a double with these replies."""
    monkeypatch.setenv(kept.DIRECTORY, str(tmp_path / "config"))

    def answering(*replies: Reply) -> ApiDouble:
        double = ApiDouble(list(replies))
        monkeypatch.setattr(kept, "client", lambda: Pentarch(URL, "pk_test", http=double.http(), retries=0))
        return double

    return answering


def refused(status: int, code: str = "X", message: str = "no") -> Reply:
    return told({"error": {"code": code, "message": message, "details": {}}}, status, X_Correlation_ID="req-1")


def test_an_answer_is_streamed_to_standard_output_alone(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    api(streamed('{"event":"token","data":"Hel"}', '{"event":"token","data":"lo"}', '{"event":"complete","data":{}}'))
    assert app.run(["generate", "hi"]) == 0
    assert capsys.readouterr().out == "Hello\n"


def test_json_is_what_the_api_answered(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    api(told({"success": True, "data": {"response": "Grüße", "new_field": [1]}}))
    assert app.run(["generate", "hi", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"response": "Grüße", "new_field": [1]}


@pytest.mark.parametrize(
    ("status", "code"), [(401, 3), (403, 3), (404, 4), (409, 5), (400, 5), (402, 5), (429, 5), (500, 6), (503, 6)]
)
def test_a_refusal_is_one_line_with_the_requests_id_and_a_code(
    api: Api, capsys: pytest.CaptureFixture[str], status: int, code: int
) -> None:
    api(refused(status))
    assert app.run(["jobs", "show", "job_1"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"pentarch: no ({status} X) [request req-1]\n"


@pytest.mark.parametrize("arguments", [["nonsense"], ["jobs", "show"], ["jobs", "create", "a", "--set", "b"]])
def test_what_is_not_understood_is_2(api: Api, arguments: list[str]) -> None:
    api(refused(500))
    assert app.run(arguments) == 2


@pytest.mark.usefixtures("api")
def test_without_a_login_the_command_says_what_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert app.run(["models"]) == 1
    assert "pentarch login" in capsys.readouterr().err


@pytest.mark.usefixtures("api")
def test_what_login_keeps_is_for_its_owner_alone() -> None:
    place = kept.save(kept.Login(URL, api_key="pk_1"))
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    kept.save(kept.Login(URL, tokens=Tokens("a", 1.0, "r")))
    assert kept.load() == kept.Login(URL, tokens=Tokens("a", 1.0, "r"))
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert kept.forget()
    assert kept.load() is None


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize("text", ["", "[]", '{"url": 7}', "null"])
def test_a_login_that_was_spoilt_is_said_to_be(capsys: pytest.CaptureFixture[str], text: str) -> None:
    kept.save(kept.Login(URL, api_key="pk_1")).write_text(text)
    assert app.run(["models"]) == 1
    assert capsys.readouterr().err.endswith("is not what a login keeps: run `pentarch login`\n")


@pytest.mark.usefixtures("api")
def test_the_environment_goes_before_what_was_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept.save(kept.Login(URL, api_key="pk_1"))
    assert kept.client().base_url == URL
    monkeypatch.setenv("PENTARCH_URL", "https://other.test")
    monkeypatch.setenv("PENTARCH_API_KEY", "pk_2")
    assert kept.client().base_url == "https://other.test"


def training(status: str, epochs: int) -> Reply:
    curve = [{"epoch": number, "loss": 1 / number} for number in range(1, epochs + 1)]
    return told({"job_id": "t", "status": status, "progress": epochs / 3, "loss_curve": curve, "version": 1})


def test_training_uploads_a_file_watches_and_shows_the_loss(
    api: Api, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "reviews.csv"
    file.write_text("text,label\n")
    double = api(
        told({"specialists": [{"id": "s", "name": "sentiment"}], "total": 1}),
        told({"dataset": {"id": "d"}, "upload": {"url": "https://s3.test/", "fields": {"key": "k"}}}),
        told({}, 201),
        told({"training_job_id": "t", "status": "queued"}),
        training("running", 1),
        training("completed", 3),
    )
    assert app.run(["train", "sentiment", str(file), "--epochs", "3"]) == 0
    assert json.loads(double.asked[3].content)["training_data"] == {
        "type": "supervised", "dataset": "d", "parameters": {"epochs": 3}
    }  # fmt: skip
    assert b"text,label" in double.asked[2].content
    out = capsys.readouterr().out
    assert "t completed, version 1" in out
    assert "0.3333 ┤█" in out


def test_a_failed_training_is_told_with_its_lines(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    error = {"code": "BAD_DATASET", "message": "bad", "faults": [{"line": 12, "problem": "no label"}]}
    api(
        told({"specialists": [{"id": "s", "name": "sentiment"}], "total": 1}),
        told({"training_job_id": "t"}),
        told({"job_id": "t", "status": "failed", "error": error}),
    )
    assert app.run(["train", "sentiment", "dataset-1"]) == 1
    assert "BAD_DATASET: bad\n  line 12: no label" in capsys.readouterr().out


def test_a_specialist_that_is_not_there_is_4(api: Api) -> None:
    api(told({"specialists": [], "total": 0}))
    assert app.run(["train", "nobody", "d"]) == 4


PROPOSED = {
    "session_id": "s",
    "status": "pending_approval",
    "artifacts": [{"path": "a.md", "diff": "+1 -0"}],
    "approval": {"digest": "d1"},
}
DIFF = "--- /dev/null\n+++ b/a.md\n@@ -0,0 +1 @@\n+hello\n"


def test_an_approval_shows_the_diff_and_applies_just_that(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    double = api(told(PROPOSED), _text(DIFF), told({"status": "approved", "artifacts": ["a.md"]}))
    assert app.run(["approvals", "approve", "s", "--yes", "-c", "LGTM"]) == 0
    assert DIFF in capsys.readouterr().out
    assert json.loads(double.asked[2].content) == {"digest": "d1", "comment": "LGTM"}


@pytest.mark.parametrize(
    ("answers", "path", "body"),
    [
        ("a\n", "/api/v1/approve/s", {"digest": "d1"}),
        ("r\ntoo short\n", "/api/v1/reject/s", {"reason": "too short"}),
        ("v\nsay more\n", "/api/v1/revise/s", {"instructions": "say more"}),
        ("l\n", None, None),
    ],
)
def test_a_review_asks_what_to_do(
    api: Api, monkeypatch: pytest.MonkeyPatch, answers: str, path: str | None, body: Any
) -> None:
    given = iter(answers.splitlines())
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(given))
    double = api(told(PROPOSED), _text(DIFF), told({"status": "done", "artifacts": ["a.md"]}))
    assert app.run(["approvals", "review", "s"]) == 0
    sent = [(request.url.path, json.loads(request.content)) for request in double.asked[2:]]
    assert sent == ([(path, body)] if path else [])


def test_a_workflow_is_watched_to_its_end_and_its_failure_is_1(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    progress = {"current_step": 1, "total_steps": 2, "percentage": 50.0, "current_step_name": "Ask"}
    api(
        told({"execution_id": "e", "status": "queued"}, 202),
        told({"execution_id": "e", "status": "running", "progress": progress}),
        told({"execution_id": "e", "status": "failed", "progress": progress}),
        told({"id": "e", "status": "failed", "steps": [{"step_id": "step-1", "step_name": "Ask", "status": "failed"}]}),
    )
    assert app.run(["workflows", "run", "w", "--watch", "-s", "n=5", "-s", "tone=dry"]) == 1
    assert "step-1" in capsys.readouterr().out


def test_parameters_are_json_or_texts(api: Api) -> None:
    double = api(told({"execution_id": "e"}, 202))
    assert app.run(["workflows", "run", "w", "-s", "n=5", "-s", "tone=dry", "-s", 'files=["a"]']) == 0
    assert json.loads(double.asked[0].content) == {"parameters": {"n": 5, "tone": "dry", "files": ["a"]}}


def test_a_check_below_the_minimum_is_1(api: Api) -> None:
    found = {"check_id": "c", "framework": "SOC2", "status": "completed", "overall_compliance": 0.66, "controls": []}
    api(told(found))
    assert app.run(["compliance", "check", "SOC2", "--minimum", "0.5"]) == 0
    api(told(found))
    assert app.run(["compliance", "check", "SOC2", "--minimum", "0.9"]) == 1


def test_an_export_to_a_file_leaves_standard_output_alone(
    api: Api, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "trail.csv"
    api(_text("the trail"))
    assert app.run(["compliance", "export", "-f", "csv", "-o", str(file)]) == 0
    assert (file.read_text(), capfd.readouterr().out) == ("the trail", "")


def test_a_curve_stands_on_its_lowest_value() -> None:
    assert chart.lines([3.0, 2.0, 1.0], height=2) == ["3 ┤█▁ ", "1 ┤██▁"]
    assert chart.lines([]) == []
    assert chart.lines([1.0], height=1) == ["1 ┤▄"]
    long = chart.lines([float(number) for number in range(1000)], height=1, width=10)
    assert long[0].endswith("█")
    assert len(long[0]) == len("999 ┤") + 10


def _text(body: str) -> Reply:
    return httpx.Response(200, text=body)

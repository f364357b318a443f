"""What holds a run: time, memory, output, and no way to the function's own credentials."""

import ctypes
import json
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from support.git_server import GitServer
from support.http_api import HttpApi
from support.lambdas import Caller
from support.log import events_of
from support.mcp_server import McpServer
from support.tools import Runner, execute, failed
from tools.failures import ToolFailedError
from tools.sandbox import box, child
from tools.sandbox.limits import MEGABYTE, Limits

PR_GET_DUMPABLE = 3
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n"
SWELLING = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, randomblob(100000) FROM n ORDER BY 2"
)


def run(tool: str, place: Path, limits: Limits, **parameters: Any) -> dict[str, Any]:
    return box.run({"tool": tool, "parameters": parameters, "reach": "off", "seconds": 60}, place, limits)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    sqlite3.connect(tmp_path / "database.sqlite").close()
    return tmp_path


def test_a_query_without_end_ends_with_its_time(place: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(ToolFailedError) as caught:
        run("sql-query", place, Limits(seconds=1.5), query=ENDLESS, max_rows=1)
    assert caught.value.code == "timeout"
    assert time.monotonic() - begun < 10


def test_a_query_that_swells_ends_with_its_memory(place: Path) -> None:
    limits = Limits(seconds=30, memory_bytes=200 * MEGABYTE)
    with pytest.raises(ToolFailedError) as caught:
        run("sql-query", place, limits, query=SWELLING, max_rows=1)
    assert caught.value.code in ("out_of_memory", "bad_parameters"), caught.value.message


def test_more_output_than_is_read_is_no_result(place: Path) -> None:
    with pytest.raises(ToolFailedError) as caught:
        run("json-transform", place, Limits(seconds=30, output_bytes=100), data="x" * 1000, path="$", max_values=1)
    assert caught.value.code == "too_large"


def test_nothing_of_the_environment_goes_into_the_box(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("TOOLS_TABLE", "Tools")
    seen = tmp_path / "seen.json"
    program = f"import json, os; json.dump(dict(os.environ), open({str(seen)!r}, 'w')); print('{{}}')"
    monkeypatch.setattr(box, "_START", program)
    with pytest.raises(KeyError):  # it gives no result
        run("json-transform", place, Limits(seconds=30))
    environment = json.loads(seen.read_text())
    assert set(environment) <= {*box.KEPT, "HOME", "TMPDIR", "LC_CTYPE"}
    assert "secret" not in environment.values()


def test_what_a_run_started_ends_with_it(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A process that is left behind is of the run's session, and is ended with it."""
    left = tmp_path / "left"
    program = f"""
import os, pathlib, time
left = pathlib.Path({str(left)!r})
if os.fork() == 0:
    left.write_text(str(os.getpid()))
    time.sleep(60)
while not (left.exists() and left.read_text()):
    time.sleep(0.01)
print('{{"result": {{}}}}', flush=True)
"""
    monkeypatch.setattr(box, "_START", program)
    run("json-transform", place, Limits(seconds=30))
    process = Path(f"/proc/{left.read_text()}/stat")
    for _ in range(200):
        if not process.exists() or process.read_text().split()[2] == "Z":
            return
        time.sleep(0.01)
    pytest.fail("it runs on")


def test_a_run_cannot_write_more_than_a_file_may_have(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bounds = Limits(seconds=30, file_bytes=1000).bounds()
    program = (
        "import sys, json; sys.path[:] = json.loads(sys.argv[1])\n"
        "from tools.sandbox.child import bind; import resource\n"
        f"bind({bounds!r})\n"
        "bounds = [resource.getrlimit(one)[1] for one in "
        "(resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_CPU, resource.RLIMIT_NOFILE)]\n"
        "print(json.dumps({'result': {'bounds': bounds}}))\n"
    )
    monkeypatch.setattr(box, "_START", program)
    assert run("json-transform", place, Limits(seconds=30)) == {"bounds": [1000, 0, 31, 256]}


def test_the_directory_of_a_run_is_gone_after_it() -> None:
    with box.workplace() as made:
        (made / "file").write_text("x")
        assert made.stat().st_mode & 0o077 == 0
    assert not made.exists()


@pytest.mark.parametrize(
    ("tool", "parameters"),
    [
        ("linter", {"code": "x = " + "(" * 5000}),
        ("markdown-generator", {"code": "x = " + "-" * 100_000 + "1"}),
        ("markdown-generator", {"files": {"a.py": "\0", "b.py": "def ("}}),
        ("json-transform", {"data": json.loads("[" * 900 + "]" * 900), "path": "$..*"}),
        ("json-transform", {"data": "a" * 40, "path": "$[?match(@, '(a*)*b')]"}),
        ("linter", {"files": {"../../etc/x.py": "x"}}),
        ("linter", {"files": {"/etc/x.py": "x"}}),
        ("linter", {"files": {"a.py": "x", "a.py/b.py": "y"}}),
    ],
    ids=["brackets", "signs", "no-source", "depth", "pattern", "upwards", "absolute", "file-as-folder"],
)
@pytest.mark.usefixtures("quick")
def test_rubbish_is_answered(acme: Caller, tool: str, parameters: dict[str, Any]) -> None:
    told = execute(acme, f"tool-{tool}", parameters, timeout=10).expect(200).json()
    assert told["status"] == "completed" or told["error"]["code"] != "internal", told


def test_a_run_that_takes_too_long_is_told_as_such(acme: Caller, runner: Runner) -> None:
    error = failed(acme, "tool-security-scanner", {"code": "x = 1\n" * 20_000}, timeout=0.2)
    assert error["code"] == "timeout"
    assert runner.asked[0]["run"]["timeout"] == 0.2
    [event] = events_of("acme", "tool.executed")
    assert event.data["error"] == "timeout"


def test_every_tool_that_may_run_has_its_module() -> None:
    for name, module in child.MODULES.items():
        path = Path(str(child.__file__)).parents[2] / f"{module.replace('.', os.sep)}.py"
        assert path.is_file(), name


def test_a_box_reaches_a_server_by_each_of_its_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(seconds=30)
    more = {"reach": "local", "seconds": 30}
    with HttpApi() as api, McpServer() as shop, GitServer(tmp_path) as git:
        monkeypatch.setenv("SSL_CERT_FILE", str(git.certificate))
        git.commit("Begin", {"a.py": b"x = 1\n"})
        asked = {"url": api.url, "method": "GET", "max_bytes": 100}
        cloned = {"repository": git.url, "operation": "clone", "max_entries": 5}
        with box.workplace() as made:
            assert box.run({"tool": "http-request", "parameters": asked, **more}, made, limits)["status"] == 200
        with box.workplace() as made:
            assert box.run({"tool": "git", "parameters": cloned, **more}, made, limits)["file_count"] == 1
        with box.workplace() as made:
            call = {"tool": "@mcp", "url": shop.url, "name": "find_price", "parameters": {"item": "lamp"}, **more}
            assert box.run(call, made, limits)["structured"]["price"] == 12


def test_the_function_that_runs_tools_is_closed_to_its_runs() -> None:
    assert box.close_to_others()
    assert ctypes.CDLL(None).prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0


def test_a_repository_that_swells_in_memory_ends_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is 100 kB on its way is 100 MB when it is unpacked."""
    with GitServer(tmp_path) as git:
        monkeypatch.setenv("SSL_CERT_FILE", str(git.certificate))
        git.commit("Swell", {"zeros": bytes(100 * MEGABYTE)})
        asked = {"repository": git.url, "operation": "show", "path": "zeros", "max_entries": 5}
        request = {"tool": "git", "parameters": asked, "reach": "local", "seconds": 30}
        with box.workplace() as made, pytest.raises(ToolFailedError) as caught:
            box.run(request, made, Limits(seconds=30, memory_bytes=200 * MEGABYTE))
    assert caught.value.code == "out_of_memory"

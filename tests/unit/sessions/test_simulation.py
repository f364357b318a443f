"""Simulating: which netlists are let through, and a program that is there, fails, hangs, or is not there."""

import shutil
from pathlib import Path

import pytest

from pentarch.platform import programs
from sessions.errors import AgentError, RunTimeoutError, ToolError
from sessions.simulation import netlist, ngspice

LOW_PASS = """RC low pass
V1 in 0 DC 0 PULSE(0 5 0 1n 1n 1m 2m)
R1 in out 1k
C1 out 0 1u
.tran 10u 5m
.meas tran vmax MAX v(out)
.meas tran never WHEN v(out)=9 RISE=1
.print tran v(out)
"""
SAID = "vmax                =  3.646241e+00 at=  1.000000e-03\nStack = 0 bytes.\n never failed\n"


def install(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """A program called ngspice, and nothing else on the path."""
    program = folder / "ngspice"
    program.write_text(
        f"#!/bin/sh\ncase \"$1\" in --version) echo '** ngspice-99.1 : a test **'; exit;; esac\n{script}\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize(
    "line",
    [
        ".control",
        ".include /etc/passwd",
        ".inc x",
        ".lib x y",
        ".csparam x=1",
        ".exec x",
        "*ng_script",
        "*# shell id",
        "A1 in out filesource",
        '.model m d_source (input_file="/etc/passwd")',
        "V1 a 0 pwl file=x",
        "+ file = x",
        "R1 a 0 `id`",
        "R1 a 0 1k ; shell id",
        "#R1",
        "R1 " + "9" * 3000,
    ],
)
def test_what_could_do_more_than_simulate_is_refused(line: str) -> None:
    with pytest.raises(AgentError, match="line 2"):
        netlist.checked(f"title\n{line}\n.end\n")


def test_a_circuit_is_let_through_and_ended() -> None:
    checked = netlist.checked(LOW_PASS)
    assert checked.startswith("* RC low pass\nV1 in 0")
    assert checked.endswith("\n.end\n")
    assert netlist.measured_in(checked) == ["vmax", "never"]


@pytest.mark.parametrize("text", ["", "x\n" * 6000])
def test_a_netlist_has_some_lines(text: str) -> None:
    with pytest.raises(AgentError):
        netlist.checked(text)


def test_without_the_program_the_tool_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError) as absent:
        ngspice.run(LOW_PASS, timeout_s=1)
    assert absent.value.details == {"tool": "circuit_simulation", "program": "ngspice", "status": "not_found"}
    assert [(found.name, found.word) for found in programs.look()] == [("kicad", "not_found"), ("ngspice", "not_found")]


def test_measurements_are_those_that_were_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(monkeypatch, tmp_path, f"printf '{SAID}'\necho \"$HOME $AWS_SECRET_ACCESS_KEY\"")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush-hush")
    simulated = ngspice.run(netlist.checked(LOW_PASS), timeout_s=5)
    assert simulated.measurements == {"vmax": 3.646241, "never": None}
    assert simulated.version == "99.1"
    assert "hush-hush" not in simulated.log
    assert programs.find("ngspice").word == "detected"


def test_a_program_that_fails_is_a_failure_of_the_tool(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(monkeypatch, tmp_path, "echo 'Error: singular matrix: check node x'; exit 1")
    with pytest.raises(ToolError, match="singular matrix"):
        ngspice.run(LOW_PASS, timeout_s=5)


def test_a_program_that_hangs_is_ended_with_its_children(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(monkeypatch, tmp_path, "while :; do :; done & while :; do :; done")
    with pytest.raises(RunTimeoutError):
        ngspice.run(LOW_PASS, timeout_s=0.3)


def test_a_program_that_talks_without_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(monkeypatch, tmp_path, "while :; do echo 0123456789012345678901234567890123456789; done")
    monkeypatch.setattr(ngspice, "MAX_OUTPUT_BYTES", 4096)
    with pytest.raises(ToolError):
        ngspice.run(LOW_PASS, timeout_s=10)


if shutil.which("ngspice") is not None:

    def test_the_real_program_measures_the_circuit() -> None:
        simulated = ngspice.run(netlist.checked(LOW_PASS), timeout_s=20)
        assert simulated.measurements["vmax"] == pytest.approx(3.646, abs=0.02)
        assert simulated.measurements["never"] is None

"""Running ngspice on a netlist: in a folder of its own, with bounded time, memory and output, and no environment."""

import os
import re
import resource
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from pentarch.platform import programs
from sessions.errors import RunTimeoutError, ToolError
from sessions.simulation.netlist import measured_in

TOOL = "circuit_simulation"
MAX_MEMORY_BYTES = 512 * 1024 * 1024
MAX_OUTPUT_BYTES = 1024 * 1024
MAX_LOG_CHARACTERS = 64_000
_MEASUREMENT = re.compile(r"^\s*(\w+)\s*=\s*([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?=\s|$)", re.MULTILINE)
_FATAL = re.compile(
    r"^(?:Error|Fatal)\b.*|.*\b(?:singular matrix|no such parameter|simulation\(s\) aborted).*",
    re.IGNORECASE | re.MULTILINE,
)


class Simulated(NamedTuple):
    version: str | None
    measurements: Mapping[str, float | None]
    """By name as `.meas` gave it; None: ngspice could not measure it."""
    log: str
    seconds: float


def run(netlist: str, *, timeout_s: float) -> Simulated:
    """Simulate what `netlist.checked` let through. ToolError, RunTimeoutError."""
    program = programs.find("ngspice")
    if program.path is None:
        msg = "ngspice is not here"
        raise ToolError(msg, details={"tool": TOOL, "program": "ngspice", "status": program.word})
    with tempfile.TemporaryDirectory(prefix="ngspice-") as folder:
        place = Path(folder)
        (place / "circuit.cir").write_text(netlist)
        started = perf_counter()
        code = _started(program.path, place, timeout_s)
        seconds = perf_counter() - started
        said = (place / "log.txt").read_bytes()[:MAX_OUTPUT_BYTES].decode(errors="replace")
    log = said[-MAX_LOG_CHARACTERS:]
    if code != 0:
        fault = _FATAL.search(said)
        msg = f"ngspice ended with status {code}" + (f": {fault[0].strip()[:200]}" if fault else "")
        raise ToolError(msg, details={"tool": TOOL, "status": "failed", "log": log[-2000:]})
    return Simulated(program.version, _measurements(said, measured_in(netlist)), log, seconds)


def _started(path: str, place: Path, timeout_s: float) -> int:
    with (place / "log.txt").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 (the program that was found, on a file of ours)
            [path, "-n", "-b", "circuit.cir"],
            cwd=place,
            env={"HOME": str(place), "TMPDIR": str(place), "LC_ALL": "C", "PATH": os.defpath, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: _bounded(timeout_s),  # noqa: PLW1509 (one thread runs here)
        )
        try:
            return process.wait(timeout_s)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            msg = f"ngspice took longer than {timeout_s:g} seconds"
            raise RunTimeoutError(msg, details={"tool": TOOL, "timeout_s": round(timeout_s, 1)}) from error


def _bounded(timeout_s: float) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT_BYTES, MAX_OUTPUT_BYTES))
    seconds = int(timeout_s) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _measurements(said: str, names: list[str]) -> dict[str, float | None]:
    """What the netlist asks to be measured, and nothing else that looks like it."""
    told = {name.lower(): float(value) for name, value in _MEASUREMENT.findall(said)}
    return {name: told.get(name.lower()) for name in names}

"""Running the JavaScript client with the machine's Node. CI must have one; elsewhere a test without it is skipped."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.template import ROOT

FOLDER = ROOT / "sdk" / "js"
OLDEST = 20


def node() -> str:
    """The program; the test is skipped where there is none, or too old a one, unless this is CI."""
    found = shutil.which("node")
    version = _major(found) if found else None
    if found and version is not None and version >= OLDEST:
        return found
    reason = f"the JavaScript client needs Node {OLDEST} or newer, and " + (
        "there is none on PATH" if version is None else f"the one on PATH is {version}"
    )
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def run(*arguments: str | Path, env: Mapping[str, str] | None = None, timeout_s: float = 120) -> str:
    """What a program printed; the test fails with it when the program fails."""
    done = subprocess.run(
        [node(), *map(str, arguments)],
        cwd=FOLDER,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    return done.stdout


def _major(program: str) -> int | None:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    found = re.match(r"v(\d+)\.", told)
    return int(found[1]) if found else None

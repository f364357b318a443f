"""Running JavaScript with the machine's Node. CI must have one; elsewhere a test without it is skipped."""

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from support.template import ROOT

FOLDER = ROOT / "sdk" / "js"
PACKAGES = ROOT / "tests" / "node"
"""What tests use of others' packages, as its lock file says."""
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


def run(
    *arguments: str | Path, env: Mapping[str, str] | None = None, given: str | None = None, timeout_s: float = 120
) -> str:
    """What a program printed, to which `given` came in; the test fails with it when the program fails."""
    return _told([node(), *map(str, arguments)], FOLDER, env or {}, given, timeout_s)


def run_with_packages(program: str, *arguments: str | Path, given: str | None = None) -> str:
    """As `run`, of a program below the lock file's folder; its packages are installed first where they are not yet."""
    node()
    mark = PACKAGES / "node_modules" / ".package-lock.json"
    with (PACKAGES / "package-lock.json").open() as lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)  # tests run side by side
        if not mark.exists() or mark.stat().st_mtime < (PACKAGES / "package-lock.json").stat().st_mtime:
            npm = shutil.which("npm") or pytest.fail("Node is here without npm, which installs what this test uses")
            _told([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], PACKAGES, {}, None, 120)
    return run(PACKAGES / program, *arguments, given=given)


def _told(command: Sequence[str], folder: Path, env: Mapping[str, str], given: str | None, timeout_s: float) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **env},
        input=given,
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

"""Checking Python source with ruff, a program of its own that reads source and never runs it."""

import json
import subprocess
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruff import find_ruff_bin

from tools.builtin import sources
from tools.failures import Code, ToolFailedError

_CRASHED = 2
_THREADS = {"RAYON_NUM_THREADS": "2"}


def run(request: Mapping[str, Any]) -> dict[str, Any]:
    asked = request["parameters"]
    folder = sources.gathered(request)
    found = _ruff(folder, asked)
    issues = [_told(one, folder) for one in found]
    most = asked["max_issues"]
    return {
        "issues": issues[:most],
        "issue_count": len(issues),
        "fixable": sum(one["fixable"] for one in issues),
        "by_rule": dict(Counter(one["rule"] for one in issues).most_common()),
        "files_checked": len(sources.files(folder)),
        "truncated": len(issues) > most,
    }


def _ruff(folder: Path, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`--isolated`: no configuration of anybody's is read, as one may name files elsewhere."""
    command = [find_ruff_bin(), "check", "--isolated", "--no-cache", "--no-fix", "--exit-zero", "--quiet"]
    command += ["--no-respect-gitignore", "--output-format", "json", "--line-length", str(asked["line_length"])]
    for option in ("select", "ignore"):
        if asked.get(option):
            command += [f"--{option}", ",".join(asked[option])]
    done = subprocess.run(  # noqa: S603 (rules are letters and digits, as the schema says)
        [*command, "--", str(folder)], capture_output=True, check=False, env=_THREADS, stdin=subprocess.DEVNULL
    )
    if done.returncode == _CRASHED and b"nknown rule" in done.stderr:
        msg = "select or ignore names a rule that ruff does not know"
        raise ToolFailedError(Code.BAD_PARAMETERS, msg)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)
    except ValueError as error:
        last = done.stderr.decode(errors="replace").strip()[-300:]
        msg = f"ruff ended without a result (status {done.returncode}): {last}"
        raise ToolFailedError(Code.INTERNAL, msg) from error
    return found


def _told(issue: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    return {
        "file": sources.name_of(issue["filename"], folder),
        "line": issue["location"]["row"],
        "column": issue["location"]["column"],
        "end_line": issue["end_location"]["row"],
        "rule": issue["code"] or "invalid-syntax",
        "message": issue["message"],
        "fixable": issue.get("fix") is not None,
        "url": issue.get("url"),
    }

"""Programs of engineers that may be on this machine: found by looking, and their versions by asking them."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

_TIMEOUT_S = 5
_VERSION = re.compile(r"\d+(?:\.\d+)*")
_BANNER = re.compile(r"(?:ngspice-|version\s+|^)(\d+(?:\.\d+)*)", re.IGNORECASE | re.MULTILINE)


class Program(NamedTuple):
    name: str
    path: str | None
    """None: it is not here."""
    version: str | None
    """None too where it does not say."""

    @property
    def is_available(self) -> bool:
        return self.path is not None

    @property
    def word(self) -> str:
        return "detected" if self.is_available else "not_found"


KNOWN: dict[str, Sequence[Sequence[str]]] = {
    "kicad": (("kicad-cli", "version"), ("kicad", "--version")),
    "ngspice": (("ngspice", "--version"),),
}
"""By name: the commands that tell a version, the first that is there is asked."""


def look() -> tuple[Program, ...]:
    return tuple(find(name) for name in KNOWN)


def find(name: str) -> Program:
    """Where a known program is. Looked for each time, which costs little; asked for its version once a process."""
    for command, *arguments in KNOWN[name]:
        path = shutil.which(command)
        if path is not None:
            return Program(name, path, _version(path, tuple(arguments)))
    return Program(name, None, None)


@cache
def _version(path: str, arguments: tuple[str, ...]) -> str | None:
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": "/tmp", "LC_ALL": "C"}  # noqa: S108 (nothing is kept)
    try:
        said = subprocess.run(  # noqa: S603 (a program of the list above)
            [path, *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    text = f"{said.stdout}\n{said.stderr}"
    found = _BANNER.search(text)
    if found is not None:
        return found[1]
    first = _VERSION.search(text)
    return first[0] if first else None

"""How many instructions a call executes, counted by valgrind's callgrind: the same on a busy machine as on a quiet one.

CPU time is not. Valgrind is a package of the system's (Debian and others: `valgrind`); where it is not installed,
nothing is counted.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_TOLD = re.compile(r"Collected : (\d+)")


def can_be_counted() -> bool:
    return shutil.which("valgrind") is not None


def of(module: str, *arguments: str) -> int:
    """Those that a module of ours executes, run in a process of its own, inside of its `counted()`."""
    command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--callgrind-out-file=/dev/null"]
    run = [*command, sys.executable, "-m", module, *arguments]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    collected = _TOLD.search(done.stderr)
    if collected is None:
        raise RuntimeError(done.stderr)
    return int(collected[1])


@contextmanager
def counted() -> Iterator[None]:
    _count("on")
    try:
        yield
    finally:
        _count("off")


def _count(switched: str) -> None:
    subprocess.run(["callgrind_control", "-i", switched, str(os.getpid())], check=True, capture_output=True)

"""Running one tool in a process of its own: bounded in time, memory and output, without credentials."""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from pentarch.platform.observability import logger
from tools.failures import Code, ToolFailedError
from tools.sandbox.limits import Limits

KEPT = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""Of the environment. Nothing else goes in: a function's environment holds its credentials."""
_START = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from tools.sandbox.child import main; main()"
_LOGGED_BYTES = 4 * 1024
_PR_SET_DUMPABLE = 4
"""linux/prctl.h"""


def close_to_others() -> bool:
    """Keep this process's memory and environment from processes of the same user, which runs are; whether it worked.

    It is for a function to do once. Where the kernel does not know how, a run still has no reason to look.
    """
    return bool(ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """A directory for one run, gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="tool-"))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def run(request: Mapping[str, Any], place: Path, limits: Limits) -> dict[str, Any]:
    """What the tool gives. Raises ToolFailedError, for a time-out and for too much memory or output too."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        status = _run(json.dumps(request).encode(), place, limits, out, err)
        log = _start_of(err, _LOGGED_BYTES)
        if log:
            logger().warning("a tool wrote to its log", tool=request["tool"], log=log.decode(errors="replace"))
        return _read(status, _start_of(out, limits.output_bytes + 1), limits)


def _run(request: bytes, place: Path, limits: Limits, out: IO[bytes], err: IO[bytes]) -> int:
    """Its exit status. It writes to files, whose size the kernel bounds."""
    process = subprocess.Popen(  # noqa: S603 (our own interpreter, with nothing from outside in its arguments)
        [sys.executable, "-I", "-B", "-c", _START, json.dumps(sys.path), json.dumps(limits.bounds())],
        cwd=place,
        env={name: os.environ[name] for name in KEPT if name in os.environ}
        | {"HOME": str(place), "TMPDIR": str(place)},
        stdin=subprocess.PIPE,
        stdout=out,
        stderr=err,
        start_new_session=True,
    )
    try:
        process.communicate(request, timeout=limits.seconds)
    except subprocess.TimeoutExpired as error:
        raise _timed_out(limits) from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # whatever it has started, too
        process.wait()
    return process.returncode


def _start_of(file: IO[bytes], most: int) -> bytes:
    file.seek(0)
    return file.read(most)


def _read(status: int, out: bytes, limits: Limits) -> dict[str, Any]:
    if status == -signal.SIGXCPU:
        raise _timed_out(limits)
    if status == -signal.SIGXFSZ or len(out) > limits.output_bytes:
        msg = "the run writes more than it may"
        raise ToolFailedError(Code.TOO_LARGE, msg)
    try:
        said = json.loads(out)
    except ValueError as error:  # it could not even say why: the kernel ended it, or there was no room to say it
        msg = "the run was ended, most likely for the memory that it needs"
        raise ToolFailedError(Code.OUT_OF_MEMORY, msg) from error
    if "fault" in said:
        code, message = said["fault"]
        raise ToolFailedError(Code(code), message)
    result: dict[str, Any] = said["result"]
    return result


def _timed_out(limits: Limits) -> ToolFailedError:
    return ToolFailedError(Code.TIMEOUT, f"the run did not end within {limits.seconds:g} seconds")

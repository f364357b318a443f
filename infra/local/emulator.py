"""Start, find and stop the emulator of one place."""

import errno
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from local import streams
from local.errors import LocalStackError
from local.place import HOST, REGION, Place

START_SECONDS = 60
STOP_SECONDS = 120
SNAPSHOT_SECONDS = 60
POLL_SECONDS = 0.05
PASSED_ON = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SSL_CERT_FILE", "TZ", "USER")
PASSED_ON_PREFIXES = ("LAMBDA_", "MINISTACK_")
NO_DOCKER = "unix:///nonexistent/docker.sock"
"""MiniStack tidies up containers on a Docker daemon that it finds; the developer's are none of its business."""


@dataclass(frozen=True)
class Running:
    pid: int
    port: int
    host: str = HOST


@dataclass(frozen=True)
class LastStop:
    """How the emulator was last left."""

    at: datetime | None
    clean: bool


def running(place: Place) -> Running | None:
    """Ask the lock, not the process table: a number in a file may have become another program's."""
    if not place.emulator_lock.exists():
        return None
    with place.emulator_lock.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return Running(**json.loads(lock.read()))
    return None


def last_stop(place: Place) -> LastStop | None:
    """None where no state was kept yet."""
    saved = _saved(place)
    if saved is None:
        return None
    at = saved["at"]
    return LastStop(at=datetime.fromtimestamp(at).astimezone() if at else None, clean=bool(saved["clean"]))


def discard_state(place: Place) -> None:
    shutil.rmtree(place.state, ignore_errors=True)


def check_port(place: Place) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.host, place.port))
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                message = f"PENTARCH_HOST is {place.host}, which is no address of this machine (or not yet)."
            else:
                taken = f"Port {place.port} is taken by another program"
                message = f"{taken}: stop it, or set PENTARCH_PORT to a free port."
            raise LocalStackError(message) from error


def start(place: Place, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the emulator and come back at once; `wait_until_ready` is for when it is needed."""
    shutil.rmtree(place.scratch, ignore_errors=True)
    for directory in (place.state, place.scratch):
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    streams.begin_anew(place.state)
    if place.emulator_log.exists():
        place.emulator_log.replace(place.emulator_log.with_suffix(".log.1"))
    with place.emulator_log.open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).with_name("server.py"))],
            cwd=place.scratch,
            env=environment(place, environ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def environment(place: Place, environ: Mapping[str, str]) -> dict[str, str]:
    """All that the emulator may know, since it hands its whole environment on to every function."""
    passed = {
        name: value
        for name, value in environ.items()
        if name in PASSED_ON or name.lower().endswith("_proxy") or name.startswith(PASSED_ON_PREFIXES)
    }
    if place.host != HOST:  # MiniStack tells its functions of 127.0.0.1, wherever it listens
        passed["AWS_ENDPOINT_URL"] = place.endpoint
    return passed | {
        "AWS_DEFAULT_REGION": REGION,
        "BIND_HOST": place.host,
        "DOCKER_HOST": NO_DOCKER,
        "GATEWAY_PORT": str(place.port),
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": environ.get("PENTARCH_EMULATOR_LOG", "WARNING"),
        "MINISTACK_REGION": REGION,
        "NO_PROXY": place.no_proxy,
        "PENTARCH_LOCK": str(place.emulator_lock),
        "PERSIST_STATE": "1",
        "S3_DATA_DIR": str(place.state / "s3"),
        "S3_PERSIST": "1",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(place.state),
        "TMPDIR": str(place.scratch),
        "no_proxy": place.no_proxy,
    }


def wait_until_ready(place: Place, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if answers(place.endpoint):
            return
        if process.poll() is not None:
            message = f"The emulator ended while starting; see {place.emulator_log}:\n{_tail(place)}"
            raise LocalStackError(message)
        time.sleep(POLL_SECONDS)
    message = f"The emulator did not answer within {START_SECONDS} s; see {place.emulator_log}."
    raise LocalStackError(message)


def answers(endpoint: str) -> bool:
    return _status(f"{endpoint}/_localstack/health") is not None


def is_ministack(endpoint: str) -> bool:
    ok = 200
    return _status(f"{endpoint}/_ministack/health") == ok


def snapshot(place: Place) -> bool:
    """Have the running emulator write its state now; False when it did not get to it."""
    found, before = running(place), _saved(place)
    if found is None:
        return False
    os.kill(found.pid, signal.SIGUSR1)
    deadline = time.monotonic() + SNAPSHOT_SECONDS
    while time.monotonic() < deadline:
        if _saved(place) != before:
            return True
        time.sleep(POLL_SECONDS)
    return False


def stop(place: Place, process: subprocess.Popen[bytes] | None = None) -> None:
    """Stop the emulator and wait until its state is written; `process` if this program started it."""
    found = running(place)
    if found is not None:
        os.kill(found.pid, signal.SIGTERM)
    elif process is not None:
        process.terminate()  # so young that it has not taken its lock, nor read any state
    deadline = time.monotonic() + STOP_SECONDS
    while running(place) is not None:
        if time.monotonic() > deadline:
            message = f"The emulator is still stopping after {STOP_SECONDS} s; see {place.emulator_log}."
            raise LocalStackError(message)
        time.sleep(POLL_SECONDS)
    if process is not None:
        process.wait()
    shutil.rmtree(place.scratch, ignore_errors=True)


def _saved(place: Place) -> dict[str, float | bool | None] | None:
    file = place.state / "saved.json"
    if not file.exists():
        return None
    saved: dict[str, float | bool | None] = json.loads(file.read_text())
    return saved


def _status(url: str) -> int | None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=2) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return None


def _tail(place: Place, lines: int = 10) -> str:
    return "\n".join(place.emulator_log.read_text(errors="replace").splitlines()[-lines:])

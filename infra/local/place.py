"""Where one local stack lives: its directories, its port, and the names that follow from them."""

import hashlib
import ipaddress
import os
import shutil
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from local.errors import LocalStackError

CHECKOUT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
DEFAULT_PORT = 4566
MAX_PORT = 65_535
REGION = "us-east-1"
SCRATCH_ROOM = 1_000_000_000
"""Bytes that must be free in shared memory: a container often has only 64 MB there."""
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a directory of our own is made in it, readable by its owner alone


@dataclass(frozen=True, kw_only=True)
class Place:
    template: Path
    home: Path
    """All that the driver writes: state, build, logs, target file."""
    port: int = DEFAULT_PORT
    host: str = HOST
    """Where the emulator listens."""
    external: str | None = None
    """An endpoint that somebody else runs (LocalStack, another emulator); nothing is started for it."""

    @property
    def endpoint(self) -> str:
        return self.external or f"http://{self.host}:{self.port}"

    @property
    def no_proxy(self) -> str:
        return ",".join(dict.fromkeys((HOST, "localhost", self.host)))

    @property
    def state(self) -> Path:
        return self.home / "state"

    @property
    def build(self) -> Path:
        return self.home / "build"

    @property
    def target_file(self) -> Path:
        return self.home / "target.json"

    @property
    def emulator_log(self) -> Path:
        return self.home / "emulator.log"

    @property
    def build_log(self) -> Path:
        return self.home / "build.log"

    @property
    def emulator_lock(self) -> Path:
        return self.home / "emulator.lock"

    @property
    def driver_lock(self) -> Path:
        return self.home / "driver.lock"

    @property
    def scratch(self) -> Path:
        """Where the emulator unpacks functions: in memory where there is room.

        A cold start is mostly that unpacking: 0.9 s in memory, 2.7 s and more on a disk.
        """
        if SHARED_MEMORY.is_dir() and os.access(SHARED_MEMORY, os.W_OK):
            mine = SHARED_MEMORY / f"pentarch-{hashlib.sha256(str(self.home).encode()).hexdigest()[:12]}"
            if mine.exists() or shutil.disk_usage(SHARED_MEMORY).free >= SCRATCH_ROOM:
                return mine
        return self.home / "tmp"


def place_from(environ: Mapping[str, str]) -> Place:
    """Read the few settings that the driver takes from its environment."""
    home = Path(environ.get("PENTARCH_HOME") or CHECKOUT / ".local").resolve()
    template = Path(environ.get("PENTARCH_TEMPLATE") or CHECKOUT / "template.yaml").resolve()
    return Place(
        template=template,
        home=home,
        port=_port(environ.get("PENTARCH_PORT") or str(DEFAULT_PORT)),
        host=_host(environ.get("PENTARCH_HOST") or HOST),
        external=_endpoint(environ.get("PENTARCH_ENDPOINT")),
    )


def program(name: str) -> str:
    """A program of the environment that runs the driver, whatever PATH says."""
    return str(Path(sys.executable).with_name(name))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= MAX_PORT:
        message = f"PENTARCH_PORT must be a port number, not {text!r}."
        raise LocalStackError(message)
    return int(text)


def _host(text: str) -> str:
    """One address, and not all of them: the emulator asks nobody for credentials."""
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        address = ipaddress.IPv4Address(0)
    if address.is_unspecified:
        message = f"PENTARCH_HOST must be one IPv4 address of this machine, not {text!r}."
        raise LocalStackError(message)
    return text


def _endpoint(text: str | None) -> str | None:
    if not text:
        return None
    url = urlsplit(text)
    if url.scheme not in {"http", "https"} or not url.netloc:
        message = f"PENTARCH_ENDPOINT must be a URL such as http://127.0.0.1:4566, not {text!r}."
        raise LocalStackError(message)
    return text.rstrip("/")

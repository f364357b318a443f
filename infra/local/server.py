"""MiniStack as the local stack runs it: with a snapshot of its state while it works.

MiniStack writes its state only when it stops in good order, so a kill would cost everything since the start. Here a
fork of the server writes the same files while the server goes on: the fork is a frozen copy of all services at one
moment, so it needs no pause and no lock. SIGUSR1 asks for a snapshot now; `saved.json` tells how and when the state
was last written.

This file is run by its path, with the environment that `local.emulator` makes. It holds the lock file for as long as
it lives, which is how others know that it does.
"""

import fcntl
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from ministack import app as ministack  # type: ignore[import-untyped]

SNAPSHOT_SECONDS = 15.0
SNAPSHOT_SHARE = 0.05
"""At most this part of the time is spent writing snapshots, however large the state grows."""
SNAPSHOT_LIMIT_SECONDS = 120
"""A fork that caught a lock in another thread's hand would wait for ever; it is ended and the next one tries."""
FIRST_INHERITED_FD = 3
OWN_PATHS = "/_ministack/"

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class Snapshots:
    def __init__(self, state: Path) -> None:
        self._saved_file = state / "saved.json"
        self._wake = threading.Event()
        self._writing = threading.Lock()
        self._asked = False
        self._requests = 0
        self._requests_saved = 0
        self._save_all = ministack.save_all
        self._note(clean=False, at=self._last_saved())

    def counting(self, serve: App) -> App:
        """Count what may have changed the state, so that an idle stack writes nothing."""

        async def counted(scope: dict[str, Any], receive: object, send: object) -> None:
            if not str(scope.get("path", "")).startswith(OWN_PATHS):
                self._requests += 1
            await serve(scope, receive, send)

        return counted

    def ask(self, *_: object) -> None:
        self._asked = True
        self._wake.set()

    def run(self) -> None:
        pause = SNAPSHOT_SECONDS
        while True:
            self._wake.wait(pause)
            self._wake.clear()
            if self._asked or self._requests != self._requests_saved:
                self._asked = False
                started = time.monotonic()
                with self._writing:
                    self._snapshot()
                pause = max(SNAPSHOT_SECONDS, (time.monotonic() - started) / SNAPSHOT_SHARE)

    def save_last(self, services: dict[str, Any]) -> None:
        """Stand in for MiniStack's own save on the way out; the lock is kept, so no older snapshot overwrites it."""
        self._writing.acquire()
        self._save_all(services)
        self._note(clean=True, at=time.time())

    def _snapshot(self) -> None:
        requests, at = self._requests, time.time()
        child = os.fork()
        if child == 0:
            self._write_and_exit()
        _, status = os.waitpid(child, 0)
        if status == 0:
            self._requests_saved = requests
            self._note(clean=False, at=at)

    def _write_and_exit(self) -> None:
        """Run in the fork, which shares the server's sockets and must let go of them before anything else."""
        status = 1
        try:
            signal.alarm(SNAPSHOT_LIMIT_SECONDS)
            os.closerange(FIRST_INHERITED_FD, os.sysconf("SC_OPEN_MAX"))
            self._save_all(ministack._build_persistence_save_dict())  # noqa: SLF001 - there is no public way
            status = 0
        finally:
            os._exit(status)

    def _last_saved(self) -> float | None:
        if not self._saved_file.exists():
            return None
        at = json.loads(self._saved_file.read_text())["at"]
        return None if at is None else float(at)

    def _note(self, *, clean: bool, at: float | None) -> None:
        fresh = self._saved_file.with_suffix(".part")
        fresh.write_text(json.dumps({"at": at, "clean": clean}))
        fresh.replace(self._saved_file)


def hold(lock: Path, host: str, port: int) -> int:
    """Take the lock for the life of this process and say in it who holds it."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    os.ftruncate(handle, 0)
    os.write(handle, json.dumps({"pid": os.getpid(), "port": port, "host": host}).encode())
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def main() -> None:
    hold(Path(os.environ.pop("PENTARCH_LOCK")), os.environ["BIND_HOST"], int(os.environ["GATEWAY_PORT"]))
    snapshots = Snapshots(Path(os.environ["STATE_DIR"]))
    ministack.app = snapshots.counting(ministack.app)
    ministack.save_all = snapshots.save_last
    signal.signal(signal.SIGUSR1, snapshots.ask)
    threading.Thread(target=snapshots.run, daemon=True, name="snapshots").start()
    sys.argv = ["ministack"]
    ministack.main()


if __name__ == "__main__":
    main()

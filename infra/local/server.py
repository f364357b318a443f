"""MiniStack as the local stack runs it: with a snapshot of its state while it works.

MiniStack writes its state only when it stops in good order, so a kill would cost everything since the start. Here a
fork of the server writes the same files while the server goes on: the fork is a frozen copy of all services at one
moment, so it needs no pause and no lock. SIGUSR1 asks for a snapshot now; `saved.json` tells how and when the state
was last written.

It also waits for each line that an invocation writes. MiniStack (1.5.33) waits 50 ms for the first one, so on a busy
machine a line is told with the environment's next invocation, or never, and who writes none costs 50 ms each time.
Here a worker ends its lines with a mark, which is waited for.

And its standard queues are fair, as SQS's are: of the messages that name a group, those of the group with the least in
flight are taken first. MiniStack keeps the group, and hands over in the order of coming.

This file is run by its path, with the environment that `local.emulator` makes. It holds the lock file for as long as
it lives, which is how others know that it does.
"""

import fcntl
import json
import os
import queue
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from ministack import app as ministack  # type: ignore[import-untyped]
from ministack.core import lambda_runtime as runtime  # type: ignore[import-untyped]
from ministack.services import sqs  # type: ignore[import-untyped]

SNAPSHOT_SECONDS = 15.0
SNAPSHOT_SHARE = 0.05
"""At most this part of the time is spent writing snapshots, however large the state grows."""
SNAPSHOT_LIMIT_SECONDS = 120
"""A fork that caught a lock in another thread's hand would wait for ever; it is ended and the next one tries."""
FIRST_INHERITED_FD = 3
OWN_PATHS = "/_ministack/"
LINES_END = "\x1epentarch: the invocation's lines end here"
LINES_WAIT_SECONDS = 2.0
"""For the mark of a worker that is still alive: it is written before the answer, so it is there in no time."""
LINES_LOOK_SECONDS = 0.05
_ANSWERED = "\n        _real_stdout.flush()\n\nrun()\n"
"""What a Python worker does last in an invocation."""

Message = dict[str, Any]
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


def mark_the_end_of_lines(script: str) -> str:
    """The worker's program, which then writes the mark behind an invocation's lines and before its answer."""
    if script.count(_ANSWERED) != 1:
        msg = "this MiniStack's worker is not the one that marks can be written by"
        raise RuntimeError(msg)
    written = f"\n        sys.__stderr__.write({LINES_END!r} + '\\n')\n        sys.__stderr__.flush()"
    return script.replace(_ANSWERED, written + _ANSWERED)


class Lines:
    """The lines of one worker's processes, one after another."""

    def __init__(self) -> None:
        self._lines: queue.Queue[str] | None = None
        self._owed = 0

    def of_invocation(self, worker: Any) -> str:  # noqa: ANN401 (MiniStack has no types)
        """All lines until the invocation's mark; without it what there is, once its process is gone or time is up."""
        if worker._stderr_queue is not self._lines:  # noqa: SLF001 (a new process, which owes nothing yet)
            self._lines, self._owed = worker._stderr_queue, 0  # noqa: SLF001
        self._owed += 1
        found: list[str] = []
        latest = time.monotonic() + LINES_WAIT_SECONDS
        while self._owed and self._lines is not None:
            is_written = not worker._stderr_thread.is_alive()  # noqa: SLF001
            try:
                line = self._lines.get(timeout=LINES_LOOK_SECONDS)
            except queue.Empty:
                if is_written or time.monotonic() > latest:
                    break
                continue
            if line == LINES_END:
                self._owed -= 1
            else:
                found.append(line)
        return "\n".join(found)


def wait_for_lines() -> None:
    """Have MiniStack's workers for Python tell the lines of each invocation with that invocation."""
    runtime._PYTHON_WORKER_SCRIPT = mark_the_end_of_lines(runtime._PYTHON_WORKER_SCRIPT)  # noqa: SLF001
    known: WeakKeyDictionary[Any, Lines] = WeakKeyDictionary()
    waiting_a_while = runtime.Worker._drain_stderr_bounded  # noqa: SLF001

    def drained(worker: Any, **bounds: float) -> str:  # noqa: ANN401
        if not str(worker.config.get("Runtime", "python")).startswith("python"):
            return str(waiting_a_while(worker, **bounds))
        return known.setdefault(worker, Lines()).of_invocation(worker)

    runtime.Worker._drain_stderr_bounded = drained  # noqa: SLF001


def fair(messages: list[Message], most: int, now: float) -> list[Message]:
    """Which of a queue's messages are to be taken: each of the group that has the fewest in flight by then."""
    waiting: dict[str, list[Message]] = {}
    in_flight: Counter[str] = Counter()
    for message in messages:
        group = message.get("group_id") or ""
        if message["visible_at"] <= now:
            waiting.setdefault(group, []).append(message)
        else:
            in_flight[group] += bool(message["receive_count"])
    taken: list[Message] = []
    while waiting and len(taken) < most:
        group = min(waiting, key=lambda one: in_flight[one])
        taken.append(waiting[group].pop(0))
        in_flight[group] += 1
        if not waiting[group]:
            del waiting[group]
    return taken


def make_queues_fair() -> None:
    collect = sqs._collect_msgs  # noqa: SLF001

    def collected(queue: dict[str, Any], most: int, visibility_s: int) -> list[Message]:
        if not queue["is_fifo"]:
            for message in queue["messages"]:
                sqs._ensure_msg_fields(message)  # noqa: SLF001
            queue = {**queue, "messages": fair(queue["messages"], most, time.time())}
        return list(collect(queue, most, visibility_s))

    sqs._collect_msgs = collected  # noqa: SLF001


def hold(lock: Path, host: str, port: int) -> int:
    """Take the lock for the life of this process and say in it who holds it."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    os.ftruncate(handle, 0)
    os.write(handle, json.dumps({"pid": os.getpid(), "port": port, "host": host}).encode())
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def main() -> None:
    hold(Path(os.environ.pop("PENTARCH_LOCK")), os.environ["BIND_HOST"], int(os.environ["GATEWAY_PORT"]))
    wait_for_lines()
    make_queues_fair()
    snapshots = Snapshots(Path(os.environ["STATE_DIR"]))
    ministack.app = snapshots.counting(ministack.app)
    ministack.save_all = snapshots.save_last
    signal.signal(signal.SIGUSR1, snapshots.ask)
    threading.Thread(target=snapshots.run, daemon=True, name="snapshots").start()
    sys.argv = ["ministack"]
    ministack.main()


if __name__ == "__main__":
    main()

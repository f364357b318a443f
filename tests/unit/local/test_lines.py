"""Each invocation's lines are told with it, however late they come through the pipe."""

import queue
import threading
import time
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime  # type: ignore[import-untyped]

from local.server import LINES_END, Lines, mark_the_end_of_lines


def a_worker(*, alive: bool = True) -> Any:
    thread = SimpleNamespace(is_alive=lambda: alive)
    return SimpleNamespace(_stderr_queue=queue.Queue(), _stderr_thread=thread)


def test_the_worker_that_is_installed_has_a_place_for_the_mark() -> None:
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    marked = mark_the_end_of_lines(script)
    assert len(marked.splitlines()) == len(script.splitlines()) + 2
    compile(marked, "worker", "exec")
    assert marked.rindex(repr(LINES_END)) < marked.rindex("_real_stdout.flush()")


def test_a_line_that_is_late_is_waited_for() -> None:
    worker = a_worker()

    def write() -> None:
        time.sleep(0.08)  # MiniStack itself waits for 0.05
        for line in ("late", LINES_END):
            worker._stderr_queue.put(line)

    threading.Thread(target=write).start()
    assert Lines().of_invocation(worker) == "late"


def test_lines_of_the_next_invocation_are_left_to_it() -> None:
    worker, lines = a_worker(), Lines()
    for line in ("a", "b", LINES_END, "c", LINES_END, LINES_END):
        worker._stderr_queue.put(line)
    assert [lines.of_invocation(worker) for _ in range(3)] == ["a\nb", "c", ""]


def test_a_process_that_died_is_not_waited_for_and_the_next_one_owes_nothing() -> None:
    worker, lines = a_worker(alive=False), Lines()
    worker._stderr_queue.put("its last words")
    begun = time.monotonic()
    assert lines.of_invocation(worker) == "its last words"
    assert time.monotonic() - begun < 1
    worker._stderr_queue = queue.Queue()
    for line in ("anew", LINES_END):
        worker._stderr_queue.put(line)
    assert lines.of_invocation(worker) == "anew"

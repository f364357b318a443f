"""Blocking work on a thread of its own, for libraries that can neither be given a deadline nor be interrupted."""

from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class RelayEndedError(Exception):
    """There is nothing more to receive."""


class Relay(Generic[T]):
    """Runs through `source` on its own thread, and hands over what it yields, or the exception it raises.

    Whoever receives can leave at any time; the thread then runs on until the library's own time-outs end its work.
    """

    def __init__(self, source: Callable[[], Iterable[T]]) -> None:
        self._source = source
        self._handed_over: SimpleQueue[T | BaseException] = SimpleQueue()
        self._thread: Thread | None = None

    def receive(self, timeout: float) -> T:
        """The next thing; `TimeoutError` if it does not come in time, `RelayEndedError` after the last one."""
        if self._thread is None:
            if timeout <= 0:
                raise TimeoutError
            self._thread = Thread(target=self._run, name="relay", daemon=True)
            self._thread.start()
        try:
            received = self._handed_over.get(timeout=max(timeout, 0))
        except Empty:
            raise TimeoutError from None
        if isinstance(received, BaseException):
            self._handed_over.put(received)  # so that the end stays the end
            raise received
        return received

    def end(self) -> None:
        """Wake the receiver, who then learns that this was the last."""
        self._handed_over.put(RelayEndedError())

    def _run(self) -> None:
        end: BaseException = RelayEndedError()
        try:
            for item in self._source():
                self._handed_over.put(item)
        except BaseException as error:  # noqa: BLE001 - it is raised again, in the thread that receives
            end = error
        self._handed_over.put(end)


def within(timeout: float, work: Callable[[], T]) -> T:
    """The result of `work`, or `TimeoutError` when it takes longer."""

    def once() -> Iterator[T]:
        yield work()

    return Relay(once).receive(timeout)

"""A server of this machine that answers on a thread of its own for as long as a test is inside of it."""

from socketserver import BaseServer
from threading import Thread
from types import TracebackType
from typing import Self


class Served:
    def __init__(self, server: BaseServer) -> None:
        self._running = server
        self._thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.shutdown()
        self._running.server_close()
        self._thread.join()

"""A call's deadline, and the means to stop it from another thread."""

import socket
from collections.abc import Sequence
from threading import Event, Lock
from time import monotonic


class CallStoppedError(Exception):
    """Somebody stopped the call; nobody waits for its answer."""


class Call(float):
    """One call to a backend, from opening to the last byte.

    It is a float (the seconds granted) because it travels as httpx's time-out: httpcore hands that value, untouched,
    to every operation on the socket (`pentarch.llm.providers.transport`), and so each of them learns what is left
    of the whole call's time, and the call learns which socket it is using.
    """

    def __init__(self, timeout: float) -> None:
        self._deadline = monotonic() + timeout
        self._socket: socket.socket | None = None
        self._settled = False
        self._stopped = Event()
        self._lock = Lock()

    @property
    def remaining(self) -> float:
        """Seconds left, negative when the time is over."""
        return self._deadline - monotonic()

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    def restart(self, timeout: float) -> None:
        """Grant `timeout` seconds from now."""
        self._deadline = monotonic() + timeout

    def pause(self, seconds: float) -> None:
        """Wait before another try; stopping the call ends the wait."""
        if self._stopped.wait(seconds):
            raise CallStoppedError

    def using(self, sock: socket.socket) -> None:
        """The call is about to block in an operation on `sock`."""
        with self._lock:
            if self.stopped:
                raise CallStoppedError
            self._socket = None if self._settled else sock

    def settle(self) -> None:
        """The answer is complete: its socket may go on to serve other calls, so stopping must leave it alone."""
        with self._lock:
            self._settled = True
            self._socket = None

    def stop(self) -> None:
        """End the call: whatever blocks in it returns at once, and the backend sees the connection close.

        Closing a socket does not wake a thread that waits for it (measured: the reader sits out its time-out, and
        the connection stays up as long), shutting it down does. `SSLSocket.shutdown` would also take the TLS state
        away from under the reader, so it is the plain socket's method that is called.
        """
        self._stopped.set()
        with self._lock:
            if self._socket is not None:
                shut_down(self._socket)
                self._socket = None


def shut_down(sock: socket.socket) -> None:
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster


def addresses(host: str, port: int) -> Sequence[str]:
    """The numeric addresses of a host, in the order in which to try them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
